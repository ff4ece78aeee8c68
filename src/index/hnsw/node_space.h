// Distances that a walk through a graph goes by: between a query and nodes, and between nodes.
//
// Nodes are rows kept as floats, or rows in codes that can be compared with one another. The distances order rows as
// the metric does, about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "index/flat/coded_rows.h"
#include "kernels/kernel_table.h"
#include "rows/row_blocks.h"
#include "rows/vector_rows.h"

namespace vicinal {

/// Nodes scored by one call at most.
inline constexpr size_t kMaxScoredNodes = 512;

class NodeScorer {
 public:
  virtual ~NodeScorer() = default;
  /// Distances to nodes [count], at most kMaxScoredNodes, from where it stands; never NaN.
  virtual void score(const uint32_t* nodes, size_t count, float* distances) = 0;

  /// How many nodes, nearest by these distances, hold the `count` nearest by `fine`, but for few.
  virtual size_t candidates_for(size_t count) const { return count; }
  /// A distance as base/metric.h defines it, as exactly as can be told, of a scorer that stands at a query.
  virtual float fine(uint32_t node);
};

/// Stands at a node.
class PairScorer : public NodeScorer {
 public:
  virtual void move_to(uint32_t node) = 0;

  /// Stands at all of some nodes that follow one another, some tens.
  virtual void move_to_all(uint32_t first, size_t count) = 0;
  /// Distances from all of them to nodes that follow one another, at most kMaxScoredNodes: [nodes stood at x count].
  virtual void score_from_all(uint32_t first, size_t count, float* distances) = 0;
};

class NodeSpace {
 public:
  virtual ~NodeSpace() = default;
  /// query  [dim] finite, not zero when the metric is cosine; must outlive the scorer. May throw std::bad_alloc.
  virtual std::unique_ptr<NodeScorer> from_query(const float* query) const = 0;
  virtual std::unique_ptr<PairScorer> from_nodes() const = 0;
};

/// slots  of each node, in `rows`. All must outlive the space.
std::unique_ptr<NodeSpace> make_float_space(const VectorRows& rows, const std::vector<uint32_t>& slots,
                                            const KernelTable& kernels);
/// codes           of each node, of a codec that has a pair scorer
/// pair_constants  of each node
std::unique_ptr<NodeSpace> make_code_space(const CodedRows& codes, const RowBlocks<float>& pair_constants);

}  // namespace vicinal
