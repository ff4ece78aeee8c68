// Pooling: many rows (say, one per token) become one (say, one per sentence).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace vicinal {

/// Values cross to TypeScript: they never change.
enum class Pooling : uint32_t {
  kMean = 0,      // sum(row) / rows
  kMax = 1,       // largest value per dimension
  kSum = 2,       // sum(row)
  kWeighted = 3,  // sum(weight * row) / sum(weight)
};

/// Pools one group of rows that arrives in batches. Sums are kept in double precision.
class PoolAccumulator {
 public:
  PoolAccumulator(size_t dim, Pooling pooling);

  /// rows     [row_count x dim] finite floats
  /// mask     [row_count] attention mask: rows with 0 are left out; null takes all
  /// weights  [row_count] finite, 0 or more, one a row; read by kWeighted only
  void add(const float* rows, size_t row_count, const uint8_t* mask, const float* weights);

  /// True when there is nothing to pool: no row passed the mask, or (kWeighted) all weights were 0.
  bool empty() const { return weight_sum_ <= 0.0; }

  /// Writes the pooled row, out [dim], and starts anew. Not when empty.
  void finish(float* out);

 private:
  size_t dim_;
  Pooling pooling_;
  double weight_sum_ = 0.0;     // rows taken, or their weights
  std::vector<double> pooled_;  // [dim]
};

}  // namespace vicinal
