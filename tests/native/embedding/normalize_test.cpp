#include "embedding/normalize.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <vector>

#include "embedding/double_arithmetic.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

TEST(Normalize, RowsOfEveryDimensionGetUnitLength) {
  Random random(1);
  for (size_t dim = 1; dim <= 100; ++dim) {
    std::vector<float> rows = uniform_values(random, 3 * dim);
    rows[0] = rows[dim] = rows[2 * dim] = 0.5f;
    std::vector<float> out(rows.size());
    normalize_rows(rows.data(), 3, dim, out.data());
    for (size_t row = 0; row < 3; ++row) {
      EXPECT_NEAR(norm_double(&out[row * dim], dim), 1.0, 1e-6) << dim;
      const double norm = norm_double(&rows[row * dim], dim);
      for (size_t i = 0; i < dim; ++i) {
        EXPECT_FLOAT_EQ(out[row * dim + i], static_cast<float>(rows[row * dim + i] / norm));
      }
    }
  }
}

TEST(Normalize, InPlaceGivesTheSame) {
  Random random(2);
  std::vector<float> rows = uniform_values(random, 5 * 33);
  std::vector<float> out(rows.size());
  normalize_rows(rows.data(), 5, 33, out.data());
  normalize_rows(rows.data(), 5, 33, rows.data());
  EXPECT_EQ(rows, out);
}

TEST(Normalize, IsExactAboutTheSmallestAndLargestMagnitudes) {
  for (const float magnitude : {FLT_TRUE_MIN, FLT_MIN, 1e-30f, 1e30f, FLT_MAX}) {
    const std::vector<float> row = {magnitude, -magnitude, 0.0f, magnitude, magnitude};
    std::vector<float> out(row.size());
    normalize_rows(row.data(), 1, row.size(), out.data());
    EXPECT_EQ(out, (std::vector<float>{0.5f, -0.5f, 0.0f, 0.5f, 0.5f})) << magnitude;
  }
}

}  // namespace
}  // namespace vicinal
