#include "rows/deletions.h"

#include <gtest/gtest.h>

namespace vicinal {
namespace {

TEST(Deletions, HoldsNothingUntilTheFirstMark) {
  const Deletions deletions;
  EXPECT_EQ(deletions.held_bytes(), 0u);
  EXPECT_EQ(deletions.count(), 0u);
  EXPECT_FALSE(deletions.contains(0));
  EXPECT_EQ(deletions.word(5), 0u);
}

TEST(Deletions, TellsMarkedSlots) {
  Deletions deletions;
  deletions.mark(31);
  deletions.mark(32);
  deletions.mark(1000);
  EXPECT_EQ(deletions.count(), 3u);
  for (size_t slot = 0; slot < 2000; ++slot) {
    EXPECT_EQ(deletions.contains(slot), slot == 31 || slot == 32 || slot == 1000);
  }
  EXPECT_EQ(deletions.word(0), 0x80000000u);
  EXPECT_EQ(deletions.word(1), 1u);
}

TEST(Deletions, ClearGivesMemoryBack) {
  Deletions deletions;
  deletions.mark(1000);
  EXPECT_GT(deletions.held_bytes(), 0u);
  deletions.clear();
  EXPECT_EQ(deletions.held_bytes(), 0u);
  EXPECT_EQ(deletions.count(), 0u);
  EXPECT_FALSE(deletions.contains(1000));
}

}  // namespace
}  // namespace vicinal
