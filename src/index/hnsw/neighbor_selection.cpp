#include "index/hnsw/neighbor_selection.h"

#include <algorithm>

namespace vicinal {
namespace {

// Neighbors that a candidate is compared with at a time: most are covered by one of the first.
constexpr size_t kComparedAtOnce = 8;

}  // namespace

void NeighborSelection::select(std::vector<GraphEdge>& candidates, size_t limit, float slack) {
  size_t tree_left = 0;
  for (const GraphEdge& candidate : candidates) tree_left += candidate.tree ? 1 : 0;
  kept_.clear();
  for (const GraphEdge& candidate : candidates) {
    if (kept_.size() == limit) break;
    if (candidate.tree) {
      --tree_left;
    } else if (kept_.size() + tree_left == limit ||
               is_covered(candidate, kept_.data(), kept_.size(), slack)) {
      continue;
    }
    candidates[kept_.size()] = candidate;
    kept_.push_back(candidate.node);
  }
  candidates.resize(kept_.size());
}

bool NeighborSelection::is_covered(const GraphEdge& candidate, const uint32_t* kept, size_t count,
                                   float slack) {
  if (count == 0) return false;
  between_.move_to(candidate.node);
  float distances[kComparedAtOnce];
  for (size_t first = 0; first < count; first += kComparedAtOnce) {
    const size_t some = std::min(kComparedAtOnce, count - first);
    between_.score(kept + first, some, distances);
    if (std::any_of(distances, distances + some, [&](float distance) {
          return (distance > 0 ? slack * distance : distance) < candidate.distance;
        }))
      return true;
  }
  return false;
}

}  // namespace vicinal
