#include "engine/score_rows.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <vector>

#include "embedding/double_arithmetic.h"
#include "support/naive_search.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot};

Vector row_of(const std::vector<float>& rows, size_t row, size_t dim) {
  return Vector(&rows[row * dim], &rows[row * dim] + dim);
}

void expect_scores(Metric metric, const std::vector<float>& queries, const std::vector<float>& rows,
                   size_t dim) {
  const size_t query_count = queries.size() / dim;
  const size_t row_count = rows.size() / dim;
  std::vector<float> out(query_count * row_count, NAN);
  score_rows(metric, queries.data(), query_count, rows.data(), row_count, dim, best_kernels(), out.data());
  for (size_t query = 0; query < query_count; ++query) {
    const Vector from = row_of(queries, query, dim);
    const double from_norm = norm_double(from.data(), dim);
    for (size_t row = 0; row < row_count; ++row) {
      const Vector to = row_of(rows, row, dim);
      const double expected = score_from_distance(metric, naive_distance(metric, from, to));
      // Rounding of a float sum of dim terms (Higham 2002, section 3.1), with room for the steps around it.
      double scale = std::abs(expected);
      if (metric == Metric::kDot) scale = from_norm * norm_double(to.data(), dim);
      if (metric == Metric::kCosine) scale = 1;
      const double tolerance =
          static_cast<double>(dim + 16) * 0x1p-24 * scale + static_cast<double>(dim) * 0x1p-149;
      const float actual = out[query * row_count + row];
      ASSERT_TRUE(std::isfinite(actual));
      ASSERT_NEAR(actual, expected, tolerance) << "metric " << static_cast<int>(metric) << ", dim " << dim;
    }
  }
}

TEST(ScoreRows, AgreesWithDoublePrecisionForOneAndForManyQueries) {
  for (const Metric metric : kMetrics) {
    Random random(51);
    for (const size_t dim : {1u, 2u, 3u, 7u, 33u, 128u, 300u}) {
      expect_scores(metric, uniform_values(random, dim), uniform_values(random, 20 * dim), dim);
      expect_scores(metric, uniform_values(random, 5 * dim), uniform_values(random, 20 * dim), dim);
    }
  }
}

TEST(ScoreRows, MoreRowsThanABlock) {
  for (const Metric metric : kMetrics) {
    Random random(52);
    expect_scores(metric, uniform_values(random, 70 * 2), uniform_values(random, 600 * 2),
                  2);  // and than a tile
    expect_scores(metric, uniform_values(random, 33 * 5), uniform_values(random, 300 * 5),
                  5);  // one query left over
    expect_scores(metric, uniform_values(random, 40000), uniform_values(random, 2 * 40000), 40000);
  }
}

TEST(ScoreRows, EveryMagnitudeOfFloat) {
  for (const Metric metric : kMetrics) {
    Random random(53);
    for (int round = 0; round < 50; ++round) {
      expect_scores(metric, extreme_values(random, 3 * 4), extreme_values(random, 7 * 4), 4);
    }
    for (const float magnitude : {FLT_TRUE_MIN, FLT_MIN, 1e-20f, 1e20f, FLT_MAX}) {
      const std::vector<float> rows = {magnitude, 0, magnitude, -magnitude, magnitude, magnitude};
      expect_scores(metric, rows, rows, 2);
    }
  }
}

TEST(ScoreRows, ARowIsNearestToItself) {
  Random random(54);
  constexpr size_t kDim = 50;
  const std::vector<float> rows = uniform_values(random, 8 * kDim);
  std::vector<float> out(64);
  for (const Metric metric : {Metric::kEuclidean, Metric::kManhattan}) {
    score_rows(metric, rows.data(), 8, rows.data(), 8, kDim, best_kernels(), out.data());
    for (size_t row = 0; row < 8; ++row) {
      EXPECT_EQ(out[row * 9], 0.0f);
      EXPECT_FALSE(std::signbit(out[row * 9]));
    }
  }
  score_rows(Metric::kCosine, rows.data(), 8, rows.data(), 8, kDim, best_kernels(), out.data());
  for (size_t row = 0; row < 8; ++row) EXPECT_NEAR(out[row * 9], 1.0f, 1e-6f);
}

}  // namespace
}  // namespace vicinal
