// Dot products of bytes in SIMD128, which multiplies no bytes: both sides are widened to 16 bits first.
#pragma once

#include "kernels/wasm_vector.h"

namespace vicinal {

struct ByteProductsSimd128 {
  /// 16 bytes as two vectors of 16-bit lanes; which byte went where is the same for all loaded alike.
  struct Bytes {
    v128_t first_i16x8, second_i16x8;
  };
  const v128_t even_bytes = hidden_constant(0x00FF00FF);
  static constexpr int kCodeTileQueries = 2;
  static constexpr int kCodeTileRows = 2;

  /// 16 signed bytes: loads that widen cost less than widening after a load.
  VICINAL_INLINE static Bytes load(const int8_t* bytes) {
    return {wasm_i16x8_load8x8(bytes), wasm_i16x8_load8x8(bytes + 8)};
  }
  VICINAL_INLINE static Bytes load_rest(const int8_t* bytes, size_t count) {
    const v128_t part = load_part(bytes, count);
    return {wasm_i16x8_extend_low_i8x16(part), wasm_i16x8_extend_high_i8x16(part)};
  }

  /// Bytes in 0..127 that are in a register already: even ones apart from odd ones is the cheapest way to
  /// widen.
  VICINAL_INLINE Bytes from_codes(v128_t codes_u8x16) const {
    return {wasm_v128_and(codes_u8x16, even_bytes), wasm_u16x8_shr(codes_u8x16, 8)};
  }

  /// Pairs of products stay below 2 * 127 * 128: a 32-bit lane holds 65536 / 8 of them.
  VICINAL_INLINE static v128_t add_products(v128_t sum_i32x4, const Bytes& row, const Bytes& query) {
    sum_i32x4 = wasm_i32x4_add(sum_i32x4, wasm_i32x4_dot_i16x8(row.first_i16x8, query.first_i16x8));
    return wasm_i32x4_add(sum_i32x4, wasm_i32x4_dot_i16x8(row.second_i16x8, query.second_i16x8));
  }
};

}  // namespace vicinal
