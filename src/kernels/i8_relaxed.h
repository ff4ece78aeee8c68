// Signed byte kernels, relaxed SIMD.
#pragma once

#include "kernels/byte_products_relaxed.h"
#include "kernels/i8_vector.h"

namespace vicinal {

constexpr void set_i8_relaxed(KernelTable& table) {
  table.dot_i8 = vector_family<DotI8Steps<ByteProductsRelaxed>>();
}

}  // namespace vicinal
