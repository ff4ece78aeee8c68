#include "engine/search_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "support/byte_buffer.h"
#include "support/naive_search.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot};

std::unique_ptr<SearchEngine> make_engine(size_t dim, Metric metric) {
  return std::move(SearchEngine::create({dim, metric}, best_kernels()).value());
}

std::vector<uint32_t> found_ids(const SearchEngine& engine, const Vector& query,
                                const SearchOptions& options) {
  Hits hits;
  EXPECT_TRUE(engine.search(query.data(), 1, options, hits).ok());
  std::vector<uint32_t> ids;
  for (const RowId id : hits.ids) ids.push_back(to_number(id));
  return ids;
}

Bytes saved(const SearchEngine& engine) {
  BufferSink sink;
  EXPECT_TRUE(engine.save(sink).ok());
  EXPECT_EQ(sink.bytes().size(), engine.saved_bytes());
  return sink.bytes();
}

TEST(SearchEngine, ChecksDimensionAndMetric) {
  EXPECT_EQ(SearchEngine::create({0, Metric::kDot}, best_kernels()).error().code,
            ErrorCode::kInvalidArgument);
  const auto too_wide = SearchEngine::create({65537, Metric::kDot}, best_kernels());
  EXPECT_EQ(too_wide.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(too_wide.error().expected, 65536);
  EXPECT_EQ(too_wide.error().actual, 65537);
  EXPECT_EQ(SearchEngine::create({3, Metric{4}}, best_kernels()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(SearchEngine::create({65536, Metric::kDot}, best_kernels()).ok());
}

TEST(SearchEngine, GivesRowsBackAsTheyWereGiven) {
  for (const Metric metric : kMetrics) {
    const auto engine = make_engine(2, metric);
    const Vector rows = {3, 4, -0.0f, 1e-30f, 5e30f, 6};
    EXPECT_EQ(to_number(engine->add(rows.data(), 3).value()), 0u);
    for (uint32_t id = 0; id < 3; ++id) {
      const float* row = engine->get(RowId{id}).value();
      EXPECT_EQ(row[0], rows[id * 2]);
      EXPECT_EQ(row[1], rows[id * 2 + 1]);
    }
    EXPECT_EQ(engine->get(RowId{3}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(engine->get(RowId{3}).error().actual, 3);
  }
}

TEST(SearchEngine, DistancesAndScoresAreThoseOfTheMetric) {
  const Vector rows = {3, 4};
  const Vector query = {0, 2};
  const float expected[][2] = {{0.8f, 1 - 0.8f}, {-std::sqrt(13.0f), std::sqrt(13.0f)}, {-5, 5}, {8, -8}};
  for (const Metric metric : kMetrics) {
    const auto engine = make_engine(2, metric);
    ASSERT_TRUE(engine->add(rows.data(), 1).ok());
    Hits hits;
    ASSERT_TRUE(engine->search(query.data(), 1, {}, hits).ok());
    ASSERT_EQ(hits.counts, std::vector<uint32_t>{1});
    EXPECT_FLOAT_EQ(hits.scores[0], expected[static_cast<int>(metric)][0]);
    EXPECT_FLOAT_EQ(hits.distances[0], expected[static_cast<int>(metric)][1]);
  }
}

TEST(SearchEngine, AddTakesAllRowsOrNone) {
  const auto engine = make_engine(2, Metric::kCosine);
  const Vector good = {1, 2};
  ASSERT_TRUE(engine->add(good.data(), 1).ok());
  const Vector not_finite = {1, 2, 3, NAN};
  EXPECT_EQ(engine->add(not_finite.data(), 2).error().code, ErrorCode::kNotFinite);
  EXPECT_EQ(engine->add(not_finite.data(), 2).error().actual, 3);
  const Vector zero = {1, 2, 0, 0};
  EXPECT_EQ(engine->add(zero.data(), 2).error().code, ErrorCode::kZeroVector);
  EXPECT_EQ(engine->add(zero.data(), 2).error().actual, 1);
  EXPECT_EQ(engine->stats().size, 1u);
  EXPECT_EQ(to_number(engine->add(good.data(), 1).value()), 1u);
}

TEST(SearchEngine, AddOfNoRowsTellsTheNextId) {
  const auto engine = make_engine(2, Metric::kEuclidean);
  EXPECT_EQ(to_number(engine->add(nullptr, 0).value()), 0u);
  EXPECT_EQ(engine->stats().size, 0u);
}

TEST(SearchEngine, UndoAddTakesTheNewestRowsBack) {
  const auto engine = make_engine(1, Metric::kEuclidean);
  const Vector rows = {1, 2, 3, 4, 5};
  ASSERT_TRUE(engine->add(rows.data(), 5).ok());
  engine->undo_add(3);
  EXPECT_EQ(engine->stats().size, 2u);
  EXPECT_FALSE(engine->contains(RowId{2}));
  EXPECT_EQ(found_ids(*engine, {5}, {}), (std::vector<uint32_t>{1, 0}));
  EXPECT_EQ(to_number(engine->add(rows.data(), 1).value()), 2u);
}

TEST(SearchEngine, CompactionRenumbersWhereAsked) {
  for (const IndexKind index : {IndexKind::kFlat, IndexKind::kIvf, IndexKind::kHnsw}) {
    auto engine =
        std::move(SearchEngine::create({2, Metric::kEuclidean, std::nullopt, index}, best_kernels()).value());
    const std::vector<float> rows = {0, 0, 1, 0, 2, 0, 3, 0};
    ASSERT_TRUE(engine->add(rows.data(), 4).ok());
    ASSERT_TRUE(engine->remove(RowId{1}).ok());
    ASSERT_TRUE(engine->compact().ok());
    EXPECT_FALSE(engine->contains(RowId{1}));
    ASSERT_TRUE(engine->remove(RowId{0}).ok());
    ASSERT_TRUE(engine->compact(true).ok());
    EXPECT_EQ(engine->get(RowId{0}).value()[0], 2);
    EXPECT_EQ(engine->get(RowId{1}).value()[0], 3);
    EXPECT_FALSE(engine->contains(RowId{2}));
    EXPECT_EQ(engine->add(rows.data(), 1).value(), RowId{2});
  }
}

TEST(SearchEngine, UpdateReplacesInPlace) {
  const auto engine = make_engine(2, Metric::kCosine);
  const Vector rows = {1, 0, 0, 1};
  ASSERT_TRUE(engine->add(rows.data(), 2).ok());
  const Vector other = {-7, 0};
  ASSERT_TRUE(engine->update(RowId{1}, other.data()).ok());
  EXPECT_EQ(engine->get(RowId{1}).value()[0], -7.0f);
  EXPECT_EQ(found_ids(*engine, {-1, 0}, {}), (std::vector<uint32_t>{1, 0}));

  const Vector zero = {0, 0};
  const Vector not_finite = {1, INFINITY};
  EXPECT_EQ(engine->update(RowId{1}, zero.data()).error().code, ErrorCode::kZeroVector);
  EXPECT_EQ(engine->update(RowId{1}, not_finite.data()).error().code, ErrorCode::kNotFinite);
  EXPECT_EQ(engine->update(RowId{2}, other.data()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(engine->get(RowId{1}).value()[0], -7.0f);
}

TEST(SearchEngine, RemovedRowsAreGoneAtOnceAndIdsStay) {
  const auto engine = make_engine(1, Metric::kEuclidean);
  const Vector rows = {0, 1, 2, 3, 4};
  ASSERT_TRUE(engine->add(rows.data(), 5).ok());
  ASSERT_TRUE(engine->remove(RowId{1}).ok());
  ASSERT_TRUE(engine->remove(RowId{4}).ok());
  EXPECT_EQ(engine->remove(RowId{1}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(engine->stats().size, 3u);
  EXPECT_EQ(engine->stats().deleted, 2u);
  EXPECT_EQ(found_ids(*engine, {0}, {}), (std::vector<uint32_t>{0, 2, 3}));
  EXPECT_FALSE(engine->contains(RowId{1}));

  ASSERT_TRUE(engine->compact().ok());
  EXPECT_EQ(engine->stats().deleted, 0u);
  EXPECT_EQ(found_ids(*engine, {0}, {}), (std::vector<uint32_t>{0, 2, 3}));
  EXPECT_EQ(engine->get(RowId{3}).value()[0], 3.0f);
  EXPECT_FALSE(engine->contains(RowId{4}));
  // The id of a removed row is never given out again, the newest one's neither.
  EXPECT_EQ(to_number(engine->add(rows.data(), 1).value()), 5u);
}

TEST(SearchEngine, ClearForgetsRowsNotIds) {
  const auto engine = make_engine(1, Metric::kEuclidean);
  const Vector rows = {0, 1, 2};
  ASSERT_TRUE(engine->add(rows.data(), 3).ok());
  ASSERT_TRUE(engine->remove(RowId{0}).ok());
  engine->clear();
  EXPECT_EQ(engine->stats().size, 0u);
  EXPECT_EQ(engine->stats().memory_bytes, 0u);
  EXPECT_TRUE(found_ids(*engine, {0}, {}).empty());
  EXPECT_EQ(to_number(engine->add(rows.data(), 3).value()), 3u);
  EXPECT_EQ(found_ids(*engine, {2}, {}), (std::vector<uint32_t>{5, 4, 3}));
}

TEST(SearchEngine, SearchChecksItsArguments) {
  const auto engine = make_engine(2, Metric::kCosine);
  Hits hits;
  const Vector query = {1, 2};
  EXPECT_EQ(engine->search(query.data(), 1, {.k = 0}, hits).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(engine->search(query.data(), 1, {.score_threshold = NAN}, hits).error().code,
            ErrorCode::kInvalidArgument);
  const Vector not_finite = {1, 2, NAN, 0};
  EXPECT_EQ(engine->search(not_finite.data(), 2, {}, hits).error().code, ErrorCode::kNotFinite);
  EXPECT_EQ(engine->search(not_finite.data(), 2, {}, hits).error().actual, 2);
  const Vector zero = {1, 2, 0, 0};
  EXPECT_EQ(engine->search(zero.data(), 2, {}, hits).error().code, ErrorCode::kZeroVector);
  EXPECT_EQ(engine->search(zero.data(), 2, {}, hits).error().actual, 1);
}

TEST(SearchEngine, HitsOfSeveralQueriesFollowOneAnother) {
  const auto engine = make_engine(1, Metric::kEuclidean);
  const Vector rows = {0, 10, 20};
  ASSERT_TRUE(engine->add(rows.data(), 3).ok());
  const Vector queries = {1, 19};
  Hits hits;
  hits.counts = {7};
  ASSERT_TRUE(engine->search(queries.data(), 2, {.k = 2}, hits).ok());
  EXPECT_EQ(hits.counts, (std::vector<uint32_t>{2, 2}));
  EXPECT_EQ(hits.ids, (std::vector<RowId>{RowId{0}, RowId{1}, RowId{2}, RowId{1}}));
  EXPECT_EQ(hits.distances, (std::vector<float>{1, 9, 1, 9}));
  EXPECT_EQ(hits.scores, (std::vector<float>{-1, -9, -1, -9}));
  ASSERT_TRUE(engine->search(queries.data(), 0, {}, hits).ok());
  EXPECT_TRUE(hits.counts.empty());
}

TEST(SearchEngine, HitsOfRangesAreThoseOfAllRowsTogether) {
  const size_t dim = 5, row_count = 1000, query_count = 5;
  Random random(4);
  for (const Metric metric : kMetrics) {
    const auto engine = make_engine(dim, metric);
    Vector rows = small_integers(random, row_count * dim);  // many are equally near
    for (size_t row = 0; row < row_count; ++row) rows[row * dim] += 10;
    ASSERT_TRUE(engine->add(rows.data(), row_count).ok());
    ASSERT_TRUE(engine->remove(RowId{300}).ok());
    Vector queries = small_integers(random, query_count * dim);
    for (size_t query = 0; query < query_count; ++query) queries[query * dim] += 10;
    const SearchOptions options{40};
    Hits whole;
    ASSERT_TRUE(engine->search(queries.data(), query_count, options, whole).ok());
    ASSERT_EQ(whole.ids.size(), query_count * options.k);
    std::vector<std::vector<std::pair<float, uint32_t>>> merged(query_count);
    for (const SlotRange range :
         {SlotRange{0, 256}, SlotRange{256, 300}, SlotRange{300, 301}, SlotRange{301}}) {
      Hits hits;
      ASSERT_TRUE(engine->search(queries.data(), query_count, options, hits, range).ok());
      size_t at = 0;
      for (size_t query = 0; query < query_count; ++query) {
        for (uint32_t hit = 0; hit < hits.counts[query]; ++hit, ++at)
          merged[query].emplace_back(hits.distances[at], to_number(hits.ids[at]));
      }
    }
    size_t at = 0;
    for (size_t query = 0; query < query_count; ++query) {
      std::sort(merged[query].begin(), merged[query].end());
      for (size_t hit = 0; hit < options.k; ++hit, ++at) {
        ASSERT_EQ(whole.distances[at], merged[query][hit].first);
        ASSERT_EQ(to_number(whole.ids[at]), merged[query][hit].second);
      }
    }
  }
}

TEST(SearchEngine, ThresholdIsExactAtItsBoundary) {
  Random random(1);
  for (const Metric metric : kMetrics) {
    const auto engine = make_engine(5, metric);
    const Vector rows = uniform_values(random, 300 * 5);
    ASSERT_TRUE(engine->add(rows.data(), 300).ok());
    const Vector query = uniform_values(random, 5);
    Hits all;
    ASSERT_TRUE(engine->search(query.data(), 1, {.k = 300}, all).ok());
    for (const size_t k : {40, 300}) {
      for (size_t rank = 0; rank < k; ++rank) {
        const float score = all.scores[rank];
        const size_t at_least = static_cast<size_t>(std::count_if(
            all.scores.begin(), all.scores.end(), [score](float other) { return other >= score; }));
        const size_t above = static_cast<size_t>(std::count_if(
            all.scores.begin(), all.scores.end(), [score](float other) { return other > score; }));
        EXPECT_EQ(found_ids(*engine, query, {.k = k, .score_threshold = score}).size(),
                  std::min(k, at_least));
        const float just_above = std::nextafter(score, INFINITY);
        EXPECT_EQ(found_ids(*engine, query, {.k = k, .score_threshold = just_above}).size(), above);
      }
    }
  }
}

TEST(SearchEngine, ThresholdsBeyondAllScoresFindNothingOrEverything) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const Metric metric : kMetrics) {
    const auto engine = make_engine(2, metric);
    const Vector rows = {FLT_MAX, FLT_MAX, 1, 1, -FLT_MAX, -FLT_MAX};
    ASSERT_TRUE(engine->add(rows.data(), 3).ok());
    for (const size_t k : {2, 3}) {
      EXPECT_EQ(found_ids(*engine, {FLT_MAX, FLT_MAX}, {.k = k, .score_threshold = -kInfinity}).size(), k);
      EXPECT_EQ(found_ids(*engine, {FLT_MAX, FLT_MAX}, {.k = k, .score_threshold = -FLT_MAX}).size(), k);
      EXPECT_TRUE(found_ids(*engine, {FLT_MAX, FLT_MAX}, {.k = k, .score_threshold = kInfinity}).empty());
    }
  }
}

TEST(SearchEngine, FilterIsBySetBitsOfIdsEvenAfterCompaction) {
  const auto engine = make_engine(1, Metric::kEuclidean);
  Vector rows(100);
  for (size_t i = 0; i < 100; ++i) rows[i] = static_cast<float>(i);
  ASSERT_TRUE(engine->add(rows.data(), 100).ok());
  const uint32_t words[] = {0, 1u << 3 | 1u << 8, 0xFFFFFFFFu};  // 35, 40, 64 .. 95
  const IdFilter filter{words, 3};
  const std::vector<uint32_t> expected = {40, 35, 64, 65};
  EXPECT_EQ(found_ids(*engine, {40}, {.k = 4, .filter = &filter}), expected);
  ASSERT_TRUE(engine->remove(RowId{0}).ok());
  ASSERT_TRUE(engine->remove(RowId{65}).ok());
  const std::vector<uint32_t> without_65 = {40, 35, 64, 66};
  EXPECT_EQ(found_ids(*engine, {40}, {.k = 4, .filter = &filter}), without_65);
  ASSERT_TRUE(engine->compact().ok());
  EXPECT_EQ(found_ids(*engine, {40}, {.k = 4, .filter = &filter}), without_65);
}

TEST(SearchEngine, StatsCountWhatIsHeld) {
  for (const Metric metric : kMetrics) {
    for (const size_t row_count : {1, 10, 2000}) {
      const auto engine = make_engine(1000, metric);
      ASSERT_TRUE(engine->reserve(row_count).ok());
      EngineStats stats = engine->stats();
      EXPECT_GE(stats.capacity, row_count);
      EXPECT_EQ(stats.memory_bytes, SearchEngine::bytes_needed({1000, metric}, row_count).value());
      EXPECT_GE(stats.vector_bytes, row_count * 1000 * sizeof(float));
      EXPECT_EQ(stats.norm_bytes >= row_count * sizeof(float), metric == Metric::kCosine);
      const Vector row(1000, 1.0f);
      for (size_t i = 0; i < row_count; ++i) ASSERT_TRUE(engine->add(row.data(), 1).ok());
      EXPECT_EQ(engine->stats().memory_bytes, stats.memory_bytes);

      ASSERT_TRUE(engine->remove(RowId{0}).ok());
      stats = engine->stats();
      EXPECT_GT(stats.id_bytes, 0u);
      EXPECT_EQ(stats.memory_bytes, stats.vector_bytes + stats.norm_bytes + stats.id_bytes);
    }
  }
}

TEST(SearchEngine, CompactGivesMemoryBack) {
  const auto engine = make_engine(1000, Metric::kCosine);
  const Vector rows(1000 * 1000, 1.0f);
  ASSERT_TRUE(engine->add(rows.data(), 1000).ok());
  for (uint32_t id = 0; id < 990; ++id) ASSERT_TRUE(engine->remove(RowId{id}).ok());
  ASSERT_TRUE(engine->compact().ok());
  EXPECT_EQ(engine->stats().capacity, 10u);
  EXPECT_EQ(engine->stats().memory_bytes, SearchEngine::bytes_needed({1000, Metric::kCosine}, 10).value());
}

TEST(SearchEngine, CapacityOfIdsIsTold) {
  const auto engine = make_engine(1, Metric::kEuclidean);
  const Vector row = {1};
  ASSERT_TRUE(engine->add(row.data(), 1).ok());
  const Result<RowId> added = engine->add(row.data(), static_cast<size_t>(kMaxRowCount));
  EXPECT_EQ(added.error().code, ErrorCode::kCapacityExceeded);
  EXPECT_EQ(added.error().expected, static_cast<int64_t>(kMaxRowCount));
  EXPECT_EQ(added.error().actual, static_cast<int64_t>(kMaxRowCount + 1));
}

#if defined(__wasm__)
// Memory ends at 4 GB there, so that running out of it can be tried.
TEST(SearchEngine, OutOfMemoryLeavesTheEngineAsItWas) {
  const auto engine = make_engine(65536, Metric::kEuclidean);
  const Vector row(65536, 1.0f);
  ASSERT_TRUE(engine->add(row.data(), 1).ok());
  const uint64_t held = engine->stats().memory_bytes;
  for (const size_t row_count : {size_t{16380}, size_t{16384}, size_t{100000000}}) {
    const Status failed = engine->reserve(row_count);
    ASSERT_EQ(failed.error().code, ErrorCode::kOutOfMemory);
    EXPECT_GE(failed.error().actual, static_cast<int64_t>(row_count * 65536));
    EXPECT_EQ(engine->stats().memory_bytes, held);
  }
  EXPECT_EQ(found_ids(*engine, row, {}), (std::vector<uint32_t>{0}));
  EXPECT_TRUE(engine->add(row.data(), 1).ok());
}
#endif

TEST(SearchEngine, SaveAndLoadKeepEverythingButRemovedRows) {
  Random random(2);
  for (const Metric metric : kMetrics) {
    const auto engine = make_engine(33, metric);
    const Vector rows = uniform_values(random, 500 * 33);
    ASSERT_TRUE(engine->add(rows.data(), 500).ok());
    for (uint32_t id = 0; id < 500; id += 3) ASSERT_TRUE(engine->remove(RowId{id}).ok());
    ASSERT_TRUE(engine->compact().ok());
    ASSERT_TRUE(engine->add(rows.data(), 100).ok());
    ASSERT_TRUE(engine->remove(RowId{1}).ok());
    ASSERT_TRUE(engine->remove(RowId{599}).ok());

    BufferSource source(saved(*engine));
    auto loaded = SearchEngine::load(source, best_kernels());
    ASSERT_TRUE(loaded.ok());
    SearchEngine& copy = *loaded.value();
    EXPECT_EQ(copy.dim(), 33u);
    EXPECT_EQ(copy.metric(), metric);
    EXPECT_EQ(copy.stats().size, engine->stats().size);
    EXPECT_EQ(copy.stats().deleted, 0u);
    for (uint32_t id = 0; id < 602; ++id) {
      ASSERT_EQ(copy.contains(RowId{id}), engine->contains(RowId{id})) << id;
      if (!copy.contains(RowId{id})) continue;
      EXPECT_TRUE(std::equal(copy.get(RowId{id}).value(), copy.get(RowId{id}).value() + 33,
                             engine->get(RowId{id}).value()));
    }
    const Vector query = uniform_values(random, 33);
    EXPECT_EQ(found_ids(copy, query, {.k = 50}), found_ids(*engine, query, {.k = 50}));
    EXPECT_EQ(to_number(copy.add(rows.data(), 1).value()), 600u);
    // The same content gives the same bytes.
    copy.undo_add(1);
    EXPECT_EQ(saved(copy), saved(*engine));
  }
}

TEST(SearchEngine, EmptyEnginesAreSavedToo) {
  const auto engine = make_engine(3, Metric::kManhattan);
  const Vector row = {1, 2, 3};
  ASSERT_TRUE(engine->add(row.data(), 1).ok());
  ASSERT_TRUE(engine->remove(RowId{0}).ok());
  BufferSource source(saved(*engine));
  auto loaded = SearchEngine::load(source, best_kernels());
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.value()->stats().size, 0u);
  EXPECT_EQ(to_number(loaded.value()->add(row.data(), 1).value()), 1u);
}

}  // namespace
}  // namespace vicinal
