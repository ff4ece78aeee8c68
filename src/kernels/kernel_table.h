// One table of distance kernels per instruction set. Kernels are plain arithmetic on raw arrays: they check
// nothing, allocate nothing, and accept any dim >= 1 and any alignment of their element type.
//
// A family has up to four forms. `one_to_many` is for rows that stream from memory: it reads them as several streams,
// each a part of the rows (eight where rows are wide, else four), since the hardware prefetches each stream by
// itself, and 16 bytes at a time one stream does not keep the memory busy. (Rows next to one another, side by
// side, look like no stream at all.)
// So it likes calls of many rows. `scattered` is for rows that a graph walk or a filter picks (four at a time, so
// that their cache misses overlap). `many_to_many` is for a block of rows that fits the cache (register tiles of
// queries x rows).
//
// Element layouts
//   f32   [dim] floats
//   i8    [dim] signed bytes
//   u4    4-bit codes 0..15, ceil(dim / 2) bytes a row. Every whole run of 32 values takes 16 bytes: byte j
//         holds value j in its low and value j + 16 in its high half. The rest: two to a byte, low half first.
//   u2    2-bit codes 0..3, ceil(dim / 4) bytes a row. Every whole run of 64 values takes 16 bytes: byte j
//         holds values j, j + 16, j + 32, j + 48, lowest bits first. The rest: four to a byte, likewise.
//   bits  1-bit codes, ceil(dim / 8) bytes a row, value i in bit i % 8 of byte i / 8; unused bits are zero.
// Stored files depend on these layouts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace vicinal {

/// The forms for rows that are in the cache.
template <typename Query, typename Element, typename Score>
struct TileFamily {
  /// One pair.
  Score (*one)(const Query* query, const Element* row, size_t dim);
  /// queries [query_count x query width], rows [row_count x row width]; out [query_count x row_count].
  void (*many_to_many)(const Query* queries, size_t query_count, const Element* rows, size_t row_count,
                       size_t dim, Score* out);
};

/// With the form for rows that stream from memory.
template <typename Query, typename Element, typename Score>
struct ScanFamily : TileFamily<Query, Element, Score> {
  /// rows [row_count x row width], one after another; out [row_count].
  void (*one_to_many)(const Query* query, const Element* rows, size_t row_count, size_t dim, Score* out);
};

/// With the form for rows that are picked, too.
template <typename Query, typename Element, typename Score>
struct KernelFamily : ScanFamily<Query, Element, Score> {
  /// rows [row_count] pointers to single rows; out [row_count].
  void (*scattered)(const Query* query, const Element* const* rows, size_t row_count, size_t dim, Score* out);
};

/// Rows whose 4-bit codes lie together for look-ups.
inline constexpr size_t kLookupGroupRows = 32;

struct KernelTable {
  const char* name;  // "scalar", "simd128", "relaxed"

  KernelFamily<float, float, float> dot_f32;
  KernelFamily<float, float, float> l2_squared_f32;
  KernelFamily<float, float, float> l1_f32;
  /// sum(max(query, row)), from which the L1 distance of many pairs comes at two thirds of its own price:
  /// 2 * max_sum(query, row) - sum(query) - sum(row).
  TileFamily<float, float, float> max_sum_f32;

  /// sum(query * row). The query is in 0..127 (relaxed dot products are exact only then), rows in -128..127;
  /// 127 * 128 * 65536 < 2^31.
  KernelFamily<int8_t, int8_t, int32_t> dot_i8;

  /// sum(query * code): query [dim] in 0..127 in plain order, rows packed as above.
  KernelFamily<int8_t, uint8_t, int32_t> dot_u4;
  KernelFamily<int8_t, uint8_t, int32_t> dot_u2;
  /// sum(query * bit): query in 0..127, in whole runs of 128 values, filled up with zeros; in a run value i lies at
  /// 16 * (i % 8) + i / 8 (code_layout.h), so that a vector of queries meets one bit of every byte of a vector.
  ScanFamily<int8_t, uint8_t, int32_t> dot_u1;
  /// sum(query * bit): query is 4 bits a value (0..15), bit-sliced into four planes of ceil(dim / 8) bytes,
  /// plane p holding bit p of every value, planes one after another. One pair.
  int32_t (*dot_bits)(const uint8_t* query, const uint8_t* row, size_t dim);
  /// Bits that differ: query and rows are bits.
  ScanFamily<uint8_t, uint8_t, int32_t> hamming;

  /// L1 distance of a float query to rows coded as low + step * code, code in 0..255, one byte a value.
  /// lows, steps [row_count]; codes [row_count x dim]; out [row_count].
  void (*l1_affine_u8)(const float* query, const uint8_t* codes, const float* lows, const float* steps,
                       size_t row_count, size_t dim, float* out);

  /// Sums of values looked up by 4-bit codes, two of them to a byte: for every row sum(tables[2 b][code of byte b's low
  /// half] + tables[2 b + 1][of its high half]) over the bytes b.
  /// tables [code_bytes x 2 x 16], each value in 0..127; 2 * 127 * 2^16 < 2^32
  /// groups [group_count x code_bytes x kLookupGroupRows], byte b of all rows of a group together
  /// out    [group_count x kLookupGroupRows]
  void (*lookup_u4)(const uint8_t* tables, const uint8_t* groups, size_t group_count, size_t code_bytes,
                    uint32_t* out);

  /// Unpacks one row of codes to one byte a value: packed as above, out [dim].
  void (*unpack_u4)(const uint8_t* packed, size_t dim, uint8_t* out);
  void (*unpack_u2)(const uint8_t* packed, size_t dim, uint8_t* out);
  void (*unpack_bits)(const uint8_t* packed, size_t dim, uint8_t* out);
};

/// Portable reference, compiled without vectorisation. Always present.
const KernelTable& scalar_kernels();

#if defined(__wasm_simd128__)
/// 128-bit SIMD of WebAssembly 2.0.
const KernelTable& simd128_kernels();

/// Relaxed SIMD of WebAssembly 3.0, in its own variant of the module alone. Float results may differ in the last bits
/// between machines.
const KernelTable& relaxed_kernels();
#endif

/// The tables of this build, from the portable one to the fastest.
std::span<const KernelTable* const> kernel_tables();

/// The fastest table of this build.
const KernelTable& best_kernels();

}  // namespace vicinal
