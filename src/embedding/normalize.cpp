#include "embedding/normalize.h"

#include "embedding/double_arithmetic.h"

namespace vicinal {

void normalize_rows(const float* rows, size_t row_count, size_t dim, float* out) {
  for (size_t first = 0; first < row_count * dim; first += dim) {
    const double norm = norm_double(rows + first, dim);
    for (size_t i = 0; i < dim; ++i) out[first + i] = static_cast<float>(rows[first + i] / norm);
  }
}

}  // namespace vicinal
