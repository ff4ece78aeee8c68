#include "rows/top_k.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <vector>

#include "base/random.h"

namespace vicinal {
namespace {

std::vector<Candidate> sorted(const std::vector<float>& distances) {
  std::vector<Candidate> all;
  for (size_t slot = 0; slot < distances.size(); ++slot) {
    all.push_back({distances[slot], static_cast<uint32_t>(slot)});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
  return all;
}

void expect_first_of(const std::vector<Candidate>& expected, size_t count,
                     const std::vector<Candidate>& found) {
  ASSERT_EQ(found.size(), count);
  for (size_t rank = 0; rank < count; ++rank) {
    ASSERT_EQ(found[rank].distance, expected[rank].distance) << "rank " << rank;
    ASSERT_EQ(found[rank].slot, expected[rank].slot) << "rank " << rank;
  }
}

TEST(TopK, OrderedBitsOrderAsFloatsDo) {
  const std::vector<float> ascending = {-INFINITY,    -FLT_MAX, -1.5f, -1.0f, -FLT_TRUE_MIN, 0.0f,
                                        FLT_TRUE_MIN, 0.5f,     1.0f,  1.25f, FLT_MAX,       INFINITY};
  for (size_t i = 0; i < ascending.size(); ++i) {
    EXPECT_EQ(float_from_ordered_bits(ordered_bits(ascending[i])), ascending[i]);
  }
  for (size_t i = 1; i < ascending.size(); ++i) {
    EXPECT_LT(ordered_bits(ascending[i - 1]), ordered_bits(ascending[i]));
  }
  EXPECT_EQ(ordered_bits(-0.0f), ordered_bits(0.0f));
}

TEST(TopK, FindsTheSameAsASortOfEverything) {
  Random random(1);
  for (const size_t count : {1, 10, 200, 5000}) {
    for (const size_t k : {1, 2, 10, 100, 1000, 6000}) {
      std::vector<float> distances(count);
      // Few different values: ties everywhere.
      for (float& distance : distances) distance = static_cast<float>(random.below(300)) - 100;
      TopK run(k), scattered(k), single(k);
      std::vector<uint32_t> slots;
      for (uint32_t slot = 0; slot < count; ++slot) slots.push_back(slot);
      run.push_run(distances.data(), count, 0);
      scattered.push_scattered(distances.data(), slots.data(), count);
      for (size_t slot = 0; slot < count; ++slot) single.push(distances[slot], static_cast<uint32_t>(slot));
      const std::vector<Candidate> expected = sorted(distances);
      expect_first_of(expected, std::min(count, k), run.finish());
      expect_first_of(expected, std::min(count, k), scattered.finish());
      expect_first_of(expected, std::min(count, k), single.finish());
    }
  }
}

TEST(TopK, WorstOrdersChangeNothing) {
  std::vector<float> falling(3000), rising(3000);
  for (size_t i = 0; i < 3000; ++i) {
    falling[i] = static_cast<float>(3000 - i);
    rising[i] = static_cast<float>(i);
  }
  for (const std::vector<float>& distances : {falling, rising}) {
    TopK best(100);
    best.push_run(distances.data(), distances.size(), 0);
    expect_first_of(sorted(distances), 100, best.finish());
  }
}

TEST(TopK, PassesOverNaNAndWhatIsBeyondTheBound) {
  const std::vector<float> distances = {3, NAN, 1, 2, INFINITY};
  TopK bounded(10, {}, 2);
  bounded.push_run(distances.data(), distances.size(), 7);
  const std::vector<Candidate> found = bounded.finish();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].slot, 9u);
  EXPECT_EQ(found[1].slot, 10u);
}

TEST(TopK, WithAnErrorKeepsAllThatMightBelong) {
  Random random(2);
  constexpr size_t kCount = 20000;
  constexpr size_t kK = 50;
  for (const DistanceError error :
       {DistanceError{0, 0.01f}, DistanceError{0.02f, 0}, DistanceError{0.01f, 0.5f}}) {
    std::vector<float> truth(kCount);
    TopK best(kK, error);
    for (size_t slot = 0; slot < kCount; ++slot) {
      truth[slot] = 2 * random.unit_float() - 0.5f;
      const float span = std::fabs(truth[slot]) * error.relative / (1 + error.relative) + error.absolute;
      best.push(truth[slot] + span * (2 * random.unit_float() - 1), static_cast<uint32_t>(slot));
    }
    std::vector<bool> kept(kCount);
    const std::vector<Candidate> found = best.finish();
    EXPECT_LT(found.size(), kCount);
    for (const Candidate& candidate : found) kept[candidate.slot] = true;
    const std::vector<Candidate> expected = sorted(truth);
    for (size_t rank = 0; rank < kK; ++rank) EXPECT_TRUE(kept[expected[rank].slot]) << "rank " << rank;
  }
}

TEST(TopK, WithAnErrorKeepsEveryTie) {
  TopK best(3, {0, 0.25f});
  const std::vector<float> distances(1000, 1.0f);
  best.push_run(distances.data(), distances.size(), 0);
  EXPECT_EQ(best.size(), 1000u);
  EXPECT_EQ(best.finish().size(), 1000u);
}

TEST(TopK, LimitFallsAsRowsAreTaken) {
  TopK best(1);
  EXPECT_EQ(best.limit(), INFINITY);
  for (uint32_t slot = 0; slot < 1000; ++slot) best.push(static_cast<float>(1000 - slot), slot);
  EXPECT_LT(best.limit(), 1000.0f);
  EXPECT_EQ(best.finish()[0].slot, 999u);
}

}  // namespace
}  // namespace vicinal
