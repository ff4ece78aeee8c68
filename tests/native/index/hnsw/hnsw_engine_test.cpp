// Engines with a graph, held against exact search: recall, filters, any order of changes, connections.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

constexpr size_t kDim = 16;

const Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot};

std::optional<Quantization> codes_of(Metric metric, uint32_t bits, bool keep_vectors) {
  if (bits == 32 || metric == Metric::kManhattan) return std::nullopt;
  return Quantization{{CodecKind::kScalar, bits}, keep_vectors};
}

std::unique_ptr<SearchEngine> make_engine(Metric metric, std::optional<Quantization> quantization,
                                          HnswOptions hnsw = {8, 60, 0, 1}) {
  return std::move(
      SearchEngine::create({kDim, metric, quantization, IndexKind::kHnsw, hnsw}, best_kernels()).value());
}

// Around a few centers.
std::vector<float> clustered(Random& random, size_t row_count, size_t center_count = 10) {
  Random of_centers(3);
  const std::vector<float> centers = uniform_values(of_centers, center_count * kDim);
  std::vector<float> rows = uniform_values(random, row_count * kDim);
  for (size_t row = 0; row < row_count; ++row) {
    const size_t center = random.below(static_cast<uint32_t>(center_count)) * kDim;
    for (size_t i = 0; i < kDim; ++i)
      rows[row * kDim + i] = centers[center + i] + 0.3f * rows[row * kDim + i];
  }
  return rows;
}

Hits search(const SearchEngine& engine, const std::vector<float>& queries, const SearchOptions& options) {
  Hits hits;
  EXPECT_TRUE(engine.search(queries.data(), queries.size() / kDim, options, hits).ok());
  return hits;
}

// Share of the exact hits that are found.
double recall(const SearchEngine& engine, const SearchEngine& exact, const std::vector<float>& queries,
              const SearchOptions& options) {
  SearchOptions exactly = options;
  exactly.ef_search = 0;
  exactly.oversampling = 0;
  const Hits found = search(engine, queries, options);
  const Hits wanted = search(exact, queries, exactly);
  size_t common = 0;
  for (size_t query = 0, from = 0, at = 0; query < wanted.counts.size(); ++query) {
    EXPECT_EQ(found.counts[query], wanted.counts[query]);
    const std::set<RowId> ids(wanted.ids.begin() + at, wanted.ids.begin() + at + wanted.counts[query]);
    for (size_t i = 0; i < found.counts[query]; ++i) common += ids.count(found.ids[from + i]);
    from += found.counts[query];
    at += wanted.counts[query];
  }
  return static_cast<double>(common) / static_cast<double>(std::max<size_t>(1, wanted.ids.size()));
}

TEST(HnswEngine, FindsNearlyAllOfWhatExactSearchFinds) {
  Random random(1);
  const std::vector<float> rows = clustered(random, 3000);
  const std::vector<float> queries = clustered(random, 100);
  for (const Metric metric : kMetrics) {
    auto exact = std::move(SearchEngine::create({kDim, metric}, best_kernels()).value());
    ASSERT_TRUE(exact->add(rows.data(), 3000).ok());
    for (const uint32_t bits : {32u, 8u, 4u}) {
      SCOPED_TRACE(testing::Message() << "metric " << static_cast<int>(metric) << ", bits " << bits);
      const auto codes = codes_of(metric, bits, true);
      auto engine = make_engine(metric, codes);
      ASSERT_TRUE(engine->add(rows.data(), 3000).ok());
      EXPECT_EQ(engine->graph_stats().linked, 3000u);
      SearchOptions options;
      options.ef_search = 100;
      options.oversampling = codes ? 4 : 0;
      EXPECT_GE(recall(*engine, *exact, queries, options), metric == Metric::kDot ? 0.95 : 0.99);
    }
  }
}

TEST(HnswEngine, ReturnsAsManyHitsAsAFilterAllows) {
  Random random(2);
  const std::vector<float> rows = clustered(random, 2000);
  const std::vector<float> queries = clustered(random, 50);
  auto exact = std::move(SearchEngine::create({kDim, Metric::kEuclidean}, best_kernels()).value());
  ASSERT_TRUE(exact->add(rows.data(), 2000).ok());
  auto engine = make_engine(Metric::kEuclidean, codes_of(Metric::kEuclidean, 8, true));
  ASSERT_TRUE(engine->add(rows.data(), 2000).ok());
  for (const uint32_t every : {2u, 10u, 100u, 1000u}) {
    std::vector<uint32_t> words(2000 / 32 + 1);
    for (uint32_t id = 0; id < 2000; id += every) words[id / 32] |= 1u << (id % 32);
    const IdFilter filter{words.data(), words.size()};
    SearchOptions options;
    options.filter = &filter;
    options.ef_search = 64;
    options.oversampling = 4;
    EXPECT_GE(recall(*engine, *exact, queries, options), 0.95) << "one of " << every;
  }
}

// They lie in many parts, about as far one as another.
TEST(HnswEngine, FindsTheNearestWhereOnlyFarRowsAreAllowed) {
  Random random(12);
  constexpr size_t kRows = 3000;
  const std::vector<float> rows = uniform_values(random, kRows * kDim);
  const std::vector<float> queries = uniform_values(random, 20 * kDim);
  auto engine = make_engine(Metric::kEuclidean, std::nullopt);
  ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
  double sum = 0;
  for (size_t query = 0; query < 20; ++query) {
    const std::vector<float> one(&queries[query * kDim], &queries[query * kDim] + kDim);
    const Hits by_distance = search(*engine, one, {.k = kRows, .exact = true});
    std::vector<uint32_t> words(kRows / 32 + 1);
    for (size_t place = kRows / 2; place < kRows; ++place) {
      const uint32_t id = to_number(by_distance.ids[place]);
      words[id / 32] |= 1u << (id % 32);
    }
    const IdFilter filter{words.data(), words.size()};
    const Hits found = search(*engine, one, {.filter = &filter, .ef_search = 32});
    ASSERT_EQ(found.ids.size(), 10u);
    const auto nearest = by_distance.ids.begin() + kRows / 2;
    const std::set<RowId> wanted(nearest, nearest + 10);
    for (const RowId id : found.ids) sum += static_cast<double>(wanted.count(id));
  }
  EXPECT_GE(sum / 200, 0.75);
}

// Any order of additions, updates, removals and compactions.
// Of each query its own: a filter that goes along with what is near.
TEST(HnswEngine, FindsTheNearestWhereOnlyNearRowsAreAllowed) {
  constexpr size_t kRows = 4000;
  Random random(13);
  const std::vector<float> rows = clustered(random, kRows);
  auto engine = make_engine(Metric::kEuclidean, codes_of(Metric::kEuclidean, 8, true), {8, 60, 20, 1});
  ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
  for (const size_t share : {2u, 10u, 100u}) {
    double found_count = 0;
    for (size_t query = 0; query < 50; ++query) {
      const std::vector<float> one = clustered(random, 1);
      const Hits by_distance = search(*engine, one, {.k = kRows, .exact = true});
      std::vector<uint32_t> words(kRows / 32 + 1);
      for (size_t place = 0; place < kRows / share; ++place) {
        const uint32_t id = to_number(by_distance.ids[place]);
        words[id / 32] |= 1u << (id % 32);
      }
      const IdFilter filter{words.data(), words.size()};
      const Hits found = search(*engine, one, {.filter = &filter, .oversampling = 2, .ef_search = 48});
      const std::set<RowId> wanted(by_distance.ids.begin(), by_distance.ids.begin() + 10);
      ASSERT_EQ(found.ids.size(), 10u);
      for (const RowId id : found.ids) found_count += static_cast<double>(wanted.count(id));
    }
    EXPECT_GE(found_count / 500, 0.97) << "one of " << share;
  }
}

TEST(HnswEngine, StaysConnectedThroughRandomChanges) {
  for (const Metric metric : kMetrics) {
    for (const uint32_t bits : {32u, 8u}) {
      SCOPED_TRACE(testing::Message() << "metric " << static_cast<int>(metric) << ", bits " << bits);
      Random random(static_cast<uint64_t>(metric) * 100 + bits);
      auto engine = make_engine(metric, codes_of(metric, bits, true), {4, 20, 0, 1});
      auto exact = std::move(SearchEngine::create({kDim, metric}, best_kernels()).value());
      std::vector<RowId> live;
      for (int round = 0; round < 300; ++round) {
        const uint32_t choice = random.below(10);
        if (choice < 4 || live.size() < 5) {
          const size_t count = 1 + random.below(12);
          std::vector<float> rows = clustered(random, count, 3);
          // Duplicates too.
          if (count > 2) std::copy_n(rows.begin(), kDim, rows.begin() + kDim);
          const Result<RowId> first = engine->add(rows.data(), count, random.below(2) == 0);
          ASSERT_TRUE(first.ok());
          ASSERT_TRUE(exact->add(rows.data(), count).ok());
          for (size_t i = 0; i < count; ++i)
            live.push_back(RowId{to_number(first.value()) + static_cast<uint32_t>(i)});
        } else if (choice < 7) {
          const size_t place = random.below(static_cast<uint32_t>(live.size()));
          ASSERT_TRUE(engine->remove(live[place], random.below(2) == 0).ok());
          if (random.below(4) == 0) {
            ASSERT_TRUE(engine->bring_back(live[place]).ok());
          } else {
            ASSERT_TRUE(exact->remove(live[place]).ok());
            live.erase(live.begin() + static_cast<ptrdiff_t>(place));
          }
        } else if (choice < 9) {
          const RowId id = live[random.below(static_cast<uint32_t>(live.size()))];
          const std::vector<float> row = clustered(random, 1, 3);
          ASSERT_TRUE(engine->update(id, row.data(), random.below(2) == 0).ok());
          ASSERT_TRUE(exact->update(id, row.data()).ok());
        } else if (random.below(3) == 0) {
          ASSERT_TRUE(engine->compact().ok());
        } else {
          ASSERT_TRUE(engine->link_step().ok());
        }
        ASSERT_TRUE(engine->graph_is_connected()) << round;
        const HnswStats stats = engine->graph_stats();
        ASSERT_EQ(stats.linked + stats.pending, live.size());
        ASSERT_EQ(engine->reachable(), stats.linked);
        if (round % 20 == 0) {
          SearchOptions options;
          options.k = live.size();
          options.oversampling = codes_of(metric, bits, true) ? 2 : 0;
          const Hits all = search(*engine, clustered(random, 1), options);
          ASSERT_EQ(all.ids.size(), live.size());
          options.k = 5;
          options.ef_search = 50;
          EXPECT_GE(recall(*engine, *exact, clustered(random, 20, 3), options),
                    metric == Metric::kDot ? 0.6 : 0.9);
        }
      }
    }
  }
}

// As many as to be linked one by one, and as many as to be linked together.
TEST(HnswEngine, FindsMovedRowsBeforeTheyAreLinkedAnewAndAfter) {
  constexpr size_t kRows = 4000;
  for (const size_t moved : {300u, 4000u}) {
    for (const uint32_t bits : {32u, 8u}) {
      SCOPED_TRACE(testing::Message() << moved << " moved, bits " << bits);
      Random random(moved + bits);
      const std::vector<float> rows = clustered(random, kRows);
      const std::vector<float> others = clustered(random, moved);
      const auto codes = codes_of(Metric::kEuclidean, bits, true);
      auto engine = make_engine(Metric::kEuclidean, codes);
      auto exact = std::move(SearchEngine::create({kDim, Metric::kEuclidean}, best_kernels()).value());
      ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
      ASSERT_TRUE(exact->add(rows.data(), kRows).ok());
      for (uint32_t id = 0; id < moved; ++id) {
        ASSERT_TRUE(engine->update(RowId{id}, &others[id * kDim], false).ok());
        ASSERT_TRUE(exact->update(RowId{id}, &others[id * kDim]).ok());
      }
      EXPECT_EQ(engine->pending_links(), moved);
      EXPECT_EQ(engine->graph_stats().linked, kRows - moved);
      SearchOptions options;
      options.k = 1;
      options.ef_search = 50;
      options.oversampling = codes ? 4 : 0;
      EXPECT_EQ(recall(*engine, *exact, others, options), 1);
      options.k = 10;
      const std::vector<float> queries = clustered(random, 100);
      EXPECT_GE(recall(*engine, *exact, queries, options), 0.97);
      while (engine->pending_links() > 0) ASSERT_TRUE(engine->link_step().ok());
      EXPECT_EQ(engine->graph_stats().linked, kRows);
      EXPECT_EQ(engine->reachable(), kRows);
      EXPECT_TRUE(engine->graph_is_connected());
      EXPECT_GE(recall(*engine, *exact, queries, options), 0.97);
    }
  }
}

// As few as to be taken out one by one, so many that all the others are linked anew, so many that few others are left,
// and all.
TEST(HnswEngine, DoesNotFindWithdrawnRowsBeforeTheGraphIsMendedNorAfter) {
  constexpr size_t kRows = 4000;
  for (const size_t withdrawn : {300u, 3000u, 3995u, 4000u}) {
    for (const uint32_t bits : {32u, 8u}) {
      SCOPED_TRACE(testing::Message() << withdrawn << " withdrawn, bits " << bits);
      Random random(withdrawn + bits);
      const std::vector<float> rows = clustered(random, kRows);
      const auto codes = codes_of(Metric::kEuclidean, bits, true);
      auto engine = make_engine(Metric::kEuclidean, codes);
      auto exact = std::move(SearchEngine::create({kDim, Metric::kEuclidean}, best_kernels()).value());
      ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
      ASSERT_TRUE(exact->add(rows.data(), kRows).ok());
      for (uint32_t id = 0; id < withdrawn; ++id) {
        ASSERT_TRUE(engine->remove(RowId{id}, false).ok());
        ASSERT_TRUE(exact->remove(RowId{id}).ok());
      }
      EXPECT_EQ(engine->remove(RowId{0}, false).error().code, ErrorCode::kNotFound);
      EXPECT_EQ(engine->pending_links(), 0u);
      EXPECT_FALSE(engine->is_linked());
      const size_t left = kRows - withdrawn;
      EXPECT_EQ(engine->graph_stats().linked, left);
      EXPECT_EQ(engine->stats().size, left);
      EXPECT_TRUE(engine->graph_is_connected());
      SearchOptions options;
      options.ef_search = 50;
      options.oversampling = codes ? 4 : 0;
      const std::vector<float> queries(rows.begin(), rows.begin() + 100 * kDim);
      const auto check = [&] {
        EXPECT_EQ(search(*engine, queries, options).ids.size(), 100 * std::min<size_t>(10, left));
        if (left > 0) EXPECT_GE(recall(*engine, *exact, queries, options), 0.97);
      };
      check();
      size_t steps = 0;
      for (double done = 0, before = 0; done < 1; ++steps) {
        const Result<double> step = engine->link_step();
        ASSERT_TRUE(step.ok());
        done = step.value();
        EXPECT_GE(done, before);
        before = done;
        if (steps % 4 == 0) check();
      }
      EXPECT_GT(steps, left > 100 ? 1u : 0u);
      EXPECT_TRUE(engine->is_linked());
      EXPECT_EQ(engine->graph_stats().linked, left);
      EXPECT_EQ(engine->reachable(), left);
      EXPECT_TRUE(engine->graph_is_connected());
      check();
    }
  }
}

// What may come between: all of it as if the graph had been mended at once.
TEST(HnswEngine, TakesEveryChangeWhileRowsAreWithdrawn) {
  constexpr size_t kRows = 2000;
  using Change = void (*)(std::unique_ptr<SearchEngine>&, const std::vector<float>&);
  const std::pair<const char*, Change> changes[] = {
      {"compact", [](auto& engine, const auto&) { ASSERT_TRUE(engine->compact().ok()); }},
      {"renumber", [](auto& engine, const auto&) { ASSERT_TRUE(engine->compact(true).ok()); }},
      {"save",
       [](auto& engine, const auto&) {
         BufferSink sink;
         ASSERT_TRUE(engine->save(sink).ok());
         ASSERT_EQ(sink.bytes().size(), engine->saved_bytes());
         BufferSource source(sink.bytes());
         auto loaded = SearchEngine::load(source, best_kernels());
         ASSERT_TRUE(loaded.ok());
         engine = std::move(loaded.value());
       }},
      {"add", [](auto& engine, const auto& rows) { ASSERT_TRUE(engine->add(rows.data(), kRows).ok()); }},
      {"add and take back",
       [](auto& engine, const auto& rows) {
         ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
         engine->undo_add(kRows);
       }},
      {"train",
       [](auto& engine, const auto&) {
         ASSERT_TRUE(engine->begin_training().ok());
         for (Result<double> done = 0.0; done.value() < 1;) {
           done = engine->training_step();
           ASSERT_TRUE(done.ok());
         }
         engine->end_training();
       }},
  };
  for (const auto& [name, change] : changes) {
    for (const uint32_t every : {3u, 10u}) {
      SCOPED_TRACE(testing::Message() << name << ", one in " << every);
      Random random(every);
      const std::vector<float> rows = clustered(random, kRows);
      const auto codes = codes_of(Metric::kCosine, 8, true);
      auto engine = make_engine(Metric::kCosine, codes);
      auto mended = make_engine(Metric::kCosine, codes);
      ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
      ASSERT_TRUE(mended->add(rows.data(), kRows).ok());
      for (uint32_t id = 0; id < kRows; id += every) {
        ASSERT_TRUE(engine->remove(RowId{id}, false).ok());
        ASSERT_TRUE(mended->remove(RowId{id}).ok());
      }
      change(engine, rows);
      change(mended, rows);
      while (!engine->is_linked()) ASSERT_TRUE(engine->link_step().ok());
      while (!mended->is_linked()) ASSERT_TRUE(mended->link_step().ok());
      EXPECT_TRUE(engine->graph_is_connected());
      EXPECT_EQ(engine->reachable(), mended->reachable());
      EXPECT_EQ(engine->stats().size, mended->stats().size);
      EXPECT_EQ(engine->stats().deleted, mended->stats().deleted);
      SearchOptions options;
      options.k = kRows * 2;
      options.oversampling = 1;
      const std::vector<float> queries = clustered(random, 5);
      const Hits found = search(*engine, queries, options);
      EXPECT_EQ(found.ids, search(*mended, queries, options).ids);
    }
  }
}

TEST(HnswEngine, BringsRemovedRowsBack) {
  constexpr size_t kRows = 1500;
  for (const bool links : {false, true}) {
    for (const bool keep_vectors : {false, true}) {
      SCOPED_TRACE(testing::Message() << "links " << links << ", keep_vectors " << keep_vectors);
      Random random(4);
      const std::vector<float> rows = clustered(random, kRows);
      auto engine = make_engine(Metric::kCosine, codes_of(Metric::kCosine, 8, keep_vectors));
      ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
      const std::vector<float> more = clustered(random, 10);
      ASSERT_TRUE(engine->add(more.data(), 10, false).ok());
      SearchOptions options;
      options.k = kRows + 10;
      const std::vector<float> queries = clustered(random, 5);
      const Hits before = search(*engine, queries, options);
      EXPECT_EQ(engine->bring_back(RowId{7}).error().code, ErrorCode::kNotFound);
      // Of those not linked yet too.
      for (uint32_t id = 500; id < kRows + 5; ++id) ASSERT_TRUE(engine->remove(RowId{id}, links).ok());
      for (uint32_t id = kRows + 5; id-- > 500;) ASSERT_TRUE(engine->bring_back(RowId{id}).ok());
      EXPECT_EQ(engine->stats().deleted, 0u);
      EXPECT_EQ(search(*engine, queries, options).ids, before.ids);
      while (!engine->is_linked()) ASSERT_TRUE(engine->link_step().ok());
      EXPECT_EQ(engine->reachable(), kRows + 10);
      EXPECT_TRUE(engine->graph_is_connected());
      const Hits after = search(*engine, queries, options);
      EXPECT_EQ(after.ids, before.ids);
      EXPECT_EQ(after.scores, before.scores);
    }
  }
}

TEST(HnswEngine, FindsEveryRowOfDegenerateData) {
  constexpr size_t kCount = 1500;
  std::map<const char*, std::vector<float>> sets;
  sets["all equal"] = std::vector<float>(kCount * kDim, 1.5f);
  std::vector<float>& line = sets["collinear"];
  for (size_t row = 0; row < kCount; ++row) {
    for (size_t i = 0; i < kDim; ++i)
      line.push_back(static_cast<float>(row + 1) * (i % 2 == 0 ? 1.0f : -0.5f));
  }
  std::vector<float>& zeros = sets["zeros but for one"];
  zeros.assign(kCount * kDim, 0);
  zeros[5] = 1;
  for (const auto& [name, rows] : sets) {
    for (const uint32_t bits : {32u, 8u}) {
      SCOPED_TRACE(testing::Message() << name << ", bits " << bits);
      auto engine = make_engine(Metric::kEuclidean, codes_of(Metric::kEuclidean, bits, true));
      ASSERT_TRUE(engine->add(rows.data(), kCount).ok());
      ASSERT_TRUE(engine->graph_is_connected());
      SearchOptions options;
      options.k = kCount;
      options.oversampling = bits == 32 ? 0 : 1;
      const Hits all = search(*engine, {rows.begin(), rows.begin() + kDim}, options);
      EXPECT_EQ(std::set<RowId>(all.ids.begin(), all.ids.end()).size(), kCount);
    }
  }
}

// Rows that are linked together get other places among the nodes.
TEST(HnswEngine, IsAsItWasWhenRowsLinkedTogetherAreTakenBack) {
  Random random(6);
  const std::vector<float> rows = clustered(random, 500);
  const std::vector<float> more = clustered(random, 1500);
  const std::vector<float> queries = clustered(random, 50);
  for (const uint32_t bits : {32u, 8u}) {
    SCOPED_TRACE(testing::Message() << "bits " << bits);
    auto engine = make_engine(Metric::kEuclidean, codes_of(Metric::kEuclidean, bits, true));
    ASSERT_TRUE(engine->add(rows.data(), 500).ok());
    engine->end_add();
    ASSERT_TRUE(engine->remove(RowId{7}).ok());
    SearchOptions options;
    options.oversampling = bits == 32 ? 0 : 4;
    const Hits before = search(*engine, queries, options);
    const HnswStats stats_before = engine->graph_stats();

    ASSERT_TRUE(engine->add(more.data(), 1500, false).ok());
    for (double done = 0; done < 1;) {
      const Result<double> step = engine->link_step();
      ASSERT_TRUE(step.ok());
      done = step.value();
    }
    ASSERT_EQ(engine->graph_stats().linked, 1999u);
    engine->undo_add(1500);
    EXPECT_EQ(engine->graph_stats().linked, 499u);
    EXPECT_EQ(engine->graph_stats().removed, stats_before.removed);
    EXPECT_EQ(engine->graph_stats().degrees, stats_before.degrees);
    EXPECT_TRUE(engine->graph_is_connected());
    const Hits after = search(*engine, queries, options);
    EXPECT_EQ(after.ids, before.ids);
    EXPECT_EQ(after.distances, before.distances);
    EXPECT_EQ(to_number(engine->add(more.data(), 1).value()), 500u);
  }
}

TEST(HnswEngine, KeepsItsRecallWhenHalfOfTheRowsAreRemoved) {
  Random random(5);
  const std::vector<float> rows = clustered(random, 4000);
  const std::vector<float> queries = clustered(random, 100);
  auto engine = make_engine(Metric::kCosine, codes_of(Metric::kCosine, 8, true));
  auto fresh = make_engine(Metric::kCosine, codes_of(Metric::kCosine, 8, true));
  auto exact = std::move(SearchEngine::create({kDim, Metric::kCosine}, best_kernels()).value());
  ASSERT_TRUE(engine->add(rows.data(), 4000).ok());
  ASSERT_TRUE(exact->add(rows.data(), 4000).ok());
  std::vector<float> left;
  for (uint32_t id = 0; id < 4000; ++id) {
    // Whole clusters among them: the first thousand.
    if (id < 1000 || id % 3 == 0) {
      ASSERT_TRUE(engine->remove(RowId{id}).ok());
      ASSERT_TRUE(exact->remove(RowId{id}).ok());
    } else {
      left.insert(left.end(), rows.begin() + id * kDim, rows.begin() + (id + 1) * kDim);
    }
  }
  ASSERT_TRUE(fresh->add(left.data(), left.size() / kDim).ok());
  auto fresh_exact = std::move(SearchEngine::create({kDim, Metric::kCosine}, best_kernels()).value());
  ASSERT_TRUE(fresh_exact->add(left.data(), left.size() / kDim).ok());
  SearchOptions options;
  options.ef_search = 24;
  options.oversampling = 2;
  const double kept = recall(*engine, *exact, queries, options);
  EXPECT_GE(kept, recall(*fresh, *fresh_exact, queries, options) - 0.01);
  ASSERT_TRUE(engine->compact().ok());
  EXPECT_TRUE(engine->graph_is_connected());
  EXPECT_NEAR(recall(*engine, *exact, queries, options), kept, 0.01);
}

// Mended so often, they would find less: all is linked anew where more were taken out than there are.
TEST(HnswEngine, KeepsItsRecallWhenFewOfManyRowsAreLeft) {
  for (const size_t left : {2000u, 1200u, 600u}) {
    SCOPED_TRACE(testing::Message() << left << " left");
    Random random(left);
    constexpr size_t kRows = 6000;
    const std::vector<float> rows = uniform_values(random, kRows * kDim);
    const std::vector<float> queries = uniform_values(random, 500 * kDim);
    auto engine = make_engine(Metric::kCosine, std::nullopt);
    auto fresh = make_engine(Metric::kCosine, std::nullopt);
    auto exact = std::move(SearchEngine::create({kDim, Metric::kCosine}, best_kernels()).value());
    ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
    ASSERT_TRUE(exact->add(rows.data(), kRows).ok());
    for (uint32_t id = 0; id < kRows - left; ++id) {
      ASSERT_TRUE(engine->remove(RowId{id}).ok());
      ASSERT_TRUE(exact->remove(RowId{id}).ok());
    }
    ASSERT_TRUE(fresh->add(&rows[(kRows - left) * kDim], left).ok());
    auto fresh_exact = std::move(SearchEngine::create({kDim, Metric::kCosine}, best_kernels()).value());
    ASSERT_TRUE(fresh_exact->add(&rows[(kRows - left) * kDim], left).ok());
    EXPECT_FALSE(engine->is_linked());
    // Whoever adds a row does not wait for that.
    ASSERT_TRUE(engine->add(queries.data(), 1).ok());
    ASSERT_TRUE(engine->remove(RowId{kRows}).ok());
    EXPECT_FALSE(engine->is_linked());
    SearchOptions options;
    options.ef_search = 16;
    const double wanted = recall(*fresh, *fresh_exact, queries, options);
    EXPECT_LT(recall(*engine, *exact, queries, options), wanted - 0.02);
    while (!engine->is_linked()) ASSERT_TRUE(engine->link_step().ok());
    EXPECT_TRUE(engine->graph_is_connected());
    EXPECT_EQ(engine->reachable(), left);
    EXPECT_GE(recall(*engine, *exact, queries, options), wanted - 0.02);
  }
}

// Linking them together would begin anew after each change.
TEST(HnswEngine, LinksManyRowsThoughOthersComeMeanwhile) {
  constexpr size_t kRows = 3000;
  Random random(8);
  const std::vector<float> rows = clustered(random, kRows);
  auto engine = make_engine(Metric::kCosine, std::nullopt);
  ASSERT_TRUE(engine->add(rows.data(), kRows, false).ok());
  for (size_t round = 0; round < 100; ++round) {
    ASSERT_TRUE(engine->link_step().ok());
    ASSERT_TRUE(engine->add(&rows[round * kDim], 1, false).ok());
  }
  EXPECT_LT(engine->pending_links(), 10u);
  EXPECT_TRUE(engine->graph_is_connected());
}

TEST(HnswEngine, LinksRowsTogetherThatCameInManyBatches) {
  constexpr size_t kRows = 10000;
  constexpr size_t kBatch = 1000;
  Random random(9);
  const std::vector<float> rows = clustered(random, kRows);
  auto engine = make_engine(Metric::kCosine, std::nullopt);
  for (size_t first = 0; first < kRows; first += kBatch) {
    ASSERT_TRUE(engine->add(&rows[first * kDim], kBatch, false).ok());
    for (size_t step = 0; step < 2; ++step) ASSERT_TRUE(engine->link_step().ok());
  }
  ASSERT_TRUE(engine->remove(RowId{0}).ok());
  ASSERT_EQ(engine->graph_stats().removed, 1u);
  while (engine->link_step().value() < 1) {
  }
  // Where rows are linked one by one, those that were removed keep their places.
  EXPECT_EQ(engine->graph_stats().removed, 0u);
  EXPECT_TRUE(engine->graph_is_connected());
}

// Other places among the nodes, the same edges.
TEST(HnswEngine, FindsTheSameAfterCompaction) {
  Random random(9);
  const std::vector<float> rows = clustered(random, 2000);
  const std::vector<float> queries = clustered(random, 100);
  for (const uint32_t bits : {32u, 8u}) {
    SCOPED_TRACE(testing::Message() << "bits " << bits);
    auto engine = make_engine(Metric::kEuclidean, codes_of(Metric::kEuclidean, bits, true));
    ASSERT_TRUE(engine->add(rows.data(), 500).ok());
    for (size_t row = 500; row < 2000; ++row) ASSERT_TRUE(engine->add(&rows[row * kDim], 1).ok());
    for (uint32_t id = 0; id < 2000; id += 4) ASSERT_TRUE(engine->remove(RowId{id}).ok());
    // And some that wait to be linked.
    ASSERT_TRUE(engine->add(rows.data(), 50, false).ok());
    SearchOptions options;
    options.ef_search = 20;
    options.oversampling = bits == 32 ? 0 : 2;
    const Hits before = search(*engine, queries, options);
    ASSERT_TRUE(engine->compact().ok());
    const Hits after = search(*engine, queries, options);
    EXPECT_EQ(after.ids, before.ids);
    EXPECT_EQ(after.distances, before.distances);
    EXPECT_EQ(engine->graph_stats().removed, 0u);
    EXPECT_EQ(engine->graph_stats().pending, 50u);
  }
}

TEST(HnswEngine, TakesABatchBackThatWasLinkedToItsEnd) {
  Random random(7);
  const std::vector<float> rows = clustered(random, 3000);
  auto engine = make_engine(Metric::kCosine, codes_of(Metric::kCosine, 8, true));
  ASSERT_TRUE(engine->add(rows.data(), 1200).ok());
  ASSERT_TRUE(engine->remove(RowId{7}).ok());
  SearchOptions options;
  options.k = 2000;
  options.oversampling = 1;
  const std::vector<float> query = clustered(random, 1);
  const Hits before = search(*engine, query, options);
  ASSERT_TRUE(engine->add(rows.data() + 1200 * kDim, 1800).ok());
  engine->undo_add(1800);
  EXPECT_EQ(search(*engine, query, options).ids, before.ids);
  ASSERT_TRUE(engine->add(rows.data() + 1200 * kDim, 1800).ok());
  EXPECT_TRUE(engine->graph_is_connected());
  EXPECT_EQ(engine->graph_stats().linked, 2999u);
  EXPECT_EQ(engine->graph_stats().removed, 0u);
}

TEST(HnswEngine, TakesAStoppedBatchBack) {
  Random random(6);
  const std::vector<float> rows = clustered(random, 900);
  auto engine = make_engine(Metric::kCosine, codes_of(Metric::kCosine, 8, false));
  ASSERT_TRUE(engine->add(rows.data(), 300).ok());
  const Hits before = search(*engine, clustered(random, 5), {});
  ASSERT_TRUE(engine->add(rows.data() + 300 * kDim, 600, false).ok());
  ASSERT_TRUE(engine->link_step().ok());
  ASSERT_LT(engine->graph_stats().linked, 900u);
  engine->undo_add(600);
  EXPECT_EQ(engine->graph_stats().linked + engine->graph_stats().pending, 300u);
  EXPECT_TRUE(engine->graph_is_connected());
  ASSERT_TRUE(engine->add(rows.data() + 300 * kDim, 600).ok());
  EXPECT_TRUE(engine->graph_is_connected());
  EXPECT_EQ(engine->graph_stats().linked, 900u);
}

}  // namespace
}  // namespace vicinal
