#include "support/quantized_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <vector>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot};
constexpr uint32_t kWidths[] = {8, 4, 2, 1};

std::unique_ptr<SearchEngine> exact_engine(size_t dim, Metric metric, const std::vector<float>& rows) {
  auto engine = std::move(SearchEngine::create({dim, metric}, best_kernels()).value());
  EXPECT_TRUE(engine->add(rows.data(), rows.size() / dim).ok());
  return engine;
}

// Rows around a few centers, as embeddings are.
std::vector<float> clustered_rows(Random& random, size_t row_count, size_t dim) {
  constexpr size_t kClusters = 8;
  const std::vector<float> common = uniform_values(random, dim);
  const std::vector<float> centers = uniform_values(random, kClusters * dim);
  std::vector<float> rows = uniform_values(random, row_count * dim);
  for (size_t row = 0; row < row_count; ++row) {
    const size_t cluster = random.below(kClusters);
    for (size_t i = 0; i < dim; ++i) {
      float& value = rows[row * dim + i];
      value = common[i] + 0.5f * centers[cluster * dim + i] + 0.5f * value;
    }
  }
  return rows;
}

Hits search(const SearchEngine& store, const std::vector<float>& queries, const SearchOptions& options) {
  Hits hits;
  EXPECT_TRUE(store.search(queries.data(), queries.size() / store.dim(), options, hits).ok());
  return hits;
}

double recall(const Hits& found, const Hits& truth) {
  EXPECT_EQ(found.counts, truth.counts);
  size_t right = 0;
  for (size_t first = 0; first < truth.ids.size(); first += truth.counts[0]) {
    const std::set<RowId> expected(&truth.ids[first], &truth.ids[first] + truth.counts[0]);
    for (size_t rank = 0; rank < truth.counts[0]; ++rank) right += expected.count(found.ids[first + rank]);
  }
  return static_cast<double>(right) / static_cast<double>(truth.ids.size());
}

TEST(QuantizedEngine, ChecksItsOptions) {
  const auto code = [](const Coding& options) {
    const auto created = SearchEngine::create(engine_options(options), best_kernels());
    return created.ok() ? ErrorCode::kOk : created.error().code;
  };
  EXPECT_EQ(code({.dim = 1}), ErrorCode::kOk);
  EXPECT_EQ(code({.dim = 65536, .codec = {.bits = 1}}), ErrorCode::kOk);
  EXPECT_EQ(code({.dim = 0}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.dim = 65537}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.dim = 4, .metric = Metric{4}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({.dim = 4, .codec = {.kind = CodecKind{3}}}), ErrorCode::kInvalidArgument);
  for (const uint32_t bits : {0u, 3u, 5u, 16u}) {
    EXPECT_EQ(code({.dim = 4, .codec = {.bits = bits}}), ErrorCode::kInvalidArgument);
  }
}

// Floors a few points below what was measured with this seed, to tell a loss of precision.
TEST(QuantizedEngine, RecallByCodeAndByRescoring) {
  constexpr size_t kDim = 96;
  const struct {
    uint32_t bits;
    double by_code, rescored;
  } floors[] = {{8, 0.98, 1.0}, {4, 0.87, 0.99}, {2, 0.65, 0.96}, {1, 0.41, 0.82}};
  for (const Metric metric : kMetrics) {
    Random random(41);
    const std::vector<float> rows = clustered_rows(random, 1000, kDim);
    const std::vector<float> queries(rows.begin(), rows.begin() + 40 * kDim);
    const auto engine = exact_engine(kDim, metric, rows);
    Hits truth;
    ASSERT_TRUE(engine->search(queries.data(), 40, {.k = 10}, truth).ok());
    for (const auto& [bits, by_code, rescored] : floors) {
      const auto store = quantized_engine({kDim, metric, {CodecKind::kScalar, bits}, true});
      ASSERT_TRUE(store->add(rows.data(), 1000).ok());
      EXPECT_GE(recall(search(*store, queries, {.k = 10}), truth), by_code)
          << bits << " bits, metric " << static_cast<int>(metric);
      EXPECT_GE(recall(search(*store, queries, {.k = 10, .oversampling = 4}), truth), rescored)
          << bits << " bits, metric " << static_cast<int>(metric);
    }
  }
}

TEST(QuantizedEngine, RescoringAllRowsIsExactSearch) {
  constexpr size_t kDim = 19;
  for (const Metric metric : kMetrics) {
    for (const uint32_t bits : kWidths) {
      Random random(42);
      const std::vector<float> rows = uniform_values(random, 300 * kDim);
      const std::vector<float> queries = uniform_values(random, 35 * kDim);  // more than share a pass
      const auto engine = exact_engine(kDim, metric, rows);
      const auto store = quantized_engine({kDim, metric, {CodecKind::kScalar, bits}, true});
      ASSERT_TRUE(store->add(rows.data(), 300).ok());
      Hits truth;
      ASSERT_TRUE(engine->search(queries.data(), 35, {.k = 7}, truth).ok());
      const Hits hits = search(*store, queries, {.k = 7, .oversampling = 1000});
      EXPECT_EQ(hits.counts, truth.counts);
      EXPECT_EQ(hits.ids, truth.ids);
      EXPECT_EQ(hits.scores, truth.scores);
      EXPECT_EQ(hits.distances, truth.distances);
    }
  }
}

TEST(QuantizedEngine, HitsComeBestFirstAndTiesBySmallerId) {
  for (const Metric metric : kMetrics) {
    for (const uint32_t bits : kWidths) {
      const auto store = quantized_engine({.dim = 3, .metric = metric, .codec = {.bits = bits}});
      // Four equal rows between others.
      const std::vector<float> rows = {9, 1, 0, 1, 2, 3, 1, 2, 3, 0, 1, 9, 1, 2, 3, 1, 2, 3};
      ASSERT_TRUE(store->add(rows.data(), 6).ok() && train(*store));
      const Hits hits = search(*store, {1, 2, 3}, {.k = 6});
      ASSERT_EQ(hits.ids.size(), 6u);
      EXPECT_TRUE(std::is_sorted(hits.distances.begin(), hits.distances.end()));
      for (size_t rank = 0; rank < 6; ++rank) {
        EXPECT_EQ(hits.scores[rank], score_from_distance(metric, hits.distances[rank]));
        if (rank > 0 && hits.distances[rank] == hits.distances[rank - 1]) {
          EXPECT_LT(hits.ids[rank - 1], hits.ids[rank]);
        }
      }
    }
  }
}

TEST(QuantizedEngine, ReturnsOnlyWhatFilterAndThresholdAllow) {
  constexpr size_t kDim = 24;
  Random random(43);
  const std::vector<float> rows = uniform_values(random, 3000 * kDim);
  for (const bool keep_vectors : {false, true}) {
    const auto store = quantized_engine({.dim = kDim, .codec = {.bits = 4}, .keep_vectors = keep_vectors});
    ASSERT_TRUE(store->add(rows.data(), 3000).ok());
    const float oversampling = keep_vectors ? 3.0f : 0.0f;
    const std::vector<float> query = uniform_values(random, kDim);
    const Hits all = search(*store, query, {.k = 3000, .oversampling = oversampling});
    ASSERT_EQ(all.ids.size(), 3000u);

    std::vector<uint32_t> words(50);  // ids from 1600 on are not allowed
    for (const uint32_t id : {3u, 64u, 65u, 700u, 1599u}) words[id / 32] |= 1u << (id % 32);
    const IdFilter filter{words.data(), words.size()};
    const Hits filtered = search(*store, query, {.k = 10, .filter = &filter, .oversampling = oversampling});
    std::vector<RowId> expected;
    std::copy_if(all.ids.begin(), all.ids.end(), std::back_inserter(expected),
                 [&filter](RowId id) { return filter.allows(id); });
    EXPECT_EQ(filtered.ids, expected);

    const float threshold = all.scores[12];
    const Hits near =
        search(*store, query, {.k = 3000, .score_threshold = threshold, .oversampling = oversampling});
    EXPECT_EQ(near.ids.size(),
              static_cast<size_t>(std::count_if(all.scores.begin(), all.scores.end(),
                                                [&](float score) { return score >= threshold; })));
    const IdFilter nothing{};
    const Hits none = search(*store, query, {.k = 5, .filter = &nothing, .oversampling = oversampling});
    EXPECT_EQ(none.counts, std::vector<uint32_t>{0});
  }
}

TEST(QuantizedEngine, AnEmptyStoreFindsNothing) {
  const auto store = quantized_engine({.dim = 2});
  EXPECT_EQ(search(*store, {1, 2, 3, 4}, {}).counts, (std::vector<uint32_t>{0, 0}));
  EXPECT_EQ(store->stats().size, 0u);
}

TEST(QuantizedEngine, RefusesWhatCannotBeSearched) {
  const auto store = quantized_engine({.dim = 2});
  const auto keeping = quantized_engine({.dim = 2, .keep_vectors = true});
  const float query[] = {1, 2};
  const float zero[] = {0, 0};
  const float bad[] = {1, NAN};
  Hits hits;
  const auto code = [&hits](const SearchEngine& searched, const float* values, const SearchOptions& options) {
    return searched.search(values, 1, options, hits).error().code;
  };
  EXPECT_EQ(code(*store, query, {.k = 0}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(*store, query, {.score_threshold = NAN}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(*store, query, {.oversampling = 1}),
            ErrorCode::kInvalidArgument);  // keeps no rows
  for (const float oversampling : {0.99f, -1.0f, NAN, INFINITY}) {
    EXPECT_EQ(code(*keeping, query, {.oversampling = oversampling}), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(code(*keeping, query, {.k = SIZE_MAX, .oversampling = FLT_MAX}), ErrorCode::kOk);
  EXPECT_EQ(code(*store, zero, {}), ErrorCode::kZeroVector);
  EXPECT_EQ(code(*store, bad, {}), ErrorCode::kNotFinite);
}

TEST(QuantizedEngine, AFailedAddChangesNothing) {
  const auto store = quantized_engine({.dim = 2, .keep_vectors = true});
  const float rows[] = {1, 2, 3, 4};
  ASSERT_TRUE(store->add(rows, 2).ok());
  const float with_nan[] = {5, 6, 7, NAN};
  const Error not_finite = store->add(with_nan, 2).error();
  EXPECT_EQ(not_finite.code, ErrorCode::kNotFinite);
  EXPECT_EQ(not_finite.actual, 3);
  const float with_zero[] = {5, 6, 0, 0};
  const Error zero = store->add(with_zero, 2).error();
  EXPECT_EQ(zero.code, ErrorCode::kZeroVector);
  EXPECT_EQ(zero.actual, 1);
  EXPECT_EQ(store->stats().size, 2u);
  EXPECT_EQ(to_number(store->add(rows, 1).value()), 2u);
}

TEST(QuantizedEngine, UndoneRowsLeaveNoTrace) {
  Random random(44);
  constexpr size_t kDim = 10;
  const std::vector<float> rows = uniform_values(random, 70 * kDim);
  const std::vector<float> others = uniform_values(random, 70 * kDim);
  const Coding options{.dim = kDim, .codec = {.bits = 2}, .keep_vectors = true};
  const auto bytes_of = [](const SearchEngine& store) {
    BufferSink sink;
    EXPECT_TRUE(store.save(sink).ok());
    return sink.bytes();
  };
  const auto plain = quantized_engine(options);
  ASSERT_TRUE(plain->add(rows.data(), 70).ok());
  const auto undone = quantized_engine(options);
  ASSERT_TRUE(undone->add(others.data(), 70).ok());
  undone->undo_add(70);  // the codec learns anew, too
  ASSERT_TRUE(undone->add(rows.data(), 70).ok());
  ASSERT_TRUE(undone->add(others.data(), 15).ok());
  undone->undo_add(15);
  EXPECT_EQ(undone->stats().size, 70u);
  EXPECT_EQ(bytes_of(*undone), bytes_of(*plain));
}

TEST(QuantizedEngine, GetGivesKeptRowsExactlyAndOthersNearly) {
  Random random(45);
  constexpr size_t kDim = 30;
  const std::vector<float> rows = uniform_values(random, 5 * kDim);
  for (const bool keep_vectors : {false, true}) {
    const auto store = quantized_engine({.dim = kDim, .codec = {.bits = 8}, .keep_vectors = keep_vectors});
    ASSERT_TRUE(store->add(rows.data(), 5).ok() && train(*store));
    for (uint32_t id = 0; id < 5; ++id) {
      const float* row = store->get(RowId{id}).value();
      for (size_t i = 0; i < kDim; ++i) EXPECT_NEAR(row[i], rows[id * kDim + i], keep_vectors ? 0 : 0.01);
    }
    EXPECT_EQ(store->get(RowId{5}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(store->get(RowId{5}).error().actual, 5);
  }
}

TEST(QuantizedEngine, CountsWhatItHolds) {
  constexpr size_t kDim = 768;
  Random random(46);
  const std::vector<float> rows = uniform_values(random, 1000 * kDim);
  const double float_bytes = 1000.0 * kDim * sizeof(float);
  const struct {
    uint32_t bits;
    double least_ratio;
  } cases[] = {{8, 3.5}, {4, 6.5}, {2, 12}, {1, 19}};
  for (const auto& [bits, least_ratio] : cases) {
    const auto store = quantized_engine({.dim = kDim, .codec = {.bits = bits}});
    const uint64_t empty_bytes = store->stats().memory_bytes;
    ASSERT_TRUE(store->add(rows.data(), 1000).ok());
    const EngineStats stats = store->stats();
    EXPECT_EQ(stats.size, 1000u);
    EXPECT_EQ(stats.vector_bytes, 0u);
    EXPECT_EQ(stats.norm_bytes, 0u);
    EXPECT_GE(stats.code_bytes, 1000 * (kDim * bits / 8 + 5 * sizeof(float)));
    EXPECT_EQ(stats.memory_bytes, empty_bytes + stats.code_bytes + stats.codec_bytes);
    EXPECT_GE(float_bytes / static_cast<double>(stats.memory_bytes), least_ratio) << bits;

    const auto keeping = quantized_engine({.dim = kDim, .codec = {.bits = bits}, .keep_vectors = true});
    ASSERT_TRUE(keeping->add(rows.data(), 1000).ok());
    EXPECT_GE(static_cast<double>(keeping->stats().vector_bytes), float_bytes);
    EXPECT_EQ(keeping->stats().memory_bytes,
              stats.memory_bytes + keeping->stats().vector_bytes + keeping->stats().norm_bytes);
  }
}

TEST(QuantizedEngine, LoadedStoresAnswerAsTheSavedOnes) {
  constexpr size_t kDim = 41;
  for (const Metric metric : kMetrics) {
    for (const uint32_t bits : kWidths) {
      Random random(47);
      const std::vector<float> rows = clustered_rows(random, 200, kDim);
      const bool keep_vectors = bits == 2;
      const auto store = quantized_engine({kDim, metric, {CodecKind::kScalar, bits}, keep_vectors});
      ASSERT_TRUE(store->add(rows.data(), 150).ok());
      BufferSink sink;
      ASSERT_TRUE(store->save(sink).ok());
      BufferSource source(sink.bytes());
      const auto loaded = SearchEngine::load(source, best_kernels());
      ASSERT_TRUE(loaded.ok());
      // Rows that come later are coded around the same center.
      ASSERT_TRUE(store->add(&rows[150 * kDim], 50).ok());
      ASSERT_TRUE(loaded.value()->add(&rows[150 * kDim], 50).ok());
      const SearchOptions options{.k = 20, .oversampling = keep_vectors ? 2.0f : 0.0f};
      const std::vector<float> queries(rows.begin(), rows.begin() + 3 * kDim);
      const Hits before = search(*store, queries, options);
      const Hits after = search(*loaded.value(), queries, options);
      EXPECT_EQ(after.ids, before.ids);
      EXPECT_EQ(after.distances, before.distances);
    }
  }
}

TEST(QuantizedEngine, ExtremesOfFloatStayFinite) {
  constexpr size_t kDim = 12;
  for (const Metric metric : kMetrics) {
    for (const uint32_t bits : kWidths) {
      Random random(48);
      std::vector<float> rows = extreme_values(random, 70 * kDim);
      const auto store = quantized_engine({kDim, metric, {CodecKind::kScalar, bits}, true});
      ASSERT_TRUE(store->add(rows.data(), 70).ok());
      for (const float oversampling : {0.0f, 2.0f}) {
        const Hits hits = search(*store, rows, {.k = 70, .oversampling = oversampling});
        for (size_t i = 0; i < hits.ids.size(); ++i) {
          ASSERT_TRUE(std::isfinite(hits.scores[i]) && std::isfinite(hits.distances[i]));
        }
        EXPECT_EQ(hits.counts, std::vector<uint32_t>(70, 70));
      }
    }
  }
}

TEST(QuantizedEngine, IsExactUntilThereAreRowsToLearnFrom) {
  constexpr size_t kDim = 16;
  Random random(49);
  const std::vector<float> rows = uniform_values(random, 64 * kDim);
  const auto store = quantized_engine({.dim = kDim, .codec = {.bits = 1}});
  ASSERT_EQ(store->training_sample().least, 64u);
  ASSERT_TRUE(store->add(rows.data(), 63).ok());
  EXPECT_FALSE(store->is_trained());
  const auto exact = exact_engine(kDim, Metric::kCosine, {rows.begin(), rows.begin() + 63 * kDim});
  Hits truth;
  ASSERT_TRUE(exact->search(rows.data(), 1, {.k = 63}, truth).ok());
  EXPECT_EQ(search(*store, {rows.begin(), rows.begin() + kDim}, {.k = 63}).ids, truth.ids);

  ASSERT_TRUE(store->add(&rows[63 * kDim], 1).ok());
  EXPECT_TRUE(store->is_trained());
  EXPECT_EQ(store->stats().size, 64u);
  EXPECT_EQ(store->stats().vector_bytes, 0u);
  EXPECT_EQ(search(*store, rows, {.k = 1}).counts, std::vector<uint32_t>(64, 1));
}

TEST(QuantizedEngine, OneByOneAndTogetherLearnTheSame) {
  constexpr size_t kDim = 16;
  Random random(50);
  const std::vector<float> rows = uniform_values(random, 64 * kDim);
  const auto together = quantized_engine({.dim = kDim, .codec = {.bits = 4}});
  ASSERT_TRUE(together->add(rows.data(), 64).ok());
  const auto one_by_one = quantized_engine({.dim = kDim, .codec = {.bits = 4}});
  for (size_t row = 0; row < 64; ++row) ASSERT_TRUE(one_by_one->add(&rows[row * kDim], 1).ok());
  BufferSink first, second;
  ASSERT_TRUE(together->save(first).ok() && one_by_one->save(second).ok());
  EXPECT_EQ(first.bytes(), second.bytes());
}

TEST(QuantizedEngine, TrainsAnewWhereRowsAreKeptAndOnlyThere) {
  constexpr size_t kDim = 16;
  Random random(51);
  std::vector<float> rows = uniform_values(random, 100 * kDim);
  for (const bool keep_vectors : {false, true}) {
    const auto store = quantized_engine({.dim = kDim, .codec = {.bits = 8}, .keep_vectors = keep_vectors});
    ASSERT_TRUE(store->add(rows.data(), 100).ok());
    EXPECT_EQ(train(*store), keep_vectors);
    EXPECT_EQ(store->training_step().error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(search(*store, rows, {.k = 1}).ids.size(), 100u);
  }
  const auto plain = exact_engine(kDim, Metric::kCosine, rows);
  EXPECT_EQ(plain->begin_training().error().code, ErrorCode::kInvalidArgument);
  const auto empty = quantized_engine({.dim = kDim});
  ASSERT_TRUE(empty->begin_training().ok());
  EXPECT_EQ(empty->training_step().error().code, ErrorCode::kInvalidArgument);
}

TEST(QuantizedEngine, AStoppedTrainingChangesNothing) {
  constexpr size_t kDim = 16;
  Random random(52);
  const std::vector<float> rows = uniform_values(random, 200 * kDim);
  const auto store = quantized_engine({.dim = kDim, .codec = {.bits = 8}, .keep_vectors = true});
  ASSERT_TRUE(store->add(rows.data(), 100).ok());
  BufferSink before, after;
  ASSERT_TRUE(store->save(before).ok());
  ASSERT_TRUE(store->begin_training().ok());
  ASSERT_TRUE(store->add_training_rows(&rows[100 * kDim], 100).ok());
  ASSERT_TRUE(store->training_step().ok());
  store->end_training();
  ASSERT_TRUE(store->save(after).ok());
  EXPECT_EQ(after.bytes(), before.bytes());
}

TEST(QuantizedEngine, ExactSearchReadsTheFloatRows) {
  constexpr size_t kDim = 32;
  Random random(53);
  const std::vector<float> rows = uniform_values(random, 200 * kDim);
  const auto store = quantized_engine({.dim = kDim, .codec = {.bits = 1}, .keep_vectors = true});
  ASSERT_TRUE(store->add(rows.data(), 200).ok());
  const auto exact = exact_engine(kDim, Metric::kCosine, rows);
  const std::vector<float> queries = uniform_values(random, 3 * kDim);
  Hits truth;
  ASSERT_TRUE(exact->search(queries.data(), 3, {.k = 20}, truth).ok());
  const Hits hits = search(*store, queries, {.k = 20, .exact = true});
  EXPECT_EQ(hits.ids, truth.ids);
  EXPECT_EQ(hits.distances, truth.distances);
}

TEST(QuantizedEngine, RemovedAndCompactedRowsLeaveTheOthersCodes) {
  constexpr size_t kDim = 20;
  Random random(54);
  const std::vector<float> rows = uniform_values(random, 300 * kDim);
  const auto store = quantized_engine({.dim = kDim, .codec = {.bits = 8}});
  ASSERT_TRUE(store->add(rows.data(), 300).ok());
  const std::vector<float> query = uniform_values(random, kDim);
  const Hits all = search(*store, query, {.k = 300});
  for (uint32_t id = 0; id < 300; id += 3) ASSERT_TRUE(store->remove(RowId{id}).ok());
  std::vector<RowId> left;
  std::copy_if(all.ids.begin(), all.ids.end(), std::back_inserter(left),
               [](RowId id) { return to_number(id) % 3 != 0; });
  EXPECT_EQ(search(*store, query, {.k = 300}).ids, left);
  ASSERT_TRUE(store->compact().ok());
  EXPECT_EQ(search(*store, query, {.k = 300}).ids, left);
  EXPECT_EQ(store->get(RowId{3}).error().code, ErrorCode::kNotFound);

  // A row takes another's values, and is found as that one is.
  ASSERT_TRUE(store->update(RowId{1}, query.data()).ok());
  EXPECT_EQ(search(*store, query, {.k = 1}).ids, std::vector<RowId>{RowId{1}});
}

TEST(QuantizedEngine, TellsTheBytesItWillNeed) {
  for (const bool keep_vectors : {false, true}) {
    for (const size_t row_count : {size_t{64}, size_t{5000}}) {
      const Coding coding{.dim = 40, .codec = {.bits = 4}, .keep_vectors = keep_vectors};
      const auto store = quantized_engine(coding);
      ASSERT_TRUE(store->begin_training().ok());
      const std::vector<float> row(40, 1.0f);
      ASSERT_TRUE(store->add_training_rows(row.data(), 1).ok());
      ASSERT_TRUE(store->training_step().ok());
      ASSERT_TRUE(store->is_trained());
      ASSERT_TRUE(store->reserve(row_count).ok());
      EXPECT_EQ(store->stats().memory_bytes,
                SearchEngine::bytes_needed(engine_options(coding), row_count).value());
      EXPECT_GE(store->stats().capacity, row_count);
    }
  }
}

}  // namespace
}  // namespace vicinal
