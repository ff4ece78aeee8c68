// Metrics, and the one score contract of every search.
//
//   metric      score (larger is better)        distance (smaller is better)
//   cosine      cosine similarity, -1 to 1      1 - similarity, 0 to 2
//   euclidean   -distance                       L2 distance, root taken
//   manhattan   -distance                       L1 distance
//   dot         inner product                   -inner product
//
// Results past the range of float saturate at its largest finite value: no result is NaN or infinite.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace vicinal {

/// Values are stored in files and cross to TypeScript: they never change.
enum class Metric : uint32_t { kCosine = 0, kEuclidean = 1, kManhattan = 2, kDot = 3 };

inline constexpr uint32_t kMetricCount = 4;
inline constexpr size_t kMaxDim = 65536;

/// Errors  kInvalidArgument unless 1 <= dim <= kMaxDim
inline Status check_dim(size_t dim) {
  if (dim == 0) return Error{ErrorCode::kInvalidArgument, 1, 0};
  if (dim <= kMaxDim) return {};
  return Error{ErrorCode::kInvalidArgument, static_cast<int64_t>(kMaxDim), static_cast<int64_t>(dim)};
}

/// A metric may be a number that came from outside.
/// Errors  kInvalidArgument when it is none of the above
inline Status check_metric(Metric metric) {
  const auto number = static_cast<uint32_t>(metric);
  if (number < kMetricCount) return {};
  return Error{ErrorCode::kInvalidArgument, kMetricCount - 1, number};
}

inline constexpr float score_from_distance(Metric metric, float distance) {
  // Subtracted, since negating a distance of 0 gives -0.
  return (metric == Metric::kCosine ? 1.0f : 0.0f) - distance;
}

}  // namespace vicinal
