#include "engine/hits.h"

namespace vicinal {

void append_hits(std::span<const Candidate> nearest, const IdMap& ids, Metric metric,
                 std::optional<float> score_threshold, Hits& hits) {
  uint32_t count = 0;
  for (const Candidate& candidate : nearest) {
    const float score = score_from_distance(metric, candidate.distance);
    if (score_threshold && score < *score_threshold) break;
    hits.ids.push_back(ids.id(candidate.slot));
    hits.scores.push_back(score);
    hits.distances.push_back(candidate.distance);
    ++count;
  }
  hits.counts.push_back(count);
}

}  // namespace vicinal
