// Distances in double precision: what a search reports. Computed the same way by every kernel table and on
// every machine, so that the same rows and query give the same hits, to the last bit, whichever way a search
// took.
#pragma once

#include <cstddef>

#include "base/metric.h"

namespace vicinal {

class ExactDistance {
 public:
  /// query  [dim] finite, not zero when the metric is cosine; must outlive this
  ExactDistance(Metric metric, const float* query, size_t dim);

  /// Distance to a row [dim], as base/metric.h defines it; a finite float for any finite row.
  float operator()(const float* row) const;

 private:
  Metric metric_;
  const float* query_;
  size_t dim_;
  double query_squared_norm_ = 0;  // under cosine
};

}  // namespace vicinal
