#include "quantize/rotation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "embedding/double_arithmetic.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

// A vector of unit length, as long as the rotation wants it.
std::vector<float> unit_vector(Random& random, size_t dim, const Rotation& rotation) {
  std::vector<float> values = uniform_values(random, dim);
  const double norm = norm_double(values.data(), dim);
  for (float& value : values) value = static_cast<float>(double{value} / norm);
  values.resize(rotation.rotated_dim());
  return values;
}

TEST(Rotation, RoundsUpToWholeRegistersOfBits) {
  EXPECT_EQ(Rotation(1, 0).rotated_dim(), 64u);
  EXPECT_EQ(Rotation(64, 0).rotated_dim(), 64u);
  EXPECT_EQ(Rotation(65, 0).rotated_dim(), 128u);
  EXPECT_EQ(Rotation(768, 0).rotated_dim(), 768u);
  EXPECT_EQ(Rotation(784, 0).rotated_dim(), 896u);
  EXPECT_EQ(Rotation(65536, 0).rotated_dim(), 65536u);
}

TEST(Rotation, KeepsLengthsAndAnglesAndTurnsBack) {
  Random random(61);
  for (size_t dim = 1; dim <= 2048; ++dim) {
    const Rotation rotation(dim, dim);
    const std::vector<float> a = unit_vector(random, dim, rotation);
    const std::vector<float> b = unit_vector(random, dim, rotation);
    std::vector<float> rotated_a = a, rotated_b = b;
    rotation.apply(rotated_a.data());
    rotation.apply(rotated_b.data());
    // Some 40 roundings of a value, of random signs.
    ASSERT_NEAR(norm_double(rotated_a.data(), a.size()), 1, 1e-5) << dim;
    ASSERT_NEAR(dot_double(rotated_a.data(), rotated_b.data(), a.size()),
                dot_double(a.data(), b.data(), a.size()), 1e-5)
        << dim;
    rotation.invert(rotated_a.data());
    for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(rotated_a[i], a[i], 2e-6) << dim;
  }
}

// What signs need: none of the values tells much more than the others, whatever goes in.
TEST(Rotation, SpreadsSingleValuesOverAll) {
  for (const size_t dim : {64u, 128u, 384u, 640u, 768u, 896u, 1024u, 1152u, 1920u}) {
    const Rotation rotation(dim, 62);
    const double count = static_cast<double>(dim);
    for (const size_t at : {size_t{0}, dim / 3, dim / 2, dim - 1}) {
      std::vector<float> values(rotation.rotated_dim());
      values[at] = 1;
      rotation.apply(values.data());
      double sum = 0, largest = 0;
      for (const float value : values) {
        sum += std::fabs(double{value});
        largest = std::max(largest, std::fabs(double{value}));
      }
      // Normal values: sqrt(2 / pi) = 0.8 on average, and seldom past 5.
      EXPECT_GT(sum / std::sqrt(count), 0.7) << dim << ", " << at;
      EXPECT_LT(largest * std::sqrt(count), 6) << dim << ", " << at;
      double first_half = 0;
      for (size_t i = 0; i < values.size() / 2; ++i) first_half += double{values[i]} * double{values[i]};
      EXPECT_NEAR(first_half, 0.5, 0.2) << dim << ", " << at;
    }
  }
}

TEST(Rotation, ComesFromItsSeed) {
  Random random(63);
  const Rotation rotation(100, 1), same(100, 1), other(100, 2);
  const std::vector<float> values = unit_vector(random, 100, rotation);
  std::vector<float> by_rotation = values, by_same = values, by_other = values;
  rotation.apply(by_rotation.data());
  same.apply(by_same.data());
  other.apply(by_other.data());
  EXPECT_EQ(by_rotation, by_same);
  EXPECT_NE(by_rotation, by_other);
}

}  // namespace
}  // namespace vicinal
