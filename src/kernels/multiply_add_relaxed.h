// Multiply-add of four floats in relaxed SIMD: one instruction, rounded once or twice as the machine likes.
#pragma once

#include "kernels/wasm_vector.h"

namespace vicinal {

struct MultiplyAddRelaxed {
  VICINAL_INLINE static v128_t multiply_add(v128_t a, v128_t b, v128_t sum) {
    return wasm_f32x4_relaxed_madd(a, b, sum);
  }
};

}  // namespace vicinal
