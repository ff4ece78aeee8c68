#include "index/hnsw/graph_walk.h"

#include <algorithm>

namespace vicinal {
namespace {

// Length of the walk among all nodes that goes before one among those allowed.
constexpr size_t kApproachEf = 24;
// Nodes that a walk keeps on each level above 0: at least so many, and more where more are wanted of level 0. Kept one
// by one, 12 of 1,000 queries among clusters ended in another cluster than theirs, whatever their ef.
constexpr size_t kLeastStarts = 6;
constexpr size_t kEfPerStart = 16;

// Where so large a share of the nodes is allowed and yet none of the nearest is, the allowed ones are far from the query,
// many of them about as far, in many parts: so many times the nodes are kept then.
constexpr size_t kCommonShare = 16;
constexpr size_t kFarEf = 4;

// At the end of a walk, also where it finds no memory.
struct Forgetting {
  ~Forgetting() { visited.forget(); }
  VisitedSet& visited;
};

}  // namespace

GraphEdge GraphWalk::descend(NodeScorer& scorer, size_t level) {
  GraphEdge nearest{graph_.entry};
  scorer.score(&nearest.node, 1, &nearest.distance);
  for (size_t above = graph_.top_level(); above > level; --above) {
    run(scorer, nearest, above, 1);
    nearest = {pool_.node(0), pool_.distance(0)};
  }
  return nearest;
}

const std::vector<GraphEdge>& GraphWalk::approach(NodeScorer& scorer, size_t ef) {
  const size_t starts = std::max(kLeastStarts, ef / kEfPerStart);
  approached_.assign(1, {graph_.entry});
  scorer.score(&approached_[0].node, 1, &approached_[0].distance);
  for (size_t level = graph_.top_level(); level > 0; --level) {
    run(scorer, approached_, level, starts);
    approached_.clear();
    for (size_t index = 0; index < pool_.size(); ++index)
      approached_.push_back({pool_.node(index), pool_.distance(index)});
  }
  return approached_;
}

void GraphWalk::run(NodeScorer& scorer, const std::vector<GraphEdge>& starts, size_t level, size_t ef) {
  const Forgetting forgetting{graph_.visited};
  pool_.start(ef);
  for (const GraphEdge& start : starts) {
    graph_.visited.meet(start.node);
    pool_.add(start.node, start.distance);
  }
  for (uint32_t node = pool_.take(); node != kNoNode; node = pool_.take()) expand(node, level, scorer);
}

void GraphWalk::run(NodeScorer& scorer, GraphEdge start, size_t level, size_t ef) {
  start_.assign(1, start);
  run(scorer, start_, level, ef);
}

// A function of its own, called per node: engines put optimised code in place only between calls.
[[gnu::noinline]] void GraphWalk::expand(uint32_t node, size_t level, NodeScorer& scorer) {
  const LinkList links = graph_.links.list(node, level);
  size_t count = 0;
  for (size_t index = 0; index < links.size(); ++index) {
    if (graph_.visited.meet(links[index])) batch_[count++] = links[index];
  }
  if (count == 0) return;
  scorer.score(batch_, count, distances_);
  for (size_t i = 0; i < count; ++i) pool_.add(batch_[i], distances_[i]);
}

void GraphWalk::run_allowed(NodeScorer& scorer, const std::vector<GraphEdge>& starts, size_t ef,
                            const AllowedNodes& allowed) {
  run(scorer, starts, 0, kApproachEf);
  starts_.clear();
  for (size_t index = 0; index < pool_.size(); ++index)
    starts_.push_back({pool_.node(index), pool_.distance(index)});
  const Forgetting forgetting{graph_.visited};
  const bool is_far = allowed.allowed.count() >= graph_.linked_count / kCommonShare &&
                      std::none_of(starts_.begin(), starts_.end(),
                                   [&](const GraphEdge& near) { return allowed.contains(near.node); });
  pool_.start(is_far ? kFarEf * ef : ef);
  for (const GraphEdge& near : starts_) {
    if (!graph_.visited.meet(near.node)) continue;
    if (allowed.contains(near.node)) {
      pool_.add(near.node, near.distance);
    } else {
      expand_allowed(near.node, scorer, allowed);
    }
  }
  for (uint32_t node = pool_.take(); node != kNoNode; node = pool_.take())
    expand_allowed(node, scorer, allowed);
}

[[gnu::noinline]] void GraphWalk::expand_allowed(uint32_t node, NodeScorer& scorer,
                                                 const AllowedNodes& allowed) {
  const LinkList links = graph_.links.list(node, 0);
  size_t count = 0;
  passed_.clear();
  for (size_t index = 0; index < links.size(); ++index) {
    if (!graph_.visited.meet(links[index])) continue;
    if (allowed.contains(links[index])) {
      batch_[count++] = links[index];
    } else {
      passed_.push_back(links[index]);
    }
  }
  const size_t enough = graph_.links.m();
  for (size_t i = 0; i < passed_.size() && count < enough; ++i) {
    const LinkList further = graph_.links.list(passed_[i], 0);
    for (size_t index = 0; index < further.size() && count < enough; ++index) {
      // Removed nodes are marked, and are rows no more.
      if (graph_.visited.is_marked(further[index]) || !allowed.contains(further[index])) continue;
      graph_.visited.meet(further[index]);
      batch_[count++] = further[index];
    }
  }
  if (count == 0) return;
  scorer.score(batch_, count, distances_);
  for (size_t i = 0; i < count; ++i) pool_.add(batch_[i], distances_[i]);
}

}  // namespace vicinal
