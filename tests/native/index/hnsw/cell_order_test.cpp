// The order by cells: every linked node once, and near ones together.
#include "index/hnsw/cell_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "index/hnsw/hnsw_index.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

constexpr size_t kDim = 8;

// Share of the edges whose ends lie within 50 places. order: the nodes, one after another.
double share_of_short_edges(const HnswGraph& graph, const std::vector<uint32_t>& order) {
  std::vector<int> places(graph.links.size());
  for (size_t place = 0; place < order.size(); ++place) places[order[place]] = static_cast<int>(place);
  size_t short_edges = 0, edges = 0;
  for (const uint32_t node : order) {
    const LinkList list = graph.links.list(node, 0);
    for (size_t index = 0; index < list.size(); ++index) {
      if (!graph.is_linked(list[index])) continue;
      if (std::abs(places[node] - places[list[index]]) <= 50) ++short_edges;
      ++edges;
    }
  }
  return static_cast<double>(short_edges) / static_cast<double>(edges);
}

TEST(CellOrder, HasEveryLinkedNodeOnceAndNearOnesTogether) {
  Random random(1);
  constexpr size_t kRows = 3000;
  const std::vector<float> values = uniform_values(random, kRows * kDim);
  VectorRows rows(kDim, Metric::kEuclidean);
  ASSERT_TRUE(rows.reserve(kRows).ok());
  for (size_t row = 0; row < kRows; ++row) rows.append_reserved(&values[row * kDim]);
  HnswIndex index({8, 40, 0, 1}, rows, best_kernels());
  // One by one: many rows together are put in order as they are linked.
  for (size_t row = 0; row < kRows; ++row) {
    ASSERT_TRUE(index.append(&values[row * kDim], 1).ok());
    ASSERT_TRUE(index.link_step(false).ok());
  }
  for (size_t slot = 0; slot < kRows; slot += 5) index.remove(slot);

  const std::vector<uint32_t> order = linked_by_cells(index.graph());
  std::vector<uint32_t> linked;
  for (uint32_t node = 0; node < kRows; ++node) {
    if (index.graph().is_linked(node)) linked.push_back(node);
  }
  std::vector<uint32_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, linked);
  EXPECT_LT(share_of_short_edges(index.graph(), linked), 0.1);
  EXPECT_GT(share_of_short_edges(index.graph(), order), 0.25);
}

TEST(CellOrder, OfAnEmptyGraphIsEmpty) {
  EXPECT_TRUE(linked_by_cells(HnswGraph(4)).empty());
}

}  // namespace
}  // namespace vicinal
