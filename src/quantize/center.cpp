#include "quantize/center.h"

#include <algorithm>
#include <vector>

#include "base/saturate.h"

namespace vicinal {

void shrunken_mean(const float* rows, size_t row_count, size_t dim, float* center) {
  std::fill_n(center, dim, 0.0f);
  if (row_count < 2) return;
  const double count = static_cast<double>(row_count);
  std::vector<double> mean(dim);
  for (size_t row = 0; row < row_count; ++row) {
    for (size_t i = 0; i < dim; ++i) mean[i] += double{rows[row * dim + i]};
  }
  double square_of_mean = 0;
  for (double& value : mean) {
    value /= count;
    square_of_mean += value * value;
  }
  double square_sum = 0;
  for (size_t row = 0; row < row_count; ++row) {
    for (size_t i = 0; i < dim; ++i) {
      const double deviation = double{rows[row * dim + i]} - mean[i];
      square_sum += deviation * deviation;
    }
  }
  // The squared error to expect of the mean, as a part of its squared length.
  const double error = square_sum / (count - 1) / count;
  if (error >= square_of_mean) return;
  const double factor = 1 - error / square_of_mean;
  for (size_t i = 0; i < dim; ++i) center[i] = saturate(factor * mean[i]);
}

}  // namespace vicinal
