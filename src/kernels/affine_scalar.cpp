// L1 distance to byte codes with a low end and a step of their own, portable reference.
#include <cmath>

#include "kernels/kernel_parts.h"

namespace vicinal {
namespace {

void l1_affine_u8_scalar(const float* query, const uint8_t* codes, const float* lows, const float* steps,
                         size_t row_count, size_t dim, float* out) {
  for (size_t row = 0; row < row_count; ++row) {
    const uint8_t* code = codes + row * dim;
    float sum = 0;
    for (size_t i = 0; i < dim; ++i) {
      sum += std::fabs(query[i] - (lows[row] + steps[row] * static_cast<float>(code[i])));
    }
    out[row] = sum;
  }
}

}  // namespace

void set_affine_scalar(KernelTable& table) {
  table.l1_affine_u8 = l1_affine_u8_scalar;
}

}  // namespace vicinal
