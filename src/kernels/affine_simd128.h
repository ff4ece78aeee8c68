// L1 distance to affine byte codes, SIMD128.
#pragma once

#include "kernels/affine_vector.h"
#include "kernels/multiply_add_simd128.h"

namespace vicinal {

constexpr void set_affine_simd128(KernelTable& table) {
  table.l1_affine_u8 = L1Affine<MultiplyAddSimd128>::one_to_many;
}

}  // namespace vicinal
