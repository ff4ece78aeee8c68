// Multiply-add of four floats in SIMD128: rounded after the product and after the sum.
#pragma once

#include "kernels/wasm_vector.h"

namespace vicinal {

struct MultiplyAddSimd128 {
  VICINAL_INLINE static v128_t multiply_add(v128_t a, v128_t b, v128_t sum) {
    return wasm_f32x4_add(wasm_f32x4_mul(a, b), sum);
  }
};

}  // namespace vicinal
