#include "index/sparse/number_map.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace vicinal {
namespace {

TEST(NumberMap, FindsNothingWhileEmpty) {
  NumberMap map;
  EXPECT_EQ(map.find(0), NumberMap::kNone);
  map.reserve(1);
  EXPECT_EQ(map.find(0), NumberMap::kNone);
  EXPECT_EQ(map.find(NumberMap::kNone), NumberMap::kNone);
}

TEST(NumberMap, KeepsEveryKeyApart) {
  // Keys in a row, keys that share their upper bits, keys that share their lower bits, any keys.
  for (const uint32_t step : {1u, 1u << 20, 0x9E3779B9u, 3u}) {
    NumberMap map;
    std::map<uint32_t, uint32_t> expected;
    Random random(step);
    for (uint32_t i = 0; i < 3000; ++i) {
      const uint32_t key = step == 3 ? static_cast<uint32_t>(random.next_u64()) : 0xFFFFFFFFu - i * step;
      map.reserve(map.size() + 1);
      map.put(key, i);
      expected[key] = i;
    }
    ASSERT_EQ(map.size(), expected.size());
    for (const auto& [key, value] : expected) ASSERT_EQ(map.find(key), value);
    for (uint32_t i = 0; i < 1000; ++i) {
      const auto key = static_cast<uint32_t>(random.next_u64());
      ASSERT_EQ(map.find(key), expected.contains(key) ? expected[key] : NumberMap::kNone);
    }
  }
}

TEST(NumberMap, GivesAKeyAnotherValue) {
  NumberMap map;
  map.reserve(1);
  map.put(7, 1);
  map.put(7, 2);
  EXPECT_EQ(map.find(7), 2u);
  EXPECT_EQ(map.size(), 1u);
}

TEST(NumberMap, HoldsAtMostThreeCellsAKey) {
  NumberMap map;
  for (uint32_t key = 0; key < 10000; ++key) {
    map.reserve(key + 1);
    map.put(key, key);
    ASSERT_LE(map.held_bytes(), 16 * 8 + 3 * 8 * map.size());
  }
}

}  // namespace
}  // namespace vicinal
