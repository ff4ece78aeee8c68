// Mean, standard deviation, smallest and largest value of every dimension, over rows that arrive in batches.
// Based on: Chan, Golub, LeVeque. Algorithms for Computing the Sample Variance: Analysis and Recommendations.
// The American Statistician 1983. Each batch is summed in two passes, then merged by their pairwise formula,
// so that an offset far larger than the spread does no harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vicinal {

class StatisticsAccumulator {
 public:
  explicit StatisticsAccumulator(size_t dim);

  /// rows [row_count x dim] finite floats.
  void add(const float* rows, size_t row_count);

  uint64_t row_count() const { return row_count_; }

  /// Each array [dim]. Not without rows.
  /// deviation  population standard deviation (divisor row_count)
  void write(float* mean, float* deviation, float* smallest, float* largest) const;

 private:
  size_t dim_;
  uint64_t row_count_ = 0;
  std::vector<double> mean_;              // [dim]
  std::vector<double> square_sum_;        // [dim] sum((value - mean)^2)
  std::vector<double> batch_mean_;        // [dim] of the batch at hand
  std::vector<double> batch_square_sum_;  // [dim] of the batch at hand
  std::vector<float> smallest_;           // [dim]
  std::vector<float> largest_;            // [dim]
};

}  // namespace vicinal
