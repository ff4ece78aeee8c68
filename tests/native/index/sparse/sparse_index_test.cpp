#include "index/sparse/sparse_index.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <limits>
#include <numeric>
#include <string>

#include "support/sparse_rows.h"

namespace vicinal {
namespace {

std::unique_ptr<SparseIndex> make_index(const SparseOptions& options) {
  Result<std::unique_ptr<SparseIndex>> made = SparseIndex::create(options);
  EXPECT_TRUE(made.ok());
  return std::move(made.value());
}

std::vector<SparseHit> search(const SparseIndex& index, const SparseRow& query,
                              const SparseSearchOptions& options = {}) {
  Result<std::vector<SparseHit>> found = index.search(query.view(), options);
  EXPECT_TRUE(found.ok());
  return std::move(found.value());
}

std::vector<double> statistics_of(const SparseIndex& index, const SparseRow& query) {
  std::vector<double> statistics(kStatisticsHeader + query.indices.size());
  index.statistics(query.indices.data(), query.indices.size(), statistics.data());
  return statistics;
}

void expect_error(const Status& status, ErrorCode code, int64_t expected, int64_t actual) {
  EXPECT_EQ(status.error().code, code);
  EXPECT_EQ(status.error().expected, expected);
  EXPECT_EQ(status.error().actual, actual);
}

// Scores are rounded to float once; the oracle's double may fall on the other side of a tie between two floats.
double rounding(double score) {
  return std::fabs(score) * 0x1p-23 + 1e-12;
}

const SparseOptions kDot{};
const SparseOptions kIdf{SparseScoring::kDotIdf};
const SparseOptions kBm25{SparseScoring::kBm25};
const SparseOptions kOtherBm25{SparseScoring::kBm25, 0.6, 1.0};

// All that the index says about the rows and answers to the query, held against the oracle.
void expect_agrees(const SparseIndex& index, const SparseOptions& options, const SparseRows& rows,
                   const SparseRow& query, size_t k, const std::vector<bool>* allowed = nullptr,
                   std::optional<float> threshold = std::nullopt) {
  std::vector<NaiveSparseHit> expected = naive_sparse_search(options, rows, query);
  std::erase_if(expected, [&](const NaiveSparseHit& hit) {
    return (allowed != nullptr && (hit.id >= allowed->size() || !(*allowed)[hit.id])) ||
           (threshold && static_cast<float>(hit.score) < *threshold);
  });
  std::vector<uint32_t> words((allowed != nullptr ? allowed->size() : 0) / 32 + 1);
  for (size_t id = 0; allowed != nullptr && id < allowed->size(); ++id) {
    if ((*allowed)[id]) words[id / 32] |= 1u << (id % 32);
  }
  const IdFilter filter{words.data(), words.size()};
  SparseSearchOptions searched{k, allowed != nullptr ? &filter : nullptr, threshold, nullptr};
  const std::vector<SparseHit> hits = search(index, query, searched);
  ASSERT_EQ(hits.size(), std::min(k, expected.size()));
  std::map<uint32_t, double> scores;
  for (const NaiveSparseHit& hit : expected) scores[hit.id] = hit.score;
  for (size_t i = 0; i < hits.size(); ++i) {
    const uint32_t id = to_number(hits[i].id);
    ASSERT_TRUE(scores.contains(id)) << id;
    ASSERT_NEAR(hits[i].score, scores[id], rounding(scores[id]));
    ASSERT_NEAR(hits[i].score, expected[i].score, rounding(expected[i].score));
    if (i > 0) {
      ASSERT_TRUE(hits[i - 1].score > hits[i].score ||
                  (hits[i - 1].score == hits[i].score && to_number(hits[i - 1].id) < id));
    }
  }
}

TEST(SparseIndex, AddsProductsOfSharedIndices) {
  const auto index = make_index(kDot);
  ASSERT_TRUE(index->set(RowId{5}, SparseRow{{9, 1, 0xFFFFFFFFu}, {2, 3, 5}}.view()).ok());
  ASSERT_TRUE(index->set(RowId{2}, SparseRow{{1, 4}, {-1, 7}}.view()).ok());
  ASSERT_TRUE(index->set(RowId{9}, SparseRow{{4}, {100}}.view()).ok());
  const auto hits = search(*index, {{0xFFFFFFFFu, 1}, {10, 1}});
  ASSERT_EQ(hits.size(), 2u);
  EXPECT_EQ(to_number(hits[0].id), 5u);
  EXPECT_EQ(hits[0].score, 53.0f);
  EXPECT_EQ(to_number(hits[1].id), 2u);
  EXPECT_EQ(hits[1].score, -1.0f);
}

TEST(SparseIndex, RowsWithoutASharedIndexAreNoHits) {
  const auto index = make_index(kDot);
  ASSERT_TRUE(index->set(RowId{0}, SparseRow{}.view()).ok());
  ASSERT_TRUE(index->set(RowId{1}, SparseRow{{1}, {0}}.view()).ok());
  ASSERT_TRUE(index->set(RowId{2}, SparseRow{{2}, {1}}.view()).ok());
  EXPECT_TRUE(search(*index, {{3}, {1}}).empty());
  EXPECT_TRUE(search(*index, {}).empty());
  // A shared index makes a hit, whatever comes of it.
  const auto hits = search(*index, {{1}, {1}});
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].score, 0.0f);
}

TEST(SparseIndex, TiesGoBySmallerIdWhateverTheOrderOfSetting) {
  const auto index = make_index(kDot);
  for (const uint32_t id : {7u, 3u, 9u, 1u, 5u})
    ASSERT_TRUE(index->set(RowId{id}, SparseRow{{1}, {1}}.view()).ok());
  ASSERT_TRUE(index->set(RowId{1}, SparseRow{{1}, {1}}.view()).ok());
  const auto hits = search(*index, {{1}, {2}}, {3});
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(to_number(hits[0].id), 1u);
  EXPECT_EQ(to_number(hits[1].id), 3u);
  EXPECT_EQ(to_number(hits[2].id), 5u);
}

TEST(SparseIndex, AgreesWithTheDefinition) {
  for (const SparseOptions& options : {kDot, kIdf, kBm25, kOtherBm25}) {
    for (const bool any_values : {false, true}) {
      if (any_values && options.scoring == SparseScoring::kBm25) continue;
      Random random(1);
      SparseRows rows;
      const auto index = make_index(options);
      // More than two blocks of slots.
      for (uint32_t i = 0; i < 5000; ++i) {
        const uint32_t id = i * 3 % 5003;
        rows[id] = random_sparse_row(random, 400, 12, any_values);
        ASSERT_TRUE(index->set(RowId{id}, rows[id].view()).ok());
      }
      for (int round = 0; round < 12; ++round) {
        const SparseRow query = random_sparse_row(random, 400, 8, true);
        std::vector<bool> allowed(5003);
        for (size_t id = 0; id < allowed.size(); ++id) allowed[id] = random.below(10) == 0;
        expect_agrees(*index, options, rows, query, 1);
        expect_agrees(*index, options, rows, query, 10);
        expect_agrees(*index, options, rows, query, 6000);
        expect_agrees(*index, options, rows, query, 10, &allowed);
        expect_agrees(*index, options, rows, query, 6000, nullptr, 0.25f);
      }
    }
  }
}

TEST(SparseIndex, ScoresAreFiniteForAllFloats) {
  const float giant = std::numeric_limits<float>::max();
  for (const SparseOptions& options : {kDot, kIdf, SparseOptions{SparseScoring::kBm25, kMaxK1, 1}}) {
    const auto index = make_index(options);
    ASSERT_TRUE(index->set(RowId{0}, SparseRow{{1, 2}, {giant, giant}}.view()).ok());
    ASSERT_TRUE(index->set(RowId{1}, SparseRow{{1}, {FLT_TRUE_MIN}}.view()).ok());
    for (const auto& hit : search(*index, {{1, 2}, {giant, -giant}})) EXPECT_TRUE(std::isfinite(hit.score));
    for (const auto& hit : search(*index, {{1, 2}, {giant, giant}})) EXPECT_TRUE(std::isfinite(hit.score));
    const double contradiction[] = {0, 0, 1e300, 1e300};
    for (const auto& hit : search(*index, {{1, 2}, {1, 1}}, {10, nullptr, std::nullopt, contradiction})) {
      EXPECT_TRUE(std::isfinite(hit.score));
    }
  }
}

// Three shards, searched by their joint statistics, answer as one index does: to the last bit.
TEST(SparseIndex, ShardsScoreAsOneIndex) {
  for (const SparseOptions& options : {kDot, kIdf, kBm25}) {
    Random random(2);
    const auto whole = make_index(options);
    std::vector<std::unique_ptr<SparseIndex>> shards;
    for (int i = 0; i < 3; ++i) shards.push_back(make_index(options));
    for (uint32_t id = 0; id < 3000; ++id) {
      const SparseRow row = random_sparse_row(random, 200, 10, false);
      ASSERT_TRUE(whole->set(RowId{id}, row.view()).ok());
      ASSERT_TRUE(shards[random.below(3)]->set(RowId{id}, row.view()).ok());
    }
    for (uint32_t id = 0; id < 3000; id += 7) {
      ASSERT_TRUE(whole->remove(RowId{id}).ok());
      for (const auto& shard : shards) {
        if (!shard->contains(RowId{id})) continue;
        ASSERT_TRUE(shard->remove(RowId{id}).ok());
      }
    }
    shards[1]->compact();
    for (int round = 0; round < 20; ++round) {
      const SparseRow query = random_sparse_row(random, 200, 6, true);
      std::vector<double> joint(kStatisticsHeader + query.indices.size());
      for (const auto& shard : shards) {
        const std::vector<double> part = statistics_of(*shard, query);
        for (size_t i = 0; i < joint.size(); ++i) joint[i] += part[i];
      }
      EXPECT_EQ(joint, statistics_of(*whole, query));
      std::map<uint32_t, float> expected, actual;
      for (const auto& hit : search(*whole, query, {3000})) expected[to_number(hit.id)] = hit.score;
      for (const auto& shard : shards) {
        for (const auto& hit : search(*shard, query, {3000, nullptr, std::nullopt, joint.data()}))
          actual[to_number(hit.id)] = hit.score;
      }
      EXPECT_EQ(actual, expected);
    }
  }
}

// Random operations, held against a map of the rows.
TEST(SparseIndex, AgreesWithAModelOfIt) {
  for (const SparseOptions& options : {kDot, kIdf, kBm25}) {
    Random random(3 + static_cast<uint64_t>(options.scoring));
    const bool any_values = options.scoring != SparseScoring::kBm25;
    const auto index = make_index(options);
    SparseRows rows;
    for (int step = 0; step < 4000; ++step) {
      const uint32_t id = random.below(300);
      const uint32_t operation = random.below(100);
      if (operation < 55) {
        const SparseRow row = random_sparse_row(random, 60, 9, any_values);
        ASSERT_TRUE(index->set(RowId{id}, row.view()).ok());
        rows[id] = row;
      } else if (operation < 85) {
        const Status removed = index->remove(RowId{id});
        ASSERT_EQ(removed.ok(), rows.erase(id) == 1);
        if (!removed.ok()) expect_error(removed, ErrorCode::kNotFound, 0, id);
      } else if (operation < 87) {
        index->compact();
        ASSERT_EQ(index->stats().deleted, 0u);
      } else if (operation < 95) {
        expect_agrees(*index, options, rows, random_sparse_row(random, 60, 5, true), 1 + random.below(20));
      } else {
        std::vector<uint32_t> indices;
        std::vector<float> values;
        const Status got = index->get(RowId{id}, indices, values);
        ASSERT_EQ(got.ok(), rows.contains(id));
        ASSERT_EQ(index->contains(RowId{id}), rows.contains(id));
        if (!got.ok()) continue;
        ASSERT_EQ(indices.size(), rows[id].indices.size());
        ASSERT_TRUE(std::is_sorted(indices.begin(), indices.end()));
        for (size_t i = 0; i < indices.size(); ++i) ASSERT_EQ(values[i], value_at(rows[id], indices[i]));
      }
      ASSERT_EQ(index->size(), rows.size());
    }
    index->compact();
    const SparseStats stats = index->stats();
    EXPECT_EQ(stats.size, rows.size());
    const uint64_t entry_count =
        std::accumulate(rows.begin(), rows.end(), uint64_t{0},
                        [](uint64_t sum, const auto& row) { return sum + row.second.indices.size(); });
    EXPECT_EQ(stats.posting_count, entry_count);
    for (const auto& [id, row] : rows) ASSERT_TRUE(index->remove(RowId{id}).ok());
    index->compact();
    EXPECT_EQ(index->stats().size, 0u);
    EXPECT_EQ(index->stats().index_count, 0u);
    EXPECT_EQ(index->stats().posting_count, 0u);
    const SparseRow query{{1}, {1}};
    EXPECT_EQ(statistics_of(*index, query), std::vector<double>(3, 0.0));
  }
}

TEST(SparseIndex, RefusesWhatItDoesNotTake) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const auto index = make_index(kBm25);
  ASSERT_TRUE(index->set(RowId{1}, SparseRow{{1}, {2}}.view()).ok());
  const SparseRow not_finite{{4, 3, 2}, {1, 1, nan}};
  const SparseRow infinite{{4, 3}, {infinity, 1}};
  const SparseRow doubled{{4, 3, 4}, {1, 1, 1}};
  const SparseRow doubled_in_order{{3, 4, 4}, {1, 1, 1}};
  const SparseRow never{{4, 3}, {1, 0}};
  const SparseRow negative{{4, 3}, {-1, 1}};
  expect_error(index->set(RowId{1}, not_finite.view()), ErrorCode::kNotFinite, 0, 2);
  expect_error(index->set(RowId{1}, infinite.view()), ErrorCode::kNotFinite, 0, 0);
  expect_error(index->set(RowId{1}, doubled.view()), ErrorCode::kInvalidArgument, 0, 4);
  expect_error(index->set(RowId{1}, doubled_in_order.view()), ErrorCode::kInvalidArgument, 0, 4);
  expect_error(index->set(RowId{1}, never.view()), ErrorCode::kInvalidArgument, 0, 1);
  expect_error(index->set(RowId{1}, negative.view()), ErrorCode::kInvalidArgument, 0, 0);
  expect_error(index->set(RowId{0xFFFFFFFFu}, SparseView{}), ErrorCode::kInvalidArgument, 0xFFFFFFFF,
               0xFFFFFFFF);
  EXPECT_EQ(index->search(not_finite.view(), {}).error().code, ErrorCode::kNotFinite);
  EXPECT_EQ(index->search(doubled.view(), {}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(index->search(never.view(), {0}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(index->search(negative.view(), {}).ok());

  EXPECT_EQ(index->stats().posting_count, 1u);
  EXPECT_EQ(statistics_of(*index, {{1, 2, 3, 4}, {1, 1, 1, 1}}), (std::vector<double>{1, 2, 1, 0, 0, 0}));

  for (const SparseOptions& wrong :
       {SparseOptions{SparseScoring{3}}, SparseOptions{SparseScoring::kBm25, -0.1, 0.5},
        SparseOptions{SparseScoring::kBm25, double{nan}, 0.5}, SparseOptions{SparseScoring::kBm25, 1001, 0.5},
        SparseOptions{SparseScoring::kBm25, 1, 1.01}, SparseOptions{SparseScoring::kBm25, 1, double{nan}}}) {
    EXPECT_EQ(SparseIndex::create(wrong).error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(SparseIndex, CompactionGivesMemoryBack) {
  Random random(4);
  const auto index = make_index(kBm25);
  for (uint32_t id = 0; id < 4000; ++id) {
    ASSERT_TRUE(index->set(RowId{id}, random_sparse_row(random, 5000, 30, false).view()).ok());
  }
  index->compact();
  const uint64_t whole = index->stats().memory_bytes;
  // Three words a posting, and what a list takes.
  EXPECT_LT(whole, 12 * index->stats().posting_count + 80 * index->stats().index_count + 40 * 4000);
  for (uint32_t id = 0; id < 4000; ++id) {
    if (id % 4 == 0) continue;
    ASSERT_TRUE(index->remove(RowId{id}).ok());
  }
  index->compact();
  EXPECT_LT(index->stats().memory_bytes, whole / 2);
  EXPECT_EQ(index->stats().size, 1000u);
}

}  // namespace
}  // namespace vicinal
