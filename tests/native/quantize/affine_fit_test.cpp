#include "quantize/affine_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "support/random_vectors.h"

namespace vicinal {
namespace {

std::vector<double> as_double(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

// About normally distributed: the sum of twelve uniform values.
std::vector<double> bell_values(Random& random, size_t count) {
  std::vector<double> values(count, -6.0);
  for (double& value : values) {
    for (int i = 0; i < 12; ++i) value += random.unit_float();
  }
  return values;
}

double decoded(const AffineGrid& grid, uint32_t level) {
  return double{grid.low} + double{grid.step} * level;
}

double squared_error(const AffineGrid& grid, const std::vector<double>& values, uint32_t level_count) {
  double sum = 0;
  for (const double value : values) {
    const double error = value - decoded(grid, NearestLevel(grid, level_count)(value));
    sum += error * error;
  }
  return sum;
}

TEST(SpanGrid, NoValueIsFartherThanHalfAStep) {
  Random random(21);
  for (const uint32_t level_count : {2u, 4u, 16u, 256u}) {
    for (size_t count = 1; count <= 200; ++count) {
      const std::vector<double> values = as_double(uniform_values(random, count));
      const AffineGrid grid = span_grid(values.data(), count, level_count);
      for (const double value : values) {
        const uint32_t level = NearestLevel(grid, level_count)(value);
        ASSERT_LT(level, level_count);
        // Low and step are rounded to float: 2^-24 of the magnitudes, all at most 2.
        ASSERT_LE(std::abs(value - decoded(grid, level)), grid.step / 2 + 1e-6);
      }
    }
  }
}

TEST(LeastSquaresGrid, ErrsLessThanTheSpannedGrid) {
  Random random(22);
  const std::vector<double> values = bell_values(random, 1000);
  double variance = 0;
  for (const double value : values) variance += value * value;
  // Relative errors of the best uniform grids for normally distributed values (Max 1960, table II).
  const struct {
    uint32_t level_count;
    double best;
  } cases[] = {{2, 0.3634}, {4, 0.1188}, {16, 0.01154}};
  for (const auto& [level_count, best] : cases) {
    const double fitted =
        squared_error(least_squares_grid(values.data(), 1000, level_count), values, level_count);
    const double spanned = squared_error(span_grid(values.data(), 1000, level_count), values, level_count);
    EXPECT_LT(fitted, spanned);
    EXPECT_LT(fitted / variance, 1.15 * best) << level_count;
  }
}

TEST(LeastSquaresGrid, IsExactForAsManyEvenlySpacedValuesAsLevels) {
  const std::vector<double> values = {-3, 1, 1, -3, 1};
  const AffineGrid grid = least_squares_grid(values.data(), values.size(), 2);
  EXPECT_EQ(grid.low, -3);
  EXPECT_EQ(grid.step, 4);
  EXPECT_EQ(squared_error(grid, values, 2), 0);
}

TEST(Grids, DegenerateValuesGiveFiniteGrids) {
  std::vector<double> one_huge(100, 0.25);
  one_huge[17] = FLT_MAX;
  const std::vector<std::vector<double>> rows = {
      {0.0},
      {7.5},
      std::vector<double>(50, 0.0),
      std::vector<double>(50, -3.25),
      one_huge,
      {FLT_MAX, -FLT_MAX},
      {2.0 * FLT_MAX, -2.0 * FLT_MAX, 0.0},
      {FLT_TRUE_MIN, 0.0},
      {FLT_TRUE_MIN, -FLT_TRUE_MIN},
  };
  for (const std::vector<double>& values : rows) {
    for (const uint32_t level_count : {2u, 4u, 16u, 256u}) {
      for (const auto& fit : {span_grid, least_squares_grid}) {
        const AffineGrid grid = fit(values.data(), values.size(), level_count);
        EXPECT_TRUE(std::isfinite(grid.low) && std::isfinite(grid.step) && grid.step >= 0);
        for (const double value : values) EXPECT_LT(NearestLevel(grid, level_count)(value), level_count);
      }
    }
  }
}

TEST(Grids, EqualValuesAreTold) {
  const std::vector<double> values(9, -0.375);
  for (const auto& fit : {span_grid, least_squares_grid}) {
    const AffineGrid grid = fit(values.data(), values.size(), 4);
    EXPECT_EQ(decoded(grid, NearestLevel(grid, 4)(-0.375)), -0.375);
  }
}

TEST(NearestLevel, RoundsAndStaysInRange) {
  const AffineGrid grid{1.0f, 0.5f};
  EXPECT_EQ(NearestLevel(grid, 4)(1.2), 0u);
  EXPECT_EQ(NearestLevel(grid, 4)(1.3), 1u);
  EXPECT_EQ(NearestLevel(grid, 4)(2.0), 2u);
  EXPECT_EQ(NearestLevel(grid, 4)(-1e300), 0u);
  EXPECT_EQ(NearestLevel(grid, 4)(1e300), 3u);
  EXPECT_EQ(NearestLevel({1.0f, 0.0f}, 4)(5.0), 0u);
}

}  // namespace
}  // namespace vicinal
