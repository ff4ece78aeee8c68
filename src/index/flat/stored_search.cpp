#include "index/flat/stored_search.h"

#include <algorithm>
#include <cstdint>

#include "index/flat/exact_distance.h"

namespace vicinal {

std::vector<std::vector<Candidate>> search_stored(const VectorRows& rows, const float* queries,
                                                  size_t query_count, size_t k, const AllowedSlots& allowed) {
  std::vector<ExactDistance> exact;
  for (size_t query = 0; query < query_count; ++query)
    exact.emplace_back(rows.metric(), queries + query * rows.dim(), rows.dim());
  std::vector<TopK> best(query_count, TopK(std::min(k, allowed.count())));
  for (size_t slot = 0; slot < rows.size(); ++slot) {
    if (!allowed.contains(slot)) continue;
    const float* row = rows.row(slot);
    for (size_t query = 0; query < query_count; ++query)
      best[query].push(exact[query](row), static_cast<uint32_t>(slot));
  }
  std::vector<std::vector<Candidate>> found;
  for (TopK& nearest : best) found.push_back(nearest.finish());
  return found;
}

std::vector<Candidate> rescore_stored(const VectorRows& rows, const float* query, size_t k,
                                      const std::vector<Candidate>& candidates) {
  const ExactDistance exact(rows.metric(), query, rows.dim());
  std::vector<Candidate> nearest = candidates;
  for (Candidate& candidate : nearest) candidate.distance = exact(rows.row(candidate.slot));
  sort_nearest_first(nearest);
  nearest.resize(std::min(nearest.size(), k));
  return nearest;
}

}  // namespace vicinal
