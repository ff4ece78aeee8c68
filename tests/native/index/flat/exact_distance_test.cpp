#include "index/flat/exact_distance.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <vector>

#include "support/naive_search.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot};

TEST(ExactDistance, AgreesWithTheDefinitionInEveryDimension) {
  Random random(1);
  for (const Metric metric : kMetrics) {
    for (const size_t dim : {1, 2, 3, 4, 5, 7, 8, 33, 384, 1536}) {
      const Vector query = uniform_values(random, dim);
      const Vector row = uniform_values(random, dim);
      const float expected = naive_distance(metric, query, row);
      EXPECT_NEAR(ExactDistance(metric, query.data(), dim)(row.data()), expected, std::fabs(expected) * 1e-7)
          << static_cast<int>(metric) << " dim " << dim;
    }
  }
}

TEST(ExactDistance, IsFiniteForAllFloats) {
  Random random(2);
  for (int round = 0; round < 2000; ++round) {
    const size_t dim = 1 + random.below(9);
    const Vector query = extreme_values(random, dim);
    const Vector row = extreme_values(random, dim);
    for (const Metric metric : kMetrics) {
      const float distance = ExactDistance(metric, query.data(), dim)(row.data());
      ASSERT_TRUE(std::isfinite(distance));
      EXPECT_NEAR(distance, naive_distance(metric, query, row), std::fabs(distance) * 1e-6);
    }
  }
}

TEST(ExactDistance, SaturatesAtTheLargestFloat) {
  const Vector giant(4, FLT_MAX);
  const Vector opposite(4, -FLT_MAX);
  EXPECT_EQ(ExactDistance(Metric::kEuclidean, giant.data(), 4)(opposite.data()), FLT_MAX);
  EXPECT_EQ(ExactDistance(Metric::kManhattan, giant.data(), 4)(opposite.data()), FLT_MAX);
  EXPECT_EQ(ExactDistance(Metric::kDot, giant.data(), 4)(opposite.data()), FLT_MAX);
  EXPECT_EQ(ExactDistance(Metric::kDot, giant.data(), 4)(giant.data()), -FLT_MAX);
  EXPECT_EQ(ExactDistance(Metric::kCosine, giant.data(), 4)(opposite.data()), 2.0f);
}

TEST(ExactDistance, ARowIsAtDistanceZeroFromItself) {
  Random random(3);
  for (int round = 0; round < 1000; ++round) {
    const Vector row = round % 2 == 0 ? uniform_values(random, 37) : extreme_values(random, 37);
    EXPECT_EQ(ExactDistance(Metric::kCosine, row.data(), 37)(row.data()), 0.0f);
    EXPECT_EQ(ExactDistance(Metric::kEuclidean, row.data(), 37)(row.data()), 0.0f);
    EXPECT_EQ(ExactDistance(Metric::kManhattan, row.data(), 37)(row.data()), 0.0f);
  }
}

}  // namespace
}  // namespace vicinal
