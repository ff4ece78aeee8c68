#include "rows/row_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

// Lets an allocation that is too large fail as it does without the sanitizer, which asks for this by its name.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1:allow_addr2line=1";
}

namespace vicinal {
namespace {

std::vector<float> counting(size_t count, float first = 0) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

TEST(RowBlocks, BlocksHoldAPowerOfTwoOfRowsAndAtLeastOne) {
  EXPECT_EQ(RowBlocks<float>(768).rows_per_block(), 128u);
  EXPECT_EQ(RowBlocks<float>(1).rows_per_block(), 131072u);
  EXPECT_EQ(RowBlocks<uint8_t>(96).rows_per_block(), 4096u);
  EXPECT_EQ(RowBlocks<float>(65536).rows_per_block(), 2u);
  EXPECT_EQ(RowBlocks<uint8_t>(kRowBlockBytes + 1).rows_per_block(), 1u);
}

TEST(RowBlocks, KeepsWhatIsAppendedInAnyPieces) {
  constexpr size_t kWidth = 1000;  // 128 rows a block
  const std::vector<float> values = counting(1000 * kWidth);
  for (const size_t piece : {1, 3, 127, 128, 129, 500}) {
    RowBlocks<float> rows(kWidth);
    for (size_t row = 0; row < 1000; row += piece) {
      ASSERT_TRUE(rows.append(values.data() + row * kWidth, std::min(piece, 1000 - row)).ok());
    }
    ASSERT_EQ(rows.size(), 1000u);
    ASSERT_EQ(rows.block_count(), 8u);
    for (size_t row = 0; row < 1000; ++row) {
      ASSERT_TRUE(std::equal(rows.row(row), rows.row(row) + kWidth, values.data() + row * kWidth));
    }
  }
}

TEST(RowBlocks, BlocksCoverAllRowsInOrder) {
  RowBlocks<float> rows(1000);
  const std::vector<float> values = counting(300 * 1000);
  ASSERT_TRUE(rows.append(values.data(), 300).ok());
  size_t next = 0;
  for (size_t block = 0; block < rows.block_count(); ++block) {
    const auto run = rows.block(block);
    EXPECT_EQ(run.first_slot, next);
    EXPECT_EQ(run.rows, rows.row(next));
    next += run.row_count;
  }
  EXPECT_EQ(next, 300u);
}

TEST(RowBlocks, RunsEndWithTheirBlock) {
  RowBlocks<float> rows(1000);
  const std::vector<float> values = counting(300 * 1000);
  ASSERT_TRUE(rows.append(values.data(), 300).ok());
  EXPECT_EQ(rows.run(0, 50).row_count, 50u);
  EXPECT_EQ(rows.run(100, 50).row_count, 28u);
  EXPECT_EQ(rows.run(128, 1000).row_count, 128u);
  EXPECT_EQ(rows.run(290, 50).row_count, 10u);
  EXPECT_EQ(rows.run(290, 50).rows, rows.row(size_t{290}));
}

TEST(RowBlocks, FirstBlockGrowsByDoublingLaterOnesAreNeverMoved) {
  RowBlocks<float> rows(1000);
  const std::vector<float> row = counting(1000);
  ASSERT_TRUE(rows.append(row.data(), 1).ok());
  EXPECT_EQ(rows.capacity(), 1u);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(rows.append(row.data(), 1).ok());
  EXPECT_EQ(rows.capacity(), 8u);
  while (rows.size() < 129) ASSERT_TRUE(rows.append(row.data(), 1).ok());
  EXPECT_EQ(rows.capacity(), 256u);
  const float* first = rows.row(size_t{0});
  const float* last = rows.row(size_t{128});
  while (rows.size() < 2000) ASSERT_TRUE(rows.append(row.data(), 1).ok());
  EXPECT_EQ(rows.row(size_t{0}), first);
  EXPECT_EQ(rows.row(size_t{128}), last);
}

TEST(RowBlocks, ReserveTakesWhatIsNeededAndTellsItBeforehand) {
  for (const size_t row_count : {0, 1, 100, 128, 129, 1000}) {
    RowBlocks<float> rows(1000);
    ASSERT_TRUE(rows.reserve(row_count).ok());
    EXPECT_GE(rows.capacity(), row_count);
    EXPECT_EQ(rows.held_bytes(), RowBlocks<float>::bytes_needed(1000, row_count));
  }
}

TEST(RowBlocks, ReserveKeepsRowsAndNeverShrinks) {
  RowBlocks<float> rows(1000);
  const std::vector<float> values = counting(3 * 1000);
  ASSERT_TRUE(rows.append(values.data(), 3).ok());
  ASSERT_TRUE(rows.reserve(500).ok());
  ASSERT_TRUE(rows.reserve(1).ok());
  EXPECT_EQ(rows.capacity(), 512u);
  EXPECT_TRUE(std::equal(values.begin(), values.end(), rows.row(size_t{0})));
}

TEST(RowBlocks, TruncateThenShrinkGivesMemoryBack) {
  RowBlocks<float> rows(1000);
  const std::vector<float> values = counting(300 * 1000);
  ASSERT_TRUE(rows.append(values.data(), 300).ok());
  const uint64_t held = rows.held_bytes();
  rows.truncate(5);
  EXPECT_EQ(rows.held_bytes(), held);
  rows.shrink();
  EXPECT_EQ(rows.capacity(), 5u);
  EXPECT_EQ(rows.held_bytes(), RowBlocks<float>::bytes_needed(1000, 5));
  EXPECT_TRUE(std::equal(rows.row(size_t{0}), rows.row(size_t{0}) + 5 * 1000, values.begin()));
  rows.truncate(0);
  rows.shrink();
  EXPECT_EQ(rows.held_bytes(), 0u);
  ASSERT_TRUE(rows.append(values.data(), 300).ok());
  EXPECT_EQ(rows.size(), 300u);
}

TEST(RowBlocks, KeepIfClosesGaps) {
  RowBlocks<float> rows(1000);
  const std::vector<float> values = counting(300 * 1000);
  ASSERT_TRUE(rows.append(values.data(), 300).ok());
  rows.keep_if([](size_t slot) { return slot % 3 == 1; });
  ASSERT_EQ(rows.size(), 100u);
  for (size_t slot = 0; slot < 100; ++slot) {
    EXPECT_EQ(rows.row(slot)[0], static_cast<float>((slot * 3 + 1) * 1000));
    EXPECT_EQ(rows.row(slot)[999], static_cast<float>((slot * 3 + 1) * 1000 + 999));
  }
}

TEST(RowBlocks, TellsHowMuchMemoryWasMissingAndStaysAsItWas) {
  // One row is larger than any address space has room for.
  constexpr size_t kTooWide = sizeof(size_t) == 8 ? size_t{1} << 46 : SIZE_MAX - 4096;
  RowBlocks<uint8_t> rows(kTooWide);
  const Status failed = rows.reserve(1);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kOutOfMemory);
  EXPECT_GE(failed.error().actual, static_cast<int64_t>(kTooWide));
  const uint8_t row = 0;
  EXPECT_EQ(rows.append(&row, 1).error().code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(rows.size(), 0u);
  EXPECT_EQ(rows.held_bytes(), 0u);
}

}  // namespace
}  // namespace vicinal
