#include "base/metric.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vicinal {
namespace {

TEST(Metric, ScoreIsLargerWhenDistanceIsSmaller) {
  for (uint32_t number = 0; number < kMetricCount; ++number) {
    EXPECT_GT(score_from_distance(Metric{number}, 0.25f), score_from_distance(Metric{number}, 0.5f));
  }
}

TEST(Metric, CosineScoreIsTheSimilarity) {
  EXPECT_EQ(score_from_distance(Metric::kCosine, 0.25f), 0.75f);
  EXPECT_EQ(score_from_distance(Metric::kCosine, 2.0f), -1.0f);
}

TEST(Metric, ScoreOfNoDistanceIsNotNegativeZero) {
  EXPECT_FALSE(std::signbit(score_from_distance(Metric::kEuclidean, 0.0f)));
  EXPECT_FALSE(std::signbit(score_from_distance(Metric::kDot, 0.0f)));
}

TEST(Metric, DimensionsAndMetricsAreCheckedAgainstTheirBounds) {
  EXPECT_TRUE(check_dim(1).ok());
  EXPECT_TRUE(check_dim(kMaxDim).ok());
  EXPECT_EQ(check_dim(0).error().expected, 1);
  EXPECT_EQ(check_dim(kMaxDim + 1).error().expected, 65536);
  EXPECT_EQ(check_dim(kMaxDim + 1).error().actual, 65537);
  EXPECT_TRUE(check_metric(Metric::kDot).ok());
  EXPECT_EQ(check_metric(Metric{kMetricCount}).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace vicinal
