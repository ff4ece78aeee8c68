// Kernels on bit rows, relaxed SIMD.
#pragma once

#include "kernels/bits_simd128.h"
#include "kernels/byte_products_relaxed.h"

namespace vicinal {

/// The bit becomes a byte of its own, 0 or 1.
struct DotU1StepsRelaxed : U1Steps {
  const v128_t lowest_bits = hidden_constant(0x01010101);
  static constexpr size_t kStepsToWiden = 0;

  VICINAL_INLINE v128_t add_step(v128_t sum_i32x4, const QueryPart& query, v128_t row) const {
#pragma unroll
    for (int bit = 0; bit < 8; ++bit) {
      const v128_t bits = wasm_v128_and(wasm_u16x8_shr(row, bit), lowest_bits);
      sum_i32x4 = ByteProductsRelaxed::add_products(sum_i32x4, bits, query.of_bit[bit]);
    }
    return sum_i32x4;
  }
  VICINAL_INLINE static v128_t widen(v128_t sum_i32x4) { return sum_i32x4; }
};

constexpr void set_bits_relaxed(KernelTable& table) {
  table.dot_u1 = vector_scans<DotU1StepsRelaxed>();
}

}  // namespace vicinal
