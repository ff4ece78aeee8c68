// Engines with a graph, saved and loaded again: the same graph, whatever there is in it, and no graph that is not one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/search_engine.h"
#include "fuzz/mended_checksums.h"
#include "index/hnsw/graph_links.h"
#include "persist/engine_file_layout.h"
#include "support/damaged_files.h"
#include "support/hnsw_files.h"
#include "support/random_vectors.h"
#include "support/saved_engine.h"
#include "support/test_data.h"

namespace vicinal {
namespace {

using namespace engine_file;

constexpr size_t kDim = 12;
constexpr HnswOptions kOptions{4, 20, 0, 1, 0.8f};

struct Case {
  Metric metric;
  std::optional<Quantization> quantization;
};

const Case kCases[] = {
    {Metric::kCosine, std::nullopt},
    {Metric::kDot, std::nullopt},
    {Metric::kManhattan, std::nullopt},
    {Metric::kEuclidean, Quantization{{.bits = 8}, true}},
    {Metric::kCosine, Quantization{{.bits = 4}, false}},
    {Metric::kDot, Quantization{{.bits = 8}, false}},
};

Hits search(const SearchEngine& engine, const std::vector<float>& queries, const SearchOptions& options) {
  Hits hits;
  EXPECT_TRUE(engine.search(queries.data(), queries.size() / engine.dim(), options, hits).ok());
  return hits;
}

void expect_same_graph(const HnswStats& a, const HnswStats& b) {
  EXPECT_EQ(a.linked, b.linked);
  EXPECT_EQ(a.pending, b.pending);
  EXPECT_EQ(a.level_sizes, b.level_sizes);
  EXPECT_EQ(a.calibration.row_count, b.calibration.row_count);
  EXPECT_EQ(a.calibration.ef, b.calibration.ef);
  EXPECT_EQ(a.calibration.recall, b.calibration.recall);
}

class HnswFile : public ::testing::TestWithParam<Case> {
 protected:
  std::unique_ptr<SearchEngine> make_engine() const {
    return std::move(
        SearchEngine::create({kDim, GetParam().metric, GetParam().quantization, IndexKind::kHnsw, kOptions},
                             best_kernels())
            .value());
  }

  // Saves an engine and loads it, and holds the two against each other.
  std::unique_ptr<SearchEngine> expect_same_loaded(const SearchEngine& engine) {
    const Bytes bytes = saved(engine);
    auto read = loaded(bytes);
    EXPECT_TRUE(read.ok());
    if (!read.ok()) return nullptr;
    const SearchEngine& same = *read.value();
    EXPECT_EQ(same.index(), IndexKind::kHnsw);
    EXPECT_EQ(same.hnsw()->m, kOptions.m);
    EXPECT_EQ(same.hnsw()->ef_construction, kOptions.ef_construction);
    EXPECT_EQ(same.hnsw()->full_scan_threshold, kOptions.full_scan_threshold);
    EXPECT_EQ(same.hnsw()->seed, kOptions.seed);
    EXPECT_EQ(same.hnsw()->target_recall, kOptions.target_recall);
    EXPECT_EQ(same.stats().size, engine.stats().size);
    EXPECT_EQ(same.stats().deleted, 0u);
    EXPECT_EQ(same.is_trained(), engine.is_trained());
    expect_same_graph(same.graph_stats(), engine.graph_stats());
    EXPECT_EQ(same.graph_stats().removed, 0u);
    EXPECT_TRUE(same.graph_is_connected());
    const std::vector<float> queries = uniform_values(random_, 9 * kDim);
    std::vector<uint32_t> words(20);
    for (uint32_t& word : words) word = static_cast<uint32_t>(random_.next_u64());
    const IdFilter filter{words.data(), words.size()};
    for (const IdFilter* allowed : {static_cast<const IdFilter*>(nullptr), &filter}) {
      for (const size_t ef_search : {1, 10, 100}) {
        const SearchOptions options{.k = 7, .filter = allowed, .ef_search = ef_search};
        const Hits found = search(same, queries, options);
        const Hits wanted = search(engine, queries, options);
        EXPECT_EQ(found.ids, wanted.ids);
        EXPECT_EQ(found.distances, wanted.distances);
        EXPECT_EQ(found.counts, wanted.counts);
      }
    }
    EXPECT_EQ(saved(same), bytes);
    return std::move(read.value());
  }

  Random random_{3};
};

TEST_P(HnswFile, SavesAndLoads) {
  const std::vector<float> rows = uniform_values(random_, 1600 * kDim);
  // None, one, too few for a codec to learn from, many, and so many that linking orders them.
  for (const size_t row_count : {0, 1, 40, 500, 1500}) {
    SCOPED_TRACE(row_count);
    const std::unique_ptr<SearchEngine> engine = make_engine();
    ASSERT_TRUE(engine->add(rows.data(), row_count).ok());
    expect_same_loaded(*engine);
    while (engine->link_step().value() < 1) {
    }
    EXPECT_EQ(engine->graph_stats().calibration.row_count, row_count < 500 ? 0u : row_count);
    expect_same_loaded(*engine);
    for (uint32_t id = 1; id < row_count; id += 3) ASSERT_TRUE(engine->remove(RowId{id}).ok());
    expect_same_loaded(*engine);
    // Some are linked, and some are not.
    ASSERT_TRUE(engine->add(&rows[row_count * kDim], 100, false).ok());
    ASSERT_TRUE(engine->link_step().ok());
    expect_same_loaded(*engine);
    ASSERT_TRUE(engine->remove(RowId{0}).ok() || row_count == 0);
    ASSERT_TRUE(engine->compact().ok());
    expect_same_loaded(*engine);
  }
}

// Any order of changes, some to an engine that has been loaded.
TEST_P(HnswFile, IsChangedAfterItIsLoaded) {
  std::unique_ptr<SearchEngine> engine = make_engine();
  const std::vector<float> first = uniform_values(random_, 100 * kDim);
  ASSERT_TRUE(engine->add(first.data(), 100).ok());
  std::vector<RowId> live;
  for (uint32_t id = 0; id < 100; ++id) live.push_back(RowId{id});
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    const uint32_t choice = random_.below(10);
    const size_t place = random_.below(static_cast<uint32_t>(live.size()));
    const std::vector<float> rows = uniform_values(random_, 8 * kDim);
    if (choice < 2 || live.size() < 50) {
      const Result<RowId> id = engine->add(rows.data(), 8, choice == 0);
      ASSERT_TRUE(id.ok());
      for (uint32_t i = 0; i < 8; ++i) live.push_back(RowId{to_number(id.value()) + i});
    } else if (choice < 6) {
      ASSERT_TRUE(engine->update(live[place], rows.data(), choice % 2 == 0).ok());
    } else if (choice < 9) {
      ASSERT_TRUE(engine->remove(live[place]).ok());
      live.erase(live.begin() + static_cast<ptrdiff_t>(place));
    } else {
      ASSERT_TRUE(engine->link_step().ok());
    }
    ASSERT_TRUE(engine->graph_is_connected());
    if (round % 20 != 19) continue;
    std::unique_ptr<SearchEngine> same = expect_same_loaded(*engine);
    ASSERT_NE(same, nullptr);
    for (const RowId id : live) ASSERT_TRUE(same->contains(id));
    if (round % 40 == 39) engine = std::move(same);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, HnswFile, ::testing::ValuesIn(kCases));

TEST(HnswFileDamage, IsFound) {
  for (const bool coded : {false, true}) {
    const Bytes bytes = read_test_data(golden_hnsw_name(1, coded));
    expect_flipped_bytes_found(bytes, load_error);
    expect_cuts_found(bytes, load_error);
  }
}

// Searches and changes an engine.
void use(SearchEngine& engine) {
  ASSERT_TRUE(engine.graph_is_connected());
  const uint64_t size = engine.stats().size;
  const std::vector<float> rows = golden_hnsw_rows();
  for (const size_t ef_search : {1, 100}) {
    const Hits hits = search(engine, rows, {.k = 3, .ef_search = ef_search});
    ASSERT_EQ(hits.ids.size(), 3 * kGoldenHnswRows);
  }
  ASSERT_TRUE(engine.add(rows.data(), 5).ok());
  size_t removed = 0;
  for (uint32_t id = 0; id < kGoldenHnswRows; id += 3) {
    if (id % 2 == 0) {
      ASSERT_TRUE(engine.update(RowId{id}, rows.data()).ok());
    } else {
      ASSERT_TRUE(engine.remove(RowId{id}).ok());
      ++removed;
    }
  }
  ASSERT_TRUE(engine.graph_is_connected());
  ASSERT_EQ(search(engine, {rows.begin(), rows.begin() + kGoldenHnswDim}, {.k = 100}).counts[0],
            size + 5 - removed);
}

// Behind right checksums: what is taken is a graph, though maybe another one.
TEST(HnswFileClaims, NoGraphIsTakenThatIsNone) {
  for (const bool coded : {false, true}) {
    const Bytes bytes = read_test_data(golden_hnsw_name(1, coded));
    const size_t begin = section_offset(bytes, kGraphTag);
    const size_t end = section_offset(bytes, coded ? kCodecTag : kUpperListsTag) + (coded ? 0 : 200);
    ASSERT_GT(begin, 0u);
    ASSERT_LT(end, bytes.size());
    Random random(5);
    size_t taken = 0;
    for (size_t at = begin; at < end; at += 4) {
      uint32_t word = 0;
      std::memcpy(&word, bytes.data() + at, 4);
      for (const uint32_t wrong : {word ^ 1, word ^ 0x80000000u, word ^ 0x0100u, 0u,
                                   random.below(kGoldenHnswRows), random.below(5)}) {
        Bytes broken = bytes;
        std::memcpy(broken.data() + at, &wrong, 4);
        auto read = loaded(mended_checksums(broken));
        if (!read.ok()) {
          ASSERT_EQ(read.error().code, ErrorCode::kCorruptData) << at;
          continue;
        }
        ++taken;
        SCOPED_TRACE(testing::Message() << "byte " << at << ", " << word << " now " << wrong);
        ASSERT_NO_FATAL_FAILURE(use(*read.value()));
      }
    }
    EXPECT_GT(taken, 0u);
  }
}

// A golden file whose words are changed behind right checksums.
class ChangedFile {
 public:
  uint32_t word(SectionTag tag, size_t index) const {
    uint32_t value = 0;
    std::memcpy(&value, bytes_.data() + at(tag, index), 4);
    return value;
  }
  bool refuses(SectionTag tag, size_t index, uint32_t value) const {
    Bytes broken = bytes_;
    std::memcpy(broken.data() + at(tag, index), &value, 4);
    return load_error(mended_checksums(broken)).code == ErrorCode::kCorruptData;
  }
  uint8_t level(size_t node) const { return bytes_[section_offset(bytes_, kLevelsTag) + node]; }
  bool refuses_level(size_t node, uint8_t level) const {
    Bytes broken = bytes_;
    broken[section_offset(bytes_, kLevelsTag) + node] = level;
    return load_error(mended_checksums(broken)).code == ErrorCode::kCorruptData;
  }

 private:
  size_t at(SectionTag tag, size_t index) const { return section_offset(bytes_, tag) + 4 * index; }

  Bytes bytes_ = read_test_data(golden_hnsw_name(1, false));
};

constexpr uint32_t kNodes = kGoldenHnswRows - 1;
constexpr size_t kBaseWords = 1 + 2 * kGoldenHnswOptions.m;
constexpr size_t kUpperWords = 1 + kGoldenHnswOptions.m;

TEST(HnswFileClaims, HeadsThatCannotBeAreRefused) {
  const ChangedFile file;
  ASSERT_FALSE(file.refuses(kGraphTag, 0, file.word(kGraphTag, 0)));
  EXPECT_TRUE(file.refuses(kGraphTag, 0, 1));                            // m
  EXPECT_TRUE(file.refuses(kGraphTag, 0, 3));                            //
  EXPECT_TRUE(file.refuses(kGraphTag, 0, 257));                          //
  EXPECT_TRUE(file.refuses(kGraphTag, 1, 0));                            // ef_construction
  EXPECT_TRUE(file.refuses(kGraphTag, 1, 65537));                        //
  EXPECT_FALSE(file.refuses(kGraphTag, 2, 0xFFFFFFFF));                  // full_scan_threshold
  EXPECT_TRUE(file.refuses(kGraphTag, 3, 1));                            // quantized
  EXPECT_TRUE(file.refuses(kGraphTag, 3, 2));                            //
  EXPECT_FALSE(file.refuses(kGraphTag, 4, 77));                          // seed
  EXPECT_TRUE(file.refuses(kGraphTag, 6, kNodes));                       // entry
  EXPECT_TRUE(file.refuses(kGraphTag, 6, kNodes - 1));                   // not linked
  EXPECT_TRUE(file.refuses(kGraphTag, 6, kNoNode));                      //
  EXPECT_TRUE(file.refuses(kGraphTag, 7, file.word(kGraphTag, 7) + 1));  // linked_count
  EXPECT_TRUE(file.refuses(kGraphTag, 7, file.word(kGraphTag, 7) - 1));  //
  EXPECT_TRUE(file.refuses(kGraphTag, 8, file.word(kGraphTag, 8) + 1));  // upper_list_count
  EXPECT_TRUE(file.refuses(kGraphTag, 9, 1));                            //
  for (uint32_t node = 0; node < kNodes; ++node) {
    const bool is_top = file.level(node) == file.level(file.word(kGraphTag, 6));
    EXPECT_EQ(file.refuses(kGraphTag, 6, node), !is_top) << node;
    EXPECT_TRUE(file.refuses_level(node, static_cast<uint8_t>(file.level(node) + 1))) << node;
    EXPECT_TRUE(file.refuses_level(node, 32)) << node;
    EXPECT_TRUE(file.refuses(kSlotsTag, node, kNodes)) << node;
    EXPECT_TRUE(file.refuses(kSlotsTag, node, file.word(kSlotsTag, (node + 1) % kNodes))) << node;
  }
}

TEST(HnswFileClaims, ListsThatCannotBeAreRefused) {
  const ChangedFile file;
  size_t upper = 0, marked_count = 0;
  for (uint32_t node = 0; node < kNodes; ++node) {
    SCOPED_TRACE(node);
    const size_t base = node * kBaseWords;
    const uint32_t size = file.word(kBaseListsTag, base);
    EXPECT_TRUE(file.refuses(kBaseListsTag, base, kBaseWords));
    for (uint32_t place = 1; place < kBaseWords; ++place) {
      const auto refuses = [&](uint32_t value) { return file.refuses(kBaseListsTag, base + place, value); };
      const uint32_t edge = file.word(kBaseListsTag, base + place);
      if (place > size) {
        // Unused.
        EXPECT_EQ(edge, 0u);
        EXPECT_TRUE(refuses(1));
        continue;
      }
      const bool is_marked = (edge & LinkList::kTreeMark) != 0;
      marked_count += is_marked;
      // The tree has an edge less, or one more.
      EXPECT_TRUE(refuses(edge ^ LinkList::kTreeMark));
      EXPECT_TRUE(refuses(node | (edge & LinkList::kTreeMark)));
      EXPECT_TRUE(refuses(kNodes));
      // Not linked.
      EXPECT_TRUE(refuses(kNodes - 1));
      // Twice.
      EXPECT_TRUE(size == 1 || refuses(file.word(kBaseListsTag, base + (place > 1 ? place - 1 : 2))));
      // No longer both ways.
      EXPECT_TRUE(!is_marked || refuses((edge & ~LinkList::kTreeMark) == 0 ? 1 : 0));
    }
    for (size_t level = 1; level <= file.level(node); ++level, upper += kUpperWords) {
      EXPECT_TRUE(file.refuses(kUpperListsTag, upper, kUpperWords));
      const uint32_t upper_size = file.word(kUpperListsTag, upper);
      if (upper_size == 0) continue;
      const uint32_t edge = file.word(kUpperListsTag, upper + 1);
      EXPECT_TRUE(file.refuses(kUpperListsTag, upper + 1, edge | LinkList::kTreeMark));
      EXPECT_TRUE(file.refuses(kUpperListsTag, upper + 1, node));
      for (uint32_t other = 0; other < kNodes; ++other) {
        if (file.level(other) >= level) continue;
        EXPECT_TRUE(file.refuses(kUpperListsTag, upper + 1, other));
      }
    }
  }
  EXPECT_EQ(marked_count, 2 * (kGoldenHnswLinked - 1 - 1));
  EXPECT_GT(upper, 0u);
}

TEST(HnswFileClaims, CalibrationsThatCannotBeAreRefused) {
  const Bytes bytes = read_test_data(golden_calibrated_name(1));
  const auto error_with = [&bytes](size_t field, auto value) {
    static_assert(sizeof(value) == 4);
    Bytes broken = bytes;
    std::memcpy(broken.data() + section_offset(bytes, kCalibrationTag) + 4 * field, &value, 4);
    return load_error(mended_checksums(broken)).code;
  };
  EXPECT_EQ(error_with(0, 0.9f), ErrorCode::kOk);
  for (const float wrong : {0.0f, 0.49f, 1.0f, -1.0f, std::numeric_limits<float>::quiet_NaN()})
    EXPECT_EQ(error_with(0, wrong), ErrorCode::kCorruptData) << wrong;
  // As though there were no calibration.
  EXPECT_EQ(error_with(1, 0u), ErrorCode::kCorruptData);
  for (const size_t field : {2, 3}) {
    EXPECT_EQ(error_with(field, 4096u), ErrorCode::kOk);
    EXPECT_EQ(error_with(field, 0u), ErrorCode::kCorruptData);
    EXPECT_EQ(error_with(field, 4097u), ErrorCode::kCorruptData);
  }
  for (const size_t field : {4, 5}) {
    EXPECT_EQ(error_with(field, 0.5f), ErrorCode::kOk);
    for (const float wrong : {-0.1f, 1.1f, std::numeric_limits<float>::quiet_NaN()})
      EXPECT_EQ(error_with(field, wrong), ErrorCode::kCorruptData) << wrong;
  }
}

TEST(HnswFileClaims, CalibratedFilesOfVersion1AreReadForever) {
  const Bytes bytes = read_test_data(golden_calibrated_name(1));
  const auto read = loaded(bytes);
  ASSERT_TRUE(read.ok());
  const Calibration calibration = read.value()->graph_stats().calibration;
  EXPECT_EQ(read.value()->hnsw()->target_recall, kGoldenTargetRecall);
  EXPECT_EQ(calibration.row_count, kGoldenCalibratedRows);
  EXPECT_GE(calibration.recall[0], kGoldenTargetRecall);
  EXPECT_GE(calibration.recall[1], kGoldenTargetRecall);
  EXPECT_EQ(read.value()->ef_search(1), calibration.ef[0]);
  EXPECT_EQ(read.value()->ef_search(100), calibration.ef[1]);
  EXPECT_EQ(read.value()->ef_search(1000), 10 * calibration.ef[1]);
  EXPECT_EQ(read.value()->ef_search(55), (calibration.ef[0] + calibration.ef[1] + 1) / 2);
  EXPECT_EQ(saved(*read.value()), bytes);
}

TEST(HnswFileClaims, CodesThatGraphsDoNotKnowAreRefused) {
  const Bytes bytes = read_test_data(golden_hnsw_name(1, true));
  const auto error_with = [&bytes](size_t field, uint32_t value) {
    Bytes broken = bytes;
    std::memcpy(broken.data() + section_offset(bytes, kCodecTag) + 4 * field, &value, 4);
    return load_error(mended_checksums(broken)).code;
  };
  EXPECT_EQ(error_with(1, 4), ErrorCode::kOk);
  EXPECT_EQ(error_with(1, 2), ErrorCode::kCorruptData);
  EXPECT_EQ(error_with(0, 1), ErrorCode::kCorruptData);
}

TEST(HnswFileClaims, PairConstantsThatAreNoNumbersAreRefused) {
  Bytes broken = read_test_data(golden_hnsw_name(1, true));
  const float wrong = std::numeric_limits<float>::infinity();
  std::memcpy(broken.data() + section_offset(broken, kPairConstantsTag) + 4 * (kNodes - 1), &wrong, 4);
  EXPECT_EQ(load_error(mended_checksums(broken)).code, ErrorCode::kCorruptData);
}

TEST(HnswFileClaims, FilesOfVersion1AreReadForever) {
  const std::vector<float> rows = golden_hnsw_rows();
  for (const bool coded : {false, true}) {
    const auto read = loaded(read_test_data(golden_hnsw_name(1, coded)));
    ASSERT_TRUE(read.ok());
    SearchEngine& engine = *read.value();
    EXPECT_EQ(engine.metric(), Metric::kEuclidean);
    ASSERT_EQ(engine.stats().size, kGoldenHnswRows - 1);
    EXPECT_EQ(engine.stats().vector_bytes == 0, coded);
    EXPECT_EQ(engine.graph_stats().linked, kGoldenHnswLinked - 1);
    EXPECT_EQ(engine.graph_stats().pending, kGoldenHnswRows - kGoldenHnswLinked);
    EXPECT_GT(engine.graph_stats().level_sizes.size(), 1u);
    for (uint32_t id = 0; id < kGoldenHnswRows; ++id) {
      ASSERT_EQ(engine.contains(RowId{id}), id != kGoldenHnswRemoved);
      if (id == kGoldenHnswRemoved) continue;
      const float* row = engine.get(RowId{id}).value();
      // Values lie in -4 .. 4: 16 levels are at most 8 / 15 apart.
      for (size_t i = 0; i < kGoldenHnswDim; ++i)
        EXPECT_NEAR(row[i], rows[id * kGoldenHnswDim + i], coded ? 0.5 : 0);
      Hits hits;
      ASSERT_TRUE(engine.search(&rows[id * kGoldenHnswDim], 1, {.k = 1, .ef_search = 40}, hits).ok());
      EXPECT_LE(hits.distances[0], coded ? 1.0f : 0.0f);
    }
    ASSERT_NO_FATAL_FAILURE(use(engine));
  }
}

TEST(HnswFileClaims, TheWriterStillWritesTheFilesOfItsVersion) {
  for (const bool coded : {false, true}) {
    const Bytes bytes = read_test_data(golden_hnsw_name(kFileVersion, coded));
    EXPECT_EQ(saved(*loaded(bytes).value()), bytes);
  }
}

}  // namespace
}  // namespace vicinal
