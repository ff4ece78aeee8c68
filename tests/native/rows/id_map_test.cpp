#include "rows/id_map.h"

#include <gtest/gtest.h>

namespace vicinal {
namespace {

// Every slot's id must be found again, and nothing else.
void expect_consistent(const IdMap& map) {
  size_t found = 0;
  for (uint64_t id = 0; id < map.next_id() + 2; ++id) {
    const std::optional<Slot> slot = map.find(RowId{static_cast<uint32_t>(id)});
    if (!slot) continue;
    ++found;
    EXPECT_EQ(to_number(map.id(to_number(*slot))), id);
  }
  EXPECT_EQ(found, map.size());
}

TEST(IdMap, IsTheIdentityAndHoldsNothingUntilACompaction) {
  IdMap map;
  map.append(100);
  EXPECT_TRUE(map.is_identity());
  EXPECT_EQ(map.held_bytes(), 0u);
  EXPECT_EQ(map.next_id(), 100u);
  EXPECT_EQ(to_number(map.id(42)), 42u);
  expect_consistent(map);
}

TEST(IdMap, KeepsIdsThroughCompactionAndGoesOn) {
  IdMap map;
  map.append(10);
  Deletions deletions;
  deletions.mark(0);
  deletions.mark(4);
  deletions.mark(9);
  map = map.without(deletions);
  EXPECT_EQ(map.size(), 7u);
  EXPECT_EQ(map.next_id(), 10u);
  EXPECT_EQ(to_number(map.id(3)), 5u);
  EXPECT_FALSE(map.find(RowId{9}));
  map.append(3);
  EXPECT_EQ(to_number(map.id(7)), 10u);
  expect_consistent(map);

  Deletions more;
  more.mark(8);
  map = map.without(more);
  EXPECT_FALSE(map.find(RowId{11}));
  EXPECT_EQ(to_number(map.id(8)), 12u);
  expect_consistent(map);
}

TEST(IdMap, GaplessIdsNeedNoListAfterCompaction) {
  IdMap map;
  map.append(10);
  Deletions deletions;
  for (size_t slot = 0; slot < 4; ++slot) deletions.mark(slot);
  map = map.without(deletions);
  EXPECT_EQ(map.held_bytes(), 0u);
  EXPECT_FALSE(map.is_identity());
  EXPECT_EQ(to_number(map.id(0)), 4u);
  expect_consistent(map);
}

TEST(IdMap, GivesTakenBackIdsOutAgain) {
  IdMap map;
  map.append(10);
  map.undo_append(4);
  EXPECT_EQ(map.next_id(), 6u);
  EXPECT_FALSE(map.find(RowId{6}));
  expect_consistent(map);
}

TEST(IdMap, NewestIdsEndBeforeTheNext) {
  const IdMap map = IdMap::newest(3, 10);
  EXPECT_EQ(to_number(map.id(0)), 7u);
  EXPECT_EQ(map.next_id(), 10u);
  expect_consistent(map);
  EXPECT_EQ(IdMap::newest(0, 10).size(), 0u);
}

TEST(IdMap, ReachesTheLastId) {
  const IdMap map = IdMap::newest(2, kMaxRowCount);
  EXPECT_EQ(to_number(map.id(1)), 0xFFFFFFFEu);
  EXPECT_TRUE(map.find(RowId{0xFFFFFFFEu}));
  EXPECT_FALSE(map.find(RowId{0xFFFFFFFFu}));
}

}  // namespace
}  // namespace vicinal
