// Float kernels, SIMD128.
#pragma once

#include "kernels/f32_vector.h"
#include "kernels/multiply_add_simd128.h"

namespace vicinal {

constexpr void set_f32_simd128(KernelTable& table) {
  table.dot_f32 = wide_vector_family<DotF32Steps<MultiplyAddSimd128>>();
  table.l2_squared_f32 = wide_vector_family<L2SquaredF32Steps<MultiplyAddSimd128>>();
  table.l1_f32 = wide_vector_family<L1F32Steps>();
  table.max_sum_f32 = vector_tiles<MaxSumF32Steps>();
}

}  // namespace vicinal
