// What is reached in a graph.
#include "index/hnsw/hnsw_graph.h"

#include <gtest/gtest.h>

namespace vicinal {
namespace {

TEST(HnswGraph, CountsTheNodesThatEdgesLeadTo) {
  HnswGraph graph(2);
  EXPECT_EQ(reachable_count(graph), 0u);
  ASSERT_TRUE(graph.links.make_room(6, 0).ok());
  graph.visited.resize(6);
  for (uint32_t node = 0; node < 6; ++node) graph.links.append(0);
  // 0 leads to 1 and 2, 2 back to 0, 3 to 0, 4 is alone, and 5 is not linked.
  for (uint32_t node = 0; node < 5; ++node) graph.visited.open(node);
  graph.entry = 0;
  graph.links.list(0, 0).add(1);
  graph.links.list(0, 0).add(2, true);
  graph.links.list(2, 0).add(0, true);
  graph.links.list(2, 0).add(5);
  graph.links.list(3, 0).add(0);
  EXPECT_EQ(reachable_count(graph), 3u);
  graph.entry = 3;
  EXPECT_EQ(reachable_count(graph), 4u);
}

}  // namespace
}  // namespace vicinal
