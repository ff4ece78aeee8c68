// Dot products of bytes in relaxed SIMD: one instruction for 16 of them. It is exact, and the same on every
// machine, only while one side is in 0..127, which the contract in kernel_table.h promises for queries.
#pragma once

#include "kernels/wasm_vector.h"

namespace vicinal {

struct ByteProductsRelaxed {
  using Bytes = v128_t;
  static constexpr int kCodeTileQueries = 2;
  static constexpr int kCodeTileRows = 4;

  VICINAL_INLINE static Bytes load(const int8_t* bytes) { return wasm_v128_load(bytes); }
  VICINAL_INLINE static Bytes load_rest(const int8_t* bytes, size_t count) { return load_part(bytes, count); }
  VICINAL_INLINE static Bytes from_codes(v128_t codes_u8x16) { return codes_u8x16; }
  VICINAL_INLINE static v128_t add_products(v128_t sum_i32x4, Bytes row_i8x16, Bytes query_i7x16) {
    return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(row_i8x16, query_i7x16, sum_i32x4);
  }
};

}  // namespace vicinal
