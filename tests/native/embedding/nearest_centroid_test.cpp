#include "embedding/nearest_centroid.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/random_vectors.h"

namespace vicinal {
namespace {

double half_gap(const float* centroid, const float* row, size_t width) {
  double sum = 0;
  for (size_t i = 0; i < width; ++i)
    sum += double{centroid[i]} * (0.5 * double{centroid[i]} - double{row[i]});
  return sum;
}

std::vector<const float*> pointers_to(const std::vector<float>& rows, size_t width) {
  std::vector<const float*> pointers;
  for (size_t at = 0; at < rows.size(); at += width) pointers.push_back(&rows[at]);
  return pointers;
}

// Whole numbers: float sums are exact, and ties are common.
TEST(NearestCentroid, FindsWhatTryingAllFinds) {
  Random random(1);
  for (const size_t width : {1, 2, 3, 4, 7, 8, 16, 33, 200}) {
    for (const size_t count : {1, 2, 5, 15, 16, 17, 40, 100}) {
      const size_t row_count = 1 + random.below(70);
      const std::vector<float> centroids = small_integers(random, count * width);
      const std::vector<float> rows = small_integers(random, row_count * width);
      std::vector<uint32_t> nearest(row_count);
      std::vector<float> scores(row_count);
      NearestCentroid(centroids.data(), count, width)
          .find(pointers_to(rows, width).data(), row_count, nearest.data(), scores.data());
      for (size_t row = 0; row < row_count; ++row) {
        double best = std::numeric_limits<double>::infinity();
        uint32_t expected = 0;
        for (uint32_t number = 0; number < count; ++number) {
          const double gap = half_gap(&centroids[number * width], &rows[row * width], width);
          if (gap < best) expected = number;
          best = std::min(best, gap);
        }
        ASSERT_EQ(nearest[row], expected) << width << " " << count;
        ASSERT_EQ(scores[row], static_cast<float>(best)) << width << " " << count;
      }
    }
  }
}

TEST(NearestCentroid, ScoresArePreciseEnough) {
  Random random(2);
  const size_t width = 768, count = 50, row_count = 33;
  const std::vector<float> centroids = uniform_values(random, count * width);
  const std::vector<float> rows = uniform_values(random, row_count * width);
  std::vector<uint32_t> nearest(row_count);
  std::vector<float> scores(row_count);
  NearestCentroid(centroids.data(), count, width)
      .find(pointers_to(rows, width).data(), row_count, nearest.data(), scores.data());
  for (size_t row = 0; row < row_count; ++row) {
    double best = std::numeric_limits<double>::infinity();
    for (size_t number = 0; number < count; ++number)
      best = std::min(best, half_gap(&centroids[number * width], &rows[row * width], width));
    // The sums go up to about width / 6.
    EXPECT_NEAR(scores[row], best, 128 * 768 * 0x1p-24);
    EXPECT_NEAR(half_gap(&centroids[nearest[row] * width], &rows[row * width], width), best,
                2 * 128 * 768 * 0x1p-24);
  }
}

}  // namespace
}  // namespace vicinal
