// Engines with an inverted file: searches, saved and loaded again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/search_engine.h"
#include "fuzz/mended_checksums.h"
#include "support/byte_buffer.h"
#include "support/damaged_files.h"
#include "support/ivf_files.h"
#include "support/random_vectors.h"
#include "support/saved_engine.h"
#include "support/test_data.h"

namespace vicinal {
namespace {

constexpr size_t kDim = 12;

std::unique_ptr<SearchEngine> make_engine(Metric metric, std::optional<Quantization> quantization,
                                          IndexKind index = IndexKind::kIvf) {
  return std::move(SearchEngine::create({kDim, metric, quantization, index}, best_kernels()).value());
}

void train_lists(SearchEngine& engine, size_t nlist) {
  ASSERT_TRUE(engine.begin_list_training(nlist, 1).ok());
  double share = 0;
  while (share < 1) {
    const Result<double> done = engine.list_training_step();
    ASSERT_TRUE(done.ok());
    ASSERT_GE(done.value(), share);
    share = done.value();
  }
}

Hits search(const SearchEngine& engine, const std::vector<float>& queries, const SearchOptions& options) {
  Hits hits;
  EXPECT_TRUE(engine.search(queries.data(), queries.size() / kDim, options, hits).ok());
  return hits;
}

void expect_equal(const Hits& a, const Hits& b) {
  EXPECT_EQ(a.ids, b.ids);
  EXPECT_EQ(a.distances, b.distances);
  EXPECT_EQ(a.counts, b.counts);
}

struct Case {
  Metric metric;
  std::optional<Quantization> quantization;
};

const Case kCases[] = {
    {Metric::kCosine, std::nullopt},
    {Metric::kDot, std::nullopt},
    {Metric::kEuclidean, Quantization{{.bits = 8}, true}},
    {Metric::kManhattan, Quantization{{.bits = 4}, false}},
};

// The same calls to an engine with lists and to one without.
class IvfEngine : public ::testing::TestWithParam<Case> {
 protected:
  void both(const std::function<void(SearchEngine&)>& call) {
    call(*lists_);
    call(*flat_);
  }

  // Codes differ where codecs saw other samples; both see all rows here.
  void expect_same_answers() {
    const std::vector<float> queries = uniform_values(random_, 5 * kDim);
    std::vector<uint32_t> words(20);
    for (uint32_t& word : words) word = static_cast<uint32_t>(random_.next_u64());
    const IdFilter filter{words.data(), words.size()};
    for (const IdFilter* allowed : {static_cast<const IdFilter*>(nullptr), &filter}) {
      const SearchOptions options{.k = 7, .filter = allowed, .nprobe = 1000};
      expect_equal(search(*lists_, queries, options), search(*flat_, queries, options));
      SearchOptions few = options;
      few.nprobe = 1;
      EXPECT_EQ(search(*lists_, queries, few).counts, search(*flat_, queries, options).counts);
    }
    for (uint32_t id = 0; id < 700; ++id) {
      ASSERT_EQ(lists_->contains(RowId{id}), flat_->contains(RowId{id}));
      if (!flat_->contains(RowId{id})) continue;
      const float* row = flat_->get(RowId{id}).value();
      ASSERT_TRUE(std::equal(row, row + kDim, lists_->get(RowId{id}).value()));
    }
    EXPECT_EQ(lists_->stats().size, flat_->stats().size);
    EXPECT_EQ(lists_->stats().deleted, flat_->stats().deleted);
  }

  Random random_{3};
  std::unique_ptr<SearchEngine> lists_ = make_engine(GetParam().metric, GetParam().quantization);
  std::unique_ptr<SearchEngine> flat_ =
      make_engine(GetParam().metric, GetParam().quantization, IndexKind::kFlat);
};

TEST_P(IvfEngine, AnswersAsTheFlatIndexDoes) {
  const std::vector<float> rows = uniform_values(random_, 500 * kDim);
  const std::vector<float> row = uniform_values(random_, kDim);
  both([&](SearchEngine& engine) { ASSERT_TRUE(engine.add(rows.data(), 500).ok()); });
  EXPECT_EQ(lists_->nlist(), 0u);
  expect_same_answers();
  train_lists(*lists_, 0);
  EXPECT_EQ(lists_->nlist(), 45u);
  EXPECT_GE(lists_->list_imbalance(), 1);
  expect_same_answers();
  both([&](SearchEngine& engine) {
    for (uint32_t id = 0; id < 200; id += 3) ASSERT_TRUE(engine.remove(RowId{id}).ok());
    ASSERT_TRUE(engine.update(RowId{1}, row.data()).ok());
    ASSERT_EQ(engine.remove(RowId{0}).error().code, ErrorCode::kNotFound);
    ASSERT_TRUE(engine.add(rows.data(), 100).ok());
    engine.undo_add(40);
  });
  expect_same_answers();
  both([](SearchEngine& engine) { ASSERT_TRUE(engine.compact().ok()); });
  expect_same_answers();
  // Given up half-way.
  ASSERT_TRUE(lists_->begin_list_training(10, 2).ok());
  for (int step = 0; step < 3; ++step) ASSERT_TRUE(lists_->list_training_step().ok());
  lists_->end_list_training();
  expect_same_answers();
  both([&](SearchEngine& engine) {
    engine.clear();
    ASSERT_TRUE(engine.add(rows.data(), 100).ok());
  });
  EXPECT_EQ(lists_->nlist(), 0u);
  expect_same_answers();
}

TEST_P(IvfEngine, SavesAndLoads) {
  const std::vector<float> rows = uniform_values(random_, 500 * kDim);
  const std::vector<float> queries = uniform_values(random_, 9 * kDim);
  for (const size_t row_count : {0, 1, 40, 500}) {
    const std::unique_ptr<SearchEngine> engine = make_engine(GetParam().metric, GetParam().quantization);
    ASSERT_TRUE(engine->add(rows.data(), row_count).ok());
    for (const bool trained : {false, true}) {
      if (trained && engine->stats().size > 0) train_lists(*engine, 9);
      for (uint32_t id = trained; id < row_count; id += 7) ASSERT_TRUE(engine->remove(RowId{id}).ok());
      const Bytes bytes = saved(*engine);
      const auto read = loaded(bytes);
      ASSERT_TRUE(read.ok());
      const SearchEngine& same = *read.value();
      EXPECT_EQ(same.nlist(), engine->nlist());
      EXPECT_EQ(same.list_imbalance(), engine->list_imbalance());
      EXPECT_EQ(same.stats().size, engine->stats().size);
      EXPECT_EQ(same.quantization().has_value(), engine->quantization().has_value());
      for (const size_t nprobe : {1, 3, 9}) {
        const SearchOptions options{.k = 7, .nprobe = nprobe};
        expect_equal(search(same, queries, options), search(*engine, queries, options));
      }
      EXPECT_EQ(saved(same), bytes);
    }
  }
}

TEST_P(IvfEngine, DamagedFilesAreRefused) {
  const std::vector<float> rows = uniform_values(random_, 70 * kDim);
  ASSERT_TRUE(lists_->add(rows.data(), 70).ok());
  train_lists(*lists_, 5);
  const Bytes bytes = saved(*lists_);
  expect_flipped_bytes_found(bytes, load_error);
  expect_cuts_found(bytes, load_error);
}

INSTANTIATE_TEST_SUITE_P(Cases, IvfEngine, ::testing::ValuesIn(kCases));

TEST(IvfEngineCalls, TrainsOnlyWhatThereIs) {
  const std::unique_ptr<SearchEngine> flat = make_engine(Metric::kCosine, std::nullopt, IndexKind::kFlat);
  const std::unique_ptr<SearchEngine> lists = make_engine(Metric::kCosine, std::nullopt);
  EXPECT_EQ(flat->begin_list_training(0, 1).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(lists->begin_list_training(0, 1).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(lists->list_training_step().error().code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(lists->add(std::vector<float>(kDim, 1).data(), 1).ok());
  EXPECT_EQ(lists->begin_list_training(65537, 1).error().expected, 65536);
}

TEST(IvfFile, FilesOfVersion1AreReadForever) {
  const std::vector<float> rows = golden_ivf_rows();
  for (const bool coded : {false, true}) {
    const auto read = loaded(read_test_data(golden_ivf_name(1, coded)));
    ASSERT_TRUE(read.ok());
    const SearchEngine& engine = *read.value();
    EXPECT_EQ(engine.nlist(), kGoldenIvfLists);
    EXPECT_EQ(engine.metric(), Metric::kEuclidean);
    ASSERT_EQ(engine.stats().size, kGoldenIvfRows - 1);
    EXPECT_EQ(engine.stats().vector_bytes == 0, coded);
    for (uint32_t id = 0; id < kGoldenIvfRows; ++id) {
      ASSERT_EQ(engine.contains(RowId{id}), id != kGoldenIvfRemoved);
      if (id == kGoldenIvfRemoved) continue;
      const float* row = engine.get(RowId{id}).value();
      // Values lie in -4 .. 4: 16 levels are at most 8 / 15 apart.
      for (size_t i = 0; i < kGoldenIvfDim; ++i)
        EXPECT_NEAR(row[i], rows[id * kGoldenIvfDim + i], coded ? 0.5 : 0);
      Hits hits;
      ASSERT_TRUE(engine.search(&rows[id * kGoldenIvfDim], 1, {.k = 1, .nprobe = 1}, hits).ok());
      EXPECT_LE(hits.distances[0], coded ? 1.0f : 0.0f);
    }
  }
}

// What is read is not believed, though its checksums are right: lists that claim a row twice, or one too many.
TEST(IvfFile, ClaimsThatCannotBeAreRefused) {
  const Bytes bytes = read_test_data(golden_ivf_name(1, false));
  const auto section = [&bytes](const char(&letters)[5]) {
    return section_offset(bytes, section_tag(letters));
  };
  ASSERT_EQ(load_error(mended_checksums(bytes)).code, ErrorCode::kOk);
  const auto refused = [&](size_t at, uint32_t value) {
    Bytes broken = bytes;
    std::memcpy(broken.data() + at, &value, sizeof(value));
    return load_error(mended_checksums(broken)).code == ErrorCode::kCorruptData;
  };
  uint32_t second_slot = 0;
  std::memcpy(&second_slot, bytes.data() + section("slot") + 4, 4);
  EXPECT_TRUE(refused(section("slot"), second_slot));
  EXPECT_TRUE(refused(section("slot"), kGoldenIvfRows - 1));
  EXPECT_TRUE(refused(section("size"), 1000));
  EXPECT_TRUE(refused(section("size"), 0));
  EXPECT_TRUE(refused(section("ivf "), 5));
  EXPECT_TRUE(refused(section("ivf ") + 4, 3));
  EXPECT_TRUE(refused(section("ivf ") + 8, 0x7FC00000));
  EXPECT_TRUE(refused(section("ivf ") + 12, 2));
  EXPECT_TRUE(refused(section("cent"), 0x7FC00000));
  EXPECT_TRUE(refused(section("rows"), 0x7F800000));
}

}  // namespace
}  // namespace vicinal
