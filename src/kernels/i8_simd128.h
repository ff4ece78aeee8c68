// Signed byte kernels, SIMD128.
#pragma once

#include "kernels/byte_products_simd128.h"
#include "kernels/i8_vector.h"

namespace vicinal {

constexpr void set_i8_simd128(KernelTable& table) {
  table.dot_i8 = vector_family<DotI8Steps<ByteProductsSimd128>>();
}

}  // namespace vicinal
