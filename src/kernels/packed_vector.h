// Steps of the kernels on 4-bit and 2-bit codes: 16 bytes of codes a step, unpacked in registers.
// Multiplication is from `Products` (byte_products_simd128.h, byte_products_relaxed.h).
#pragma once

#include "kernels/code_layout.h"
#include "kernels/vector_forms.h"

namespace vicinal {

/// Plain codes, one to a byte, 16 to a vector.
template <int kVectors>
struct PlainCodes {
  v128_t of[kVectors];
};

/// How 4-bit codes come out of 16 bytes: a whole run, and the rest of a row (two to a byte, low half first).
struct U4Codes {
  const v128_t mask = hidden_constant(0x0F0F0F0F);
  static constexpr int kVectors = 2;
  static constexpr size_t kRun = kU4Run;
  VICINAL_INLINE static size_t row_bytes(size_t dim) { return u4_row_bytes(dim); }

  VICINAL_INLINE PlainCodes<2> unpack_run(v128_t packed) const {
    return {wasm_v128_and(packed, mask), wasm_v128_and(wasm_u16x8_shr(packed, 4), mask)};
  }
  VICINAL_INLINE PlainCodes<2> unpack_rest(v128_t packed) const {
    const PlainCodes<2> halves = unpack_run(packed);
    return {wasm_i8x16_shuffle(halves.of[0], halves.of[1], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
                               23),
            wasm_i8x16_shuffle(halves.of[0], halves.of[1], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14,
                               30, 15, 31)};
  }
};

/// The same for 2-bit codes (rest: four to a byte, lowest bits first).
struct U2Codes {
  const v128_t mask = hidden_constant(0x03030303);
  static constexpr int kVectors = 4;
  static constexpr size_t kRun = kU2Run;
  VICINAL_INLINE static size_t row_bytes(size_t dim) { return u2_row_bytes(dim); }

  VICINAL_INLINE PlainCodes<4> unpack_run(v128_t packed) const {
    return {wasm_v128_and(packed, mask), wasm_v128_and(wasm_u16x8_shr(packed, 2), mask),
            wasm_v128_and(wasm_u16x8_shr(packed, 4), mask), wasm_v128_and(wasm_u16x8_shr(packed, 6), mask)};
  }
  /// Two 4-bit halves of every byte first, then two codes of every half.
  VICINAL_INLINE PlainCodes<4> unpack_rest(v128_t packed) const {
    const PlainCodes<2> halves = U4Codes().unpack_rest(packed);
    PlainCodes<4> codes;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const v128_t low = wasm_v128_and(halves.of[half], mask);
      const v128_t high = wasm_u16x8_shr(wasm_v128_and(halves.of[half], wasm_i8x16_const_splat(12)), 2);
      codes.of[2 * half] =
          wasm_i8x16_shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      codes.of[2 * half + 1] =
          wasm_i8x16_shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    return codes;
  }
};

template <typename Codes, typename Products>
struct DotCodesSteps {
  using Query = int8_t;
  using Element = uint8_t;
  using Score = int32_t;
  static constexpr size_t kStep = Codes::kRun;
  static constexpr size_t kStepsToWiden = 0;
  static constexpr int kAccumulators = 1;  // for the few rows left over of four
  static constexpr int kSideBySideAccumulators = 2;
  static constexpr int kTileQueries = Products::kCodeTileQueries;
  static constexpr int kTileRows = Products::kCodeTileRows;

  struct Part {
    typename Products::Bytes of[Codes::kVectors];
  };
  const Codes codes;
  const Products products;
  using QueryPart = Part;
  using RowPart = Part;

  VICINAL_INLINE static size_t unit_count(size_t dim) { return dim; }
  VICINAL_INLINE static size_t query_width(size_t dim) { return dim; }
  VICINAL_INLINE static size_t row_width(size_t dim) { return Codes::row_bytes(dim); }
  VICINAL_INLINE static const int8_t* query_at(const int8_t* query, size_t units) { return query + units; }
  VICINAL_INLINE static const uint8_t* row_at(const uint8_t* row, size_t units) {
    return row + units / kStep * 16;
  }

  VICINAL_INLINE Part query_part(const int8_t* query, size_t) const {
    Part part;
#pragma unroll
    for (int v = 0; v < Codes::kVectors; ++v)
      part.of[v] = products.from_codes(wasm_v128_load(query + 16 * v));
    return part;
  }
  VICINAL_INLINE Part query_rest(const int8_t* query, size_t units, size_t) const {
    Part part;
#pragma unroll
    for (size_t v = 0; v < Codes::kVectors; ++v) {
      part.of[v] =
          products.from_codes(16 * v < units ? load_part(query + 16 * v, units - 16 * v) : zero_vector());
    }
    return part;
  }
  VICINAL_INLINE Part row_part(const uint8_t* row) const {
    return as_part(codes.unpack_run(wasm_v128_load(row)));
  }
  VICINAL_INLINE Part row_rest(const uint8_t* row, size_t units) const {
    return as_part(codes.unpack_rest(load_part(row, Codes::row_bytes(units))));
  }

  VICINAL_INLINE static v128_t add_step(v128_t sum_i32x4, const Part& query, const Part& row) {
#pragma unroll
    for (int v = 0; v < Codes::kVectors; ++v)
      sum_i32x4 = Products::add_products(sum_i32x4, row.of[v], query.of[v]);
    return sum_i32x4;
  }

  VICINAL_INLINE static v128_t widen(v128_t sum_i32x4) { return sum_i32x4; }
  VICINAL_INLINE static v128_t add(v128_t a_i32x4, v128_t b_i32x4) {
    return wasm_i32x4_add(a_i32x4, b_i32x4);
  }
  VICINAL_INLINE static Score score(v128_t sum_i32x4) {
    return static_cast<Score>(sum_of_lanes_i32(sum_i32x4));
  }

 private:
  VICINAL_INLINE Part as_part(const PlainCodes<Codes::kVectors>& plain) const {
    Part part;
#pragma unroll
    for (int v = 0; v < Codes::kVectors; ++v) part.of[v] = products.from_codes(plain.of[v]);
    return part;
  }
};

}  // namespace vicinal
