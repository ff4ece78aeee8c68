// L1 distance to affine byte codes, relaxed SIMD.
#pragma once

#include "kernels/affine_vector.h"
#include "kernels/multiply_add_relaxed.h"

namespace vicinal {

constexpr void set_affine_relaxed(KernelTable& table) {
  table.l1_affine_u8 = L1Affine<MultiplyAddRelaxed>::one_to_many;
}

}  // namespace vicinal
