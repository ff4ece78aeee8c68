#include "persist/engine_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"
#include "support/damaged_files.h"
#include "support/engine_files.h"
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
