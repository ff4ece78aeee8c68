// Kernels on 4-bit and 2-bit codes, relaxed SIMD.
#pragma once

#include "kernels/byte_products_relaxed.h"
#include "kernels/packed_vector.h"

namespace vicinal {

constexpr void set_packed_relaxed(KernelTable& table) {
  table.dot_u4 = vector_family<DotCodesSteps<U4Codes, ByteProductsRelaxed>>();
  table.dot_u2 = vector_family<DotCodesSteps<U2Codes, ByteProductsRelaxed>>();
}

}  // namespace vicinal
