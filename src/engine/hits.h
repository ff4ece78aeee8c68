// What a search returns.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"

namespace vicinal {

/// Hits of one or more queries, one query after another; within a query best first, ties by smaller id.
struct Hits {
  std::vector<RowId> ids;
  std::vector<float> scores;     // larger is better; base/metric.h
  std::vector<float> distances;  // smaller is better
  std::vector<uint32_t> counts;  // [query_count] hits of each query

  void clear() {
    ids.clear();
    scores.clear();
    distances.clear();
    counts.clear();
  }
};

}  // namespace vicinal
