// Float kernels, relaxed SIMD. What has no multiplication keeps its SIMD128 form.
#pragma once

#include "kernels/f32_vector.h"
#include "kernels/multiply_add_relaxed.h"

namespace vicinal {

constexpr void set_f32_relaxed(KernelTable& table) {
  table.dot_f32 = wide_vector_family<DotF32Steps<MultiplyAddRelaxed>>();
  table.l2_squared_f32 = wide_vector_family<L2SquaredF32Steps<MultiplyAddRelaxed>>();
}

}  // namespace vicinal
