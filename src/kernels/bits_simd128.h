// Kernels on bit rows, SIMD128: 128 bits a step, counted by i8x16.popcnt. Relaxed SIMD has nothing to add.
#pragma once

#include "kernels/code_layout.h"
#include "kernels/vector_forms.h"

namespace vicinal {

/// Units are bytes. Sums are 16-bit lanes until widened: a byte of a row and four planes counts to at most
/// 8 * (1 + 2 + 4 + 8) = 120, a pair of them to 240, and 272 * 240 < 2^16.
struct DotBitsSteps {
  using Query = uint8_t;
  using Element = uint8_t;
  using Score = int32_t;
  struct QueryPart {
    v128_t planes[4];
  };
  using RowPart = v128_t;
  static constexpr size_t kStep = 16;
  static constexpr size_t kStepsToWiden = 272;
  static constexpr int kAccumulators = 1;
  static constexpr int kSideBySideAccumulators = 1;
  static constexpr int kTileQueries = 1;
  static constexpr int kTileRows = 4;

  VICINAL_INLINE static size_t unit_count(size_t dim) { return bits_row_bytes(dim); }
  VICINAL_INLINE static size_t query_width(size_t dim) { return 4 * bits_row_bytes(dim); }
  VICINAL_INLINE static size_t row_width(size_t dim) { return bits_row_bytes(dim); }
  VICINAL_INLINE static const uint8_t* query_at(const uint8_t* query, size_t units) { return query + units; }
  VICINAL_INLINE static const uint8_t* row_at(const uint8_t* row, size_t units) { return row + units; }
  VICINAL_INLINE static QueryPart query_part(const uint8_t* query, size_t dim) {
    const size_t width = bits_row_bytes(dim);
    return {{wasm_v128_load(query), wasm_v128_load(query + width), wasm_v128_load(query + 2 * width),
             wasm_v128_load(query + 3 * width)}};
  }
  VICINAL_INLINE static QueryPart query_rest(const uint8_t* query, size_t units, size_t dim) {
    const size_t width = bits_row_bytes(dim);
    return {{load_part(query, units), load_part(query + width, units), load_part(query + 2 * width, units),
             load_part(query + 3 * width, units)}};
  }
  VICINAL_INLINE static v128_t row_part(const uint8_t* row) { return wasm_v128_load(row); }
  VICINAL_INLINE static v128_t row_rest(const uint8_t* row, size_t units) { return load_part(row, units); }

  VICINAL_INLINE static v128_t add_step(v128_t sum_u16x8, const QueryPart& query, v128_t row) {
    v128_t count_u8x16 = wasm_i8x16_popcnt(wasm_v128_and(query.planes[3], row));
#pragma unroll
    for (int plane = 2; plane >= 0; --plane) {
      count_u8x16 = wasm_i8x16_add(wasm_i8x16_add(count_u8x16, count_u8x16),
                                   wasm_i8x16_popcnt(wasm_v128_and(query.planes[plane], row)));
    }
    return wasm_i16x8_add(sum_u16x8, wasm_u16x8_extadd_pairwise_u8x16(count_u8x16));
  }
  VICINAL_INLINE static v128_t widen(v128_t sum_u16x8) { return wasm_u32x4_extadd_pairwise_u16x8(sum_u16x8); }
  VICINAL_INLINE static v128_t add(v128_t a_i32x4, v128_t b_i32x4) {
    return wasm_i32x4_add(a_i32x4, b_i32x4);
  }
  VICINAL_INLINE static Score score(v128_t sum_i32x4) {
    return static_cast<Score>(sum_of_lanes_i32(sum_i32x4));
  }
};

/// What the kernels of dot_u1 share. Units are values; a step takes 16 bytes of a row against 8 vectors of the
/// query, one for every bit of a byte.
struct U1Steps {
  using Query = int8_t;
  using Element = uint8_t;
  using Score = int32_t;
  struct QueryPart {
    v128_t of_bit[8];
  };
  using RowPart = v128_t;
  static constexpr size_t kStep = kBitsRun;
  static constexpr int kAccumulators = 1;
  static constexpr int kSideBySideAccumulators = 1;
  static constexpr int kTileQueries = 1;
  static constexpr int kTileRows = 4;

  VICINAL_INLINE static size_t unit_count(size_t dim) { return dim; }
  VICINAL_INLINE static size_t query_width(size_t dim) { return bits_query_bytes(dim); }
  VICINAL_INLINE static size_t row_width(size_t dim) { return bits_row_bytes(dim); }
  VICINAL_INLINE static const int8_t* query_at(const int8_t* query, size_t units) { return query + units; }
  VICINAL_INLINE static const uint8_t* row_at(const uint8_t* row, size_t units) { return row + units / 8; }
  VICINAL_INLINE static QueryPart query_part(const int8_t* query, size_t) {
    QueryPart part;
#pragma unroll
    for (int bit = 0; bit < 8; ++bit) part.of_bit[bit] = wasm_v128_load(query + 16 * bit);
    return part;
  }
  VICINAL_INLINE static QueryPart query_rest(const int8_t* query, size_t, size_t dim) {
    return query_part(query, dim);
  }
  VICINAL_INLINE static v128_t row_part(const uint8_t* row) { return wasm_v128_load(row); }
  VICINAL_INLINE static v128_t row_rest(const uint8_t* row, size_t units) {
    return load_part(row, bits_row_bytes(units));
  }
  VICINAL_INLINE static v128_t add(v128_t a_i32x4, v128_t b_i32x4) {
    return wasm_i32x4_add(a_i32x4, b_i32x4);
  }
  VICINAL_INLINE static Score score(v128_t sum_i32x4) {
    return static_cast<Score>(sum_of_lanes_i32(sum_i32x4));
  }
};

/// The bit becomes the sign, which tells whether the query's value counts. Two such values make at most 254, a
/// byte; a lane of 16 bits gets 8 * 2 * 127 a step.
struct DotU1StepsSimd128 : U1Steps {
  static constexpr size_t kStepsToWiden = 32;

  VICINAL_INLINE static v128_t add_step(v128_t sum_u16x8, const QueryPart& query, v128_t row) {
    v128_t shifted = row;
#pragma unroll
    for (int bit = 7; bit >= 0; bit -= 2) {
      const v128_t first = wasm_v128_and(query.of_bit[bit], wasm_i8x16_lt(shifted, zero_vector()));
      shifted = wasm_i8x16_add(shifted, shifted);
      const v128_t second = wasm_v128_and(query.of_bit[bit - 1], wasm_i8x16_lt(shifted, zero_vector()));
      shifted = wasm_i8x16_add(shifted, shifted);
      sum_u16x8 = wasm_i16x8_add(sum_u16x8, wasm_u16x8_extadd_pairwise_u8x16(wasm_i8x16_add(first, second)));
    }
    return sum_u16x8;
  }
  VICINAL_INLINE static v128_t widen(v128_t sum_u16x8) { return wasm_u32x4_extadd_pairwise_u16x8(sum_u16x8); }
};

inline void unpack_bits_simd128(const uint8_t* packed, size_t dim, uint8_t* out) {
  const v128_t own_bit = wasm_u64x2_const_splat(0x8040201008040201);
  size_t done = 0;
  for (; done + 16 <= dim; done += 16) {
    const v128_t two_bytes = wasm_v128_load16_splat(packed + done / 8);
    const v128_t spread =
        wasm_i8x16_shuffle(two_bytes, two_bytes, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const v128_t is_set = wasm_i8x16_eq(wasm_v128_and(spread, own_bit), own_bit);
    wasm_v128_store(out + done, wasm_v128_and(is_set, wasm_i8x16_const_splat(1)));
  }
  for (; done < dim; ++done) out[done] = bit_at(packed, done);
}

constexpr void set_bits_simd128(KernelTable& table) {
  table.dot_bits = VectorForms<DotBitsSteps>::one;
  table.dot_u1 = vector_scans<DotU1StepsSimd128>();
  table.unpack_bits = unpack_bits_simd128;
}

}  // namespace vicinal
