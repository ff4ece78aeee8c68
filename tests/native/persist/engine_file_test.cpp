#include "persist/engine_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"
#include "support/damaged_files.h"
#include "support/engine_files.h"
#include "support/random_vectors.h"
#include "support/saved_engine.h"
#include "support/test_data.h"

namespace vicinal {
namespace {

TEST(EngineFile, TheFileOfVersion1IsReadForever) {
  const Bytes bytes = read_test_data("engine-v1.vicinal");
  ASSERT_FALSE(bytes.empty());
  BufferSource source(bytes);
  auto loaded = SearchEngine::load(source, best_kernels());
  ASSERT_TRUE(loaded.ok());
  SearchEngine& engine = *loaded.value();
  EXPECT_EQ(engine.dim(), kGoldenDim);
  EXPECT_EQ(engine.metric(), Metric::kCosine);
  EXPECT_EQ(engine.stats().size, 5u);
  for (uint32_t id = 0; id < 10; ++id) {
    ASSERT_EQ(engine.contains(RowId{id}), id != 1 && id < 6) << id;
    if (!engine.contains(RowId{id})) continue;
    for (size_t i = 0; i < kGoldenDim; ++i) EXPECT_EQ(engine.get(RowId{id}).value()[i], golden_value(id, i));
  }
  Hits hits;
  ASSERT_TRUE(engine.search(engine.get(RowId{3}).value(), 1, {.k = 1}, hits).ok());
  EXPECT_EQ(hits.ids, std::vector<RowId>{RowId{3}});
  const std::vector<float> row(kGoldenDim, 1.0f);
  EXPECT_EQ(to_number(engine.add(row.data(), 1).value()), 7u);
}

TEST(EngineFile, TheWriterStillWritesTheFileOfItsVersion) {
  BufferSink sink;
  ASSERT_TRUE(golden_engine(best_kernels())->save(sink).ok());
  EXPECT_EQ(sink.bytes(), read_test_data("engine-v" + std::to_string(kFileVersion) + ".vicinal"));
}

TEST(EngineFile, BrokenFilesAreTold) {
  for (const std::string kind : {"cut", "flipped", "nan", "ids"}) {
    const Bytes bytes = read_test_data("engine-v1-" + kind + ".vicinal");
    ASSERT_FALSE(bytes.empty()) << kind;
    EXPECT_EQ(load_error(bytes).code, ErrorCode::kCorruptData) << kind;
  }
  expect_version_255_refused(load_error(read_test_data("engine-v255.vicinal")));
}

TEST(EngineFile, EveryFlippedByteIsFound) {
  expect_flipped_bytes_found(read_test_data("engine-v1.vicinal"), load_error);
}

TEST(EngineFile, EveryShorterFileIsFound) {
  expect_cuts_found(read_test_data("engine-v1.vicinal"), load_error);
}

TEST(EngineFile, ClaimsThatHoldAreBelieved) {
  EXPECT_EQ(load_error(claimed_engine_file({})).code, ErrorCode::kOk);
  EXPECT_EQ(load_error(claimed_engine_file({.ids = {}})).code, ErrorCode::kOk);
  EXPECT_EQ(load_error(claimed_engine_file({.row_count = 0, .ids = {}, .rows = {}})).code, ErrorCode::kOk);
  EXPECT_EQ(load_error(claimed_engine_file({.next_id = kMaxRowCount, .ids = {0, 0xFFFFFFFE}})).code,
            ErrorCode::kOk);
  EXPECT_EQ(load_error(claimed_engine_file({.metric = 1, .rows = {0, 0, 0, 0}})).code, ErrorCode::kOk);
  EXPECT_EQ(load_error(claimed_engine_file({.rows = {1e-45f, 0, 3e38f, 3e38f}})).code, ErrorCode::kOk);
}

// Checksums are right in all of these: only the values themselves tell.
TEST(EngineFile, ClaimsThatDoNotHoldAreFound) {
  const EngineClaims wrong[] = {
      {.dim = 0},
      {.dim = 1},
      {.dim = 3},
      {.dim = 65537},
      {.dim = 0xFFFFFFFF},
      {.metric = 4},
      {.row_count = 1},
      {.row_count = 3},
      {.row_count = 0},
      {.row_count = 0xFFFFFFFFFFFFFFFF},
      {.row_count = (uint64_t{1} << 62) + 2},  // times dim * 4 it would come out right
      {.next_id = 3},
      {.next_id = 1},
      {.next_id = kMaxRowCount + 1},
      {.next_id = 0xFFFFFFFFFFFFFFFF},
      {.ids = {1}},
      {.ids = {1, 1}},
      {.ids = {3, 1}},
      {.ids = {1, 5}},
      {.ids = {1, 3, 4}},
      {.rows = {1, 2, 3}},
      {.rows = {1, 2, 3, 4, 5}},
      {.rows = {1, 2, 0, -0.0f}},
      {.rows = {1, 2, NAN, 4}},
      {.rows = {-INFINITY, 2, 3, 4}},
      {.row_count = 1, .ids = {1}, .rows = {}},
  };
  for (const EngineClaims& claims : wrong) {
    EXPECT_EQ(load_error(claimed_engine_file(claims)).code, ErrorCode::kCorruptData)
        << "claim " << (&claims - wrong);
  }
}

// The rows of an engine's file lie where `place` says.
void expect_rows_at(const RowsPlace& place, const Bytes& bytes, const SearchEngine& engine) {
  ASSERT_EQ(place.dim, engine.dim());
  ASSERT_EQ(place.ids.size(), engine.stats().size);
  for (size_t row = 0; row < place.ids.size(); ++row) {
    const Result<const float*> vector = engine.get(RowId{place.ids[row]});
    ASSERT_TRUE(vector.ok());
    const size_t row_bytes = engine.dim() * sizeof(float);
    EXPECT_EQ(std::memcmp(bytes.data() + place.offset + row * row_bytes, vector.value(), row_bytes), 0)
        << row;
  }
}

TEST(EngineFile, TellsWhereItsRowsLieWhateverElseIsDamaged) {
  constexpr size_t kDim = 6, kRows = 300;
  Random random(21);
  const std::vector<float> rows = uniform_values(random, kRows * kDim);
  Quantization codes_only{};
  codes_only.keep_vectors = false;
  for (const auto& options :
       {EngineOptions{.dim = kDim}, EngineOptions{.dim = kDim, .index = IndexKind::kHnsw},
        EngineOptions{.dim = kDim, .index = IndexKind::kIvf},
        EngineOptions{.dim = kDim, .quantization = Quantization{}},
        EngineOptions{.dim = kDim, .quantization = codes_only}}) {
    auto engine = std::move(SearchEngine::create(options, best_kernels()).value());
    ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
    const bool keeps_rows = !options.quantization || options.quantization->keep_vectors;
    // Ids from 0 on; the newest; with gaps.
    for (const std::vector<uint32_t>& removed : {std::vector<uint32_t>{}, {0, 1}, {50, 299}}) {
      for (const uint32_t id : removed) ASSERT_TRUE(engine->remove(RowId{id}).ok());
      const Bytes bytes = saved(*engine);
      BufferSource source(bytes);
      const Result<RowsPlace> place = locate_rows(source);
      ASSERT_TRUE(place.ok());
      if (!keeps_rows) {
        EXPECT_TRUE(place.value().ids.empty());
        continue;
      }
      expect_rows_at(place.value(), bytes, *engine);

      Bytes damaged = bytes;
      damaged.back() ^= 1;
      BufferSource without_table(damaged);
      EXPECT_EQ(locate_rows(without_table).error().code, ErrorCode::kCorruptData);
      const Result<RowsPlace> guessed = locate_rows_without_table(without_table);
      if (options.index == IndexKind::kIvf) {
        EXPECT_EQ(guessed.error().code, ErrorCode::kCorruptData);
        continue;
      }
      ASSERT_TRUE(guessed.ok());
      expect_rows_at(guessed.value(), bytes, *engine);
    }
  }
}

TEST(EngineFile, ReadsNothingOfAnotherKind) {
  const SectionPlan sections[] = {{section_tag("head"), 0}};
  BufferSink sink;
  SectionFileWriter writer(sink, FileKind::kCompressedStore, sections);
  ASSERT_TRUE(writer.begin().ok());
  ASSERT_TRUE(writer.finish().ok());
  EXPECT_EQ(load_error(sink.bytes()).code, ErrorCode::kCorruptData);
}

}  // namespace
}  // namespace vicinal
