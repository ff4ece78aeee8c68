#include "embedding/pooling.h"

#include <algorithm>
#include <limits>

#include "base/saturate.h"

namespace vicinal {
namespace {

double start_of(Pooling pooling) {
  return pooling == Pooling::kMax ? std::numeric_limits<double>::lowest() : 0.0;
}

}  // namespace

PoolAccumulator::PoolAccumulator(size_t dim, Pooling pooling)
    : dim_(dim), pooling_(pooling), pooled_(dim, start_of(pooling)) {}

void PoolAccumulator::add(const float* rows, size_t row_count, const uint8_t* mask, const float* weights) {
  for (size_t row = 0; row < row_count; ++row) {
    if (mask != nullptr && mask[row] == 0) {
      continue;
    }
    const float* values = rows + row * dim_;
    const double weight = pooling_ == Pooling::kWeighted ? weights[row] : 1.0;
    if (pooling_ == Pooling::kMax) {
      for (size_t i = 0; i < dim_; ++i) {
        pooled_[i] = std::max(pooled_[i], static_cast<double>(values[i]));
      }
    } else {
      for (size_t i = 0; i < dim_; ++i) {
        pooled_[i] += weight * values[i];
      }
    }
    weight_sum_ += weight;
  }
}

void PoolAccumulator::finish(float* out) {
  const bool divides = pooling_ == Pooling::kMean || pooling_ == Pooling::kWeighted;
  const double divisor = divides ? weight_sum_ : 1.0;
  for (size_t i = 0; i < dim_; ++i) {
    out[i] = saturate(pooled_[i] / divisor);
  }
  std::fill(pooled_.begin(), pooled_.end(), start_of(pooling_));
  weight_sum_ = 0.0;
}

}  // namespace vicinal
