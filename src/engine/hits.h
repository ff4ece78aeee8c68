// What a search returns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/metric.h"
#include "rows/id_map.h"
#include "rows/top_k.h"

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

/// Appends the hits of the next query.
/// nearest          rows by their slots in `ids`, nearest first
/// score_threshold  only rows with score >= this become hits
void append_hits(std::span<const Candidate> nearest, const IdMap& ids, Metric metric,
                 std::optional<float> score_threshold, Hits& hits);

}  // namespace vicinal
