// Signed byte kernels, relaxed SIMD. Distances need more than seven bits a side and keep their SIMD128 form.
#include "kernels/byte_products_relaxed.h"
#include "kernels/i8_vector.h"
#include "kernels/kernel_parts.h"

namespace vicinal {

void set_i8_relaxed(KernelTable& table) {
  table.dot_i8 = vector_family<DotI8Steps<ByteProductsRelaxed>>();
}

}  // namespace vicinal
