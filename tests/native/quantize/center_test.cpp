#include "quantize/center.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <vector>

#include "support/random_vectors.h"

namespace vicinal {
namespace {

std::vector<float> center_of(const std::vector<float>& rows, size_t dim) {
  std::vector<float> center(dim, 99.0f);
  shrunken_mean(rows.data(), rows.size() / dim, dim, center.data());
  return center;
}

TEST(Center, OfOneRowIsZero) {
  EXPECT_EQ(center_of({1, 2, 3}, 3), (std::vector<float>{0, 0, 0}));
}

TEST(Center, OfEqualRowsIsTheRow) {
  EXPECT_EQ(center_of({1, 2, 3, 1, 2, 3}, 3), (std::vector<float>{1, 2, 3}));
}

TEST(Center, OfManyRowsIsNearlyTheirMean) {
  Random random(24);
  constexpr size_t kDim = 16;
  std::vector<float> rows = uniform_values(random, 400 * kDim);
  for (float& value : rows) value += 2;
  // Expected squared error of the mean: 1/3 / 400 a value, against a squared mean of 4.
  for (const float value : center_of(rows, kDim)) EXPECT_NEAR(value, 2.0f, 0.15f);
}

TEST(Center, OfRowsWithoutCommonDirectionStaysNearZero) {
  Random random(25);
  constexpr size_t kDim = 512;
  const std::vector<float> rows = uniform_values(random, 4 * kDim);
  double square = 0;
  for (const float value : center_of(rows, kDim)) square += double{value} * value;
  // The plain mean of four such rows has a squared length of about 512 / 3 / 4 = 43.
  EXPECT_LT(square, 2.0);
}

TEST(Center, ExtremesOfFloatStayFinite) {
  for (const float value : center_of({FLT_MAX, -FLT_MAX, FLT_MAX, FLT_MAX}, 2))
    EXPECT_TRUE(std::isfinite(value));
  for (const float value : center_of({FLT_TRUE_MIN, 0, FLT_TRUE_MIN, 0}, 2))
    EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace vicinal
