#include "engine/hits.h"

#include <gtest/gtest.h>

#include <vector>

namespace vicinal {
namespace {

TEST(Hits, QueriesFollowOneAnotherUnderTheIdsOfTheirSlots) {
  const IdMap ids({4, 7, 9}, 12);
  Hits hits;
  append_hits(std::vector<Candidate>{{0.25f, 2}, {0.5f, 0}}, ids, Metric::kCosine, std::nullopt, hits);
  append_hits({}, ids, Metric::kCosine, std::nullopt, hits);
  append_hits(std::vector<Candidate>{{1, 1}}, ids, Metric::kCosine, std::nullopt, hits);
  EXPECT_EQ(hits.ids, (std::vector<RowId>{RowId{9}, RowId{4}, RowId{7}}));
  EXPECT_EQ(hits.distances, (std::vector<float>{0.25f, 0.5f, 1}));
  EXPECT_EQ(hits.scores, (std::vector<float>{0.75f, 0.5f, 0}));
  EXPECT_EQ(hits.counts, (std::vector<uint32_t>{2, 0, 1}));
}

TEST(Hits, EndAtTheThresholdWhichIsOneOfThem) {
  const IdMap ids({0, 1, 2}, 3);
  Hits hits;
  append_hits(std::vector<Candidate>{{1, 0}, {2, 1}, {3, 2}}, ids, Metric::kEuclidean, -2.0f, hits);
  EXPECT_EQ(hits.ids, (std::vector<RowId>{RowId{0}, RowId{1}}));
  EXPECT_EQ(hits.counts, (std::vector<uint32_t>{2}));
}

}  // namespace
}  // namespace vicinal
