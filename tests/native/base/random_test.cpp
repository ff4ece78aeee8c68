#include "base/random.h"

#include <gtest/gtest.h>

#include <array>

namespace vicinal {
namespace {

// Values of the published generator: splitmix64 of seed 0 gives the state, whose first words are well known
// (E220A8397B1DCDAF, 6E789E6AA1B965F4, ...), then rotl(s1 * 5, 7) * 9.
TEST(Random, FirstNumberFollowsFromThePublishedSeeding) {
  const uint64_t second_state_word = 0x6E789E6AA1B965F4ull;
  const uint64_t scrambled = second_state_word * 5;
  const uint64_t expected = ((scrambled << 7) | (scrambled >> 57)) * 9;
  EXPECT_EQ(Random(0).next_u64(), expected);
}

TEST(Random, SameSeedGivesTheSameSequence) {
  Random first(42), second(42), other(43);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const uint64_t number = first.next_u64();
    EXPECT_EQ(number, second.next_u64());
    differs = differs || number != other.next_u64();
  }
  EXPECT_TRUE(differs);
}

TEST(Random, BelowIsEvenAndInRange) {
  Random random(7);
  std::array<int, 10> counts{};
  for (int i = 0; i < 10000; ++i) {
    const uint32_t number = random.below(10);
    ASSERT_LT(number, 10u);
    ++counts[number];
  }
  for (const int count : counts) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
}

TEST(Random, UnitFloatStaysBelowOne) {
  Random random(7);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const float number = random.unit_float();
    ASSERT_GE(number, 0.0f);
    ASSERT_LT(number, 1.0f);
    sum += number;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

}  // namespace
}  // namespace vicinal
