#include "embedding/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/saturate.h"

namespace vicinal {

StatisticsAccumulator::StatisticsAccumulator(size_t dim)
    : dim_(dim),
      mean_(dim),
      square_sum_(dim),
      batch_mean_(dim),
      batch_square_sum_(dim),
      smallest_(dim, std::numeric_limits<float>::max()),
      largest_(dim, std::numeric_limits<float>::lowest()) {}

void StatisticsAccumulator::add(const float* rows, size_t row_count) {
  if (row_count == 0) {
    return;
  }
  std::fill(batch_mean_.begin(), batch_mean_.end(), 0.0);
  for (size_t row = 0; row < row_count; ++row) {
    const float* values = rows + row * dim_;
    for (size_t i = 0; i < dim_; ++i) {
      batch_mean_[i] += values[i];
      smallest_[i] = std::min(smallest_[i], values[i]);
      largest_[i] = std::max(largest_[i], values[i]);
    }
  }
  const double batch_count = static_cast<double>(row_count);
  for (double& mean : batch_mean_) {
    mean /= batch_count;
  }
  std::fill(batch_square_sum_.begin(), batch_square_sum_.end(), 0.0);
  for (size_t row = 0; row < row_count; ++row) {
    const float* values = rows + row * dim_;
    for (size_t i = 0; i < dim_; ++i) {
      const double deviation = values[i] - batch_mean_[i];
      batch_square_sum_[i] += deviation * deviation;
    }
  }
  const double old_count = static_cast<double>(row_count_);
  const double count = old_count + batch_count;
  for (size_t i = 0; i < dim_; ++i) {
    const double difference = batch_mean_[i] - mean_[i];
    square_sum_[i] += batch_square_sum_[i] + difference * difference * (old_count * batch_count / count);
    mean_[i] += difference * (batch_count / count);
  }
  row_count_ += row_count;
}

void StatisticsAccumulator::write(float* mean, float* deviation, float* smallest, float* largest) const {
  const double count = static_cast<double>(row_count_);
  for (size_t i = 0; i < dim_; ++i) {
    mean[i] = saturate(mean_[i]);
    deviation[i] = saturate(std::sqrt(square_sum_[i] / count));
    smallest[i] = smallest_[i];
    largest[i] = largest_[i];
  }
}

}  // namespace vicinal
