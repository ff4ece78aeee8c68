// Engines whose float rows are in a file, against the same engine with all of them in memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/search_engine.h"
#include "persist/engine_file.h"
#include "support/quantized_engine.h"
#include "support/random_vectors.h"
#include "support/saved_engine.h"

namespace vicinal {
namespace {

constexpr size_t kDim = 24;

// A file that can be made to fail, and that tells what was read of it.
class WatchedSource final : public ByteSource {
 public:
  struct Watch {
    std::optional<ErrorCode> failure;
    uint64_t read_bytes = 0;
  };

  WatchedSource(Bytes bytes, Watch& watch) : source_(std::move(bytes)), watch_(watch) {}

  uint64_t size() const override { return source_.size(); }
  Status read_at(uint64_t offset, void* bytes, size_t size) override {
    if (watch_.failure) return Error{*watch_.failure, 0, 7};
    watch_.read_bytes += size;
    return source_.read_at(offset, bytes, size);
  }
  bool is_checked() const override { return true; }

 private:
  BufferSource source_;
  Watch& watch_;
};

std::unique_ptr<ByteSource> source_of(const SearchEngine& engine, WatchedSource::Watch& watch) {
  return std::make_unique<WatchedSource>(saved(engine), watch);
}

EngineOptions options_of(IndexKind index, Metric metric, uint32_t bits) {
  EngineOptions options{kDim, metric, Quantization{{.bits = bits}, true}, index};
  options.hnsw.m = 8;
  options.hnsw.ef_construction = 60;
  options.hnsw.full_scan_threshold = 10;
  return options;
}

std::unique_ptr<SearchEngine> engine_of(const EngineOptions& options) {
  return std::move(SearchEngine::create(options, best_kernels()).value());
}

// Trains the codec on what there is, and links what has to be.
void learn(SearchEngine& engine) {
  ASSERT_TRUE(train(engine));
  while (engine.link_step().value() < 1) {
  }
}

Hits search(const SearchEngine& engine, const std::vector<float>& queries, const SearchOptions& options) {
  Hits hits;
  EXPECT_TRUE(engine.search(queries.data(), queries.size() / kDim, options, hits).ok());
  return hits;
}

void expect_same(const SearchEngine& stored, const SearchEngine& in_memory, Random& random) {
  const std::vector<float> queries = uniform_values(random, 3 * kDim);
  for (const size_t k : {size_t{1}, size_t{7}, size_t{5000}}) {
    for (const SearchOptions& options :
         {SearchOptions{.k = k, .exact = true}, SearchOptions{.k = k},
          SearchOptions{.k = k, .oversampling = 3},
          SearchOptions{.k = k, .score_threshold = 0.25f, .oversampling = 2}}) {
      // Where all rows are compared by a graph, those in memory are by their floats.
      if (stored.index() == IndexKind::kHnsw && k == 5000 && !options.exact) continue;
      const Hits found = search(stored, queries, options);
      const Hits expected = search(in_memory, queries, options);
      EXPECT_EQ(found.counts, expected.counts);
      EXPECT_EQ(found.ids, expected.ids);
      EXPECT_EQ(found.scores, expected.scores);
    }
  }
  const std::vector<float> query(queries.begin(), queries.begin() + kDim);
  const std::vector<uint32_t> words = {0x38, 0x30000000, 0, 0xF0F0};
  const IdFilter filter{words.data(), words.size()};
  const SearchOptions filtered{.k = 4, .filter = &filter, .oversampling = 4};
  EXPECT_EQ(search(stored, query, filtered).ids, search(in_memory, query, filtered).ids);
  EXPECT_EQ(saved(stored), saved(in_memory));
}

using Case = std::tuple<IndexKind, Metric, uint32_t>;
class StoredRowsTest : public testing::TestWithParam<Case> {};

TEST_P(StoredRowsTest, AreThoseInMemory) {
  const auto [index, metric, bits] = GetParam();
  const EngineOptions options = options_of(index, metric, bits);
  Random random(11);
  WatchedSource::Watch watch;
  auto in_memory = engine_of(options);
  auto stored = engine_of(options);
  const auto both = [&](const auto& change) {
    change(*in_memory);
    change(*stored);
  };
  const auto add = [&](size_t count) {
    const std::vector<float> rows = uniform_values(random, count * kDim);
    both([&](SearchEngine& engine) { ASSERT_TRUE(engine.add(rows.data(), count).ok()); });
  };
  const auto keep = [&] {
    std::unique_ptr<ByteSource> source = source_of(*stored, watch);
    const uint64_t before = watch.read_bytes;
    const Result<bool> kept = stored->keep_rows_in(std::move(source));
    ASSERT_TRUE(kept.ok() && kept.value());
    EXPECT_EQ(watch.read_bytes, before);
  };
  add(900);
  both(learn);
  keep();
  EXPECT_TRUE(stored->has_rows_in_file());
  EXPECT_LT(stored->stats().vector_bytes, in_memory->stats().vector_bytes / 4);
  expect_same(*stored, *in_memory, random);

  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    for (int change = 0; change < 12; ++change) {
      const uint32_t id = random.below(static_cast<uint32_t>(in_memory->stats().size));
      const std::vector<float> row = uniform_values(random, kDim);
      switch (random.below(5)) {
        case 4:
          ASSERT_TRUE(stored->load_rows_step(1 + random.below(400)).ok());
          break;
        case 0:
          add(1 + random.below(9));
          break;
        case 1:
          both([&](SearchEngine& engine) { (void)engine.update(RowId{id}, row.data()); });
          break;
        case 2:
          both([&](SearchEngine& engine) { (void)engine.remove(RowId{id}); });
          break;
        default: {
          const size_t undone = 1 + random.below(5);
          add(undone);
          both([&](SearchEngine& engine) { engine.undo_add(undone); });
        }
      }
      const Result<const float*> kept = in_memory->get(RowId{id});
      const std::vector<float> expected =
          kept.ok() ? std::vector<float>(kept.value(), kept.value() + kDim) : std::vector<float>();
      const Result<const float*> read = stored->get(RowId{id});
      ASSERT_EQ(read.ok(), kept.ok());
      if (read.ok()) EXPECT_EQ(std::vector<float>(read.value(), read.value() + kDim), expected);
    }
    expect_same(*stored, *in_memory, random);
    if (round % 4 == 1) both([](SearchEngine& engine) { ASSERT_TRUE(engine.compact().ok()); });
    if (round % 4 == 3) both([](SearchEngine& engine) { ASSERT_TRUE(engine.compact(true).ok()); });
    if (round % 3 == 1) keep();
    if (round % 6 == 5) both(learn);
    expect_same(*stored, *in_memory, random);
  }

  both([](SearchEngine& engine) { engine.clear(); });
  EXPECT_FALSE(stored->has_rows_in_file());
  add(20);
  expect_same(*stored, *in_memory, random);
}

TEST_P(StoredRowsTest, AreNotReadToLoad) {
  const auto [index, metric, bits] = GetParam();
  Random random(12);
  const std::vector<float> rows = uniform_values(random, 2000 * kDim);
  auto engine = engine_of(options_of(index, metric, bits));
  ASSERT_TRUE(engine->add(rows.data(), 2000).ok());
  learn(*engine);
  for (uint32_t id = 100; id < 200; ++id) ASSERT_TRUE(engine->remove(RowId{id}).ok());
  WatchedSource::Watch watch;
  auto stored = SearchEngine::load_but_rows(source_of(*engine, watch), best_kernels());
  ASSERT_TRUE(stored.ok());
  // All but the rows, and the ids once more.
  EXPECT_LT(watch.read_bytes,
            engine->saved_bytes() - 1900 * (kDim * sizeof(float) - sizeof(uint32_t)) + 4096);
  EXPECT_EQ(stored.value()->stats().size, 1900u);
  auto in_memory = std::move(loaded(saved(*engine)).value());
  expect_same(*stored.value(), *in_memory, random);

  watch.read_bytes = 0;
  const std::vector<float> query = uniform_values(random, kDim);
  (void)search(*stored.value(), query, {.k = 10, .oversampling = 2});
  EXPECT_LE(watch.read_bytes, 20 * kDim * sizeof(float));
}

TEST_P(StoredRowsTest, AreReadIntoMemory) {
  const auto [index, metric, bits] = GetParam();
  Random random(16);
  const std::vector<float> rows = uniform_values(random, 1000 * kDim);
  auto in_memory = engine_of(options_of(index, metric, bits));
  ASSERT_TRUE(in_memory->add(rows.data(), 1000).ok());
  learn(*in_memory);
  WatchedSource::Watch watch;
  auto stored = std::move(SearchEngine::load_but_rows(source_of(*in_memory, watch), best_kernels()).value());
  watch.failure = ErrorCode::kStorageFailed;
  EXPECT_EQ(stored->load_rows_step(400).error().code, ErrorCode::kStorageFailed);
  watch.failure = {};
  EXPECT_EQ(stored->load_rows_step(300).value(), 0.3);
  EXPECT_TRUE(stored->has_rows_in_file());
  expect_same(*stored, *in_memory, random);
  EXPECT_EQ(stored->load_rows_step(700).value(), 1);
  EXPECT_FALSE(stored->has_rows_in_file());
  watch.failure = ErrorCode::kStorageFailed;
  expect_same(*stored, *in_memory, random);
  EXPECT_EQ(stored->stats().vector_bytes, loaded(saved(*in_memory)).value()->stats().vector_bytes);
  EXPECT_EQ(stored->load_rows_step(1).value(), 1);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Metric metric : {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot}) {
    for (const uint32_t bits : {8u, 4u, 1u}) all.emplace_back(IndexKind::kFlat, metric, bits);
    if (metric != Metric::kManhattan) all.emplace_back(IndexKind::kHnsw, metric, 8u);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, StoredRowsTest, testing::ValuesIn(cases()));

TEST(StoredRows, FailWhereTheFileDoesAndGoOnAfterIt) {
  Random random(13);
  const std::vector<float> rows = uniform_values(random, 600 * kDim);
  auto engine = engine_of(options_of(IndexKind::kFlat, Metric::kCosine, 8));
  ASSERT_TRUE(engine->add(rows.data(), 600).ok() && train(*engine));
  WatchedSource::Watch watch;
  ASSERT_TRUE(engine->keep_rows_in(source_of(*engine, watch)).value());
  const std::vector<float> query(rows.begin(), rows.begin() + kDim);
  const Hits before = search(*engine, query, {.k = 5, .oversampling = 4});

  watch.failure = ErrorCode::kStorageFailed;
  Hits hits;
  for (const SearchOptions& options :
       {SearchOptions{.k = 5, .oversampling = 4}, SearchOptions{.k = 5, .exact = true}}) {
    const Status failed = engine->search(query.data(), 1, options, hits);
    EXPECT_EQ(failed.error().code, ErrorCode::kStorageFailed);
    EXPECT_EQ(failed.error().actual, 7);
  }
  EXPECT_EQ(engine->get(RowId{400}).error().code, ErrorCode::kStorageFailed);
  BufferSink sink;
  EXPECT_EQ(engine->save(sink).error().code, ErrorCode::kStorageFailed);
  EXPECT_FALSE(train(*engine));
  engine->end_training();
  // By code alone, nothing is read.
  EXPECT_TRUE(engine->search(query.data(), 1, {.k = 5}, hits).ok());
  EXPECT_TRUE(engine->update(RowId{400}, query.data()).ok());
  EXPECT_TRUE(engine->get(RowId{400}).ok());

  watch.failure.reset();
  EXPECT_TRUE(engine->update(RowId{400}, rows.data() + 400 * kDim).ok());
  const Hits after = search(*engine, query, {.k = 5, .oversampling = 4});
  EXPECT_EQ(after.ids, before.ids);
  EXPECT_EQ(after.scores, before.scores);
}

// Where few rows are allowed, and for the recall that a graph is calibrated to, as in memory.
TEST(StoredRows, AreComparedWhereFewAreAllowed) {
  Random random(16);
  const std::vector<float> rows = uniform_values(random, 500 * kDim);
  EngineOptions options = options_of(IndexKind::kHnsw, Metric::kEuclidean, 4);
  options.hnsw.full_scan_threshold = 500;
  auto in_memory = engine_of(options), stored = engine_of(options);
  for (SearchEngine* engine : {in_memory.get(), stored.get()}) {
    ASSERT_TRUE(engine->add(rows.data(), 500).ok());
    learn(*engine);
  }
  WatchedSource::Watch watch;
  ASSERT_TRUE(stored->keep_rows_in(source_of(*stored, watch)).value());
  for (int i = 0; i < 20; ++i) {
    const std::vector<float> query = uniform_values(random, kDim);
    EXPECT_EQ(search(*stored, query, {.k = 9}).ids, search(*in_memory, query, {.k = 9}).ids);
    EXPECT_EQ(search(*stored, query, {.k = 9}).scores, search(*in_memory, query, {.k = 9}).scores);
  }
}

TEST(StoredRows, AreCalibratedAsTheyAreSearched) {
  Random random(17);
  constexpr size_t kRows = 3000;
  // In few clusters, which codes of 4 bits tell little apart in.
  std::vector<float> rows = uniform_values(random, kRows * kDim);
  const std::vector<float> centers = uniform_values(random, 20 * kDim);
  for (size_t row = 0; row < kRows; ++row) {
    for (size_t i = 0; i < kDim; ++i)
      rows[row * kDim + i] = centers[(row % 20) * kDim + i] + 0.1f * rows[row * kDim + i];
  }
  EngineOptions options = options_of(IndexKind::kHnsw, Metric::kEuclidean, 4);
  options.hnsw.target_recall = 0.95f;
  auto engine = engine_of(options);
  WatchedSource::Watch watch;
  ASSERT_TRUE(engine->add(rows.data(), 1000, false).ok());
  learn(*engine);
  ASSERT_TRUE(engine->keep_rows_in(source_of(*engine, watch)).value());
  ASSERT_TRUE(engine->add(rows.data() + 1000 * kDim, kRows - 1000, false).ok());
  while (engine->link_step().value() < 1) {
  }
  ASSERT_TRUE(engine->keep_rows_in(source_of(*engine, watch)).value());
  ASSERT_TRUE(engine->begin_calibration().ok());
  while (engine->calibration_step().value() < 1) {
  }
  size_t right = 0;
  for (size_t i = 0; i < 100; ++i) {
    std::vector<float> query(rows.begin() + static_cast<ptrdiff_t>(i * kDim),
                             rows.begin() + static_cast<ptrdiff_t>((i + 1) * kDim));
    for (float& value : query) value += 0.02f;
    const Hits truth = search(*engine, query, {.k = 10, .exact = true});
    const Hits found = search(*engine, query, {.k = 10, .oversampling = 4});
    for (const RowId id : found.ids) right += std::count(truth.ids.begin(), truth.ids.end(), id);
  }
  // 0.64 where the truth is taken for what codes find.
  EXPECT_GE(right, 900u);
  watch.failure = ErrorCode::kStorageFailed;
  ASSERT_TRUE(engine->begin_calibration().ok());
  Result<double> step = 0.0;
  while (step.ok() && step.value() < 1) step = engine->calibration_step();
  EXPECT_EQ(step.error().code, ErrorCode::kStorageFailed);
}

TEST(StoredRows, AreRefusedWhereTheyAreNotTheEngines) {
  Random random(14);
  const std::vector<float> rows = uniform_values(random, 600 * kDim);
  const EngineOptions options = options_of(IndexKind::kFlat, Metric::kEuclidean, 8);
  auto engine = engine_of(options), fewer = engine_of(options);
  ASSERT_TRUE(engine->add(rows.data(), 600).ok() && train(*engine));
  ASSERT_TRUE(fewer->add(rows.data(), 599).ok() && train(*fewer));
  WatchedSource::Watch watch;
  const Result<bool> kept = engine->keep_rows_in(source_of(*fewer, watch));
  EXPECT_EQ(kept.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(kept.error().expected, static_cast<int64_t>(engine->saved_bytes()));
  EXPECT_EQ(kept.error().actual, static_cast<int64_t>(fewer->saved_bytes()));
  EXPECT_FALSE(engine->has_rows_in_file());
  EXPECT_EQ(engine->keep_rows_in(std::make_unique<BufferSource>(Bytes(100))).error().actual, 100);
  EXPECT_TRUE(engine->get(RowId{5}).ok());

  // A row that no engine takes is damage, whatever its checksum says.
  Bytes bytes = saved(*engine);
  const std::vector<float> row(kDim, std::numeric_limits<float>::quiet_NaN());
  BufferSource source(bytes);
  const uint64_t offset = locate_rows(source).value().offset + 9 * kDim * sizeof(float);
  std::memcpy(bytes.data() + offset, row.data(), kDim * sizeof(float));
  ASSERT_TRUE(engine->keep_rows_in(std::make_unique<WatchedSource>(bytes, watch)).value());
  EXPECT_TRUE(engine->get(RowId{8}).ok());
  const Result<const float*> read = engine->get(RowId{9});
  EXPECT_EQ(read.error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(read.error().actual, static_cast<int64_t>(offset));
}

TEST(StoredRows, StayInMemoryWithoutCodes) {
  Random random(15);
  const std::vector<float> rows = uniform_values(random, 300 * kDim);
  WatchedSource::Watch watch;
  for (const EngineOptions& options :
       {EngineOptions{kDim, Metric::kDot}, options_of(IndexKind::kFlat, Metric::kDot, 8),
        EngineOptions{kDim, Metric::kDot, Quantization{{.bits = 8}, false}},
        options_of(IndexKind::kIvf, Metric::kDot, 8)}) {
    auto engine = engine_of(options);
    // One too few for the codec to learn from, where there is one that keeps vectors.
    const bool learns = options.quantization && options.quantization->keep_vectors;
    const size_t count = learns ? engine->training_sample().least - 1 : 100;
    ASSERT_TRUE(engine->add(rows.data(), count).ok());
    ASSERT_EQ(engine->is_trained(), options.quantization && !learns);
    EXPECT_FALSE(engine->keep_rows_in(source_of(*engine, watch)).value());
    auto read = SearchEngine::load_but_rows(source_of(*engine, watch), best_kernels());
    ASSERT_TRUE(read.ok());
    EXPECT_FALSE(read.value()->has_rows_in_file());
    EXPECT_EQ(saved(*read.value()), saved(*engine));
  }
}

}  // namespace
}  // namespace vicinal
