#include "embedding/k_means.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
#include <set>

#include "support/random_vectors.h"

namespace vicinal {
namespace {

struct Fit {
  std::vector<float> centroids;
  double inertia;
  double imbalance;
  size_t iteration_count;
};

Fit fit(const KMeansOptions& options, const std::vector<float>& rows, size_t width) {
  KMeans k_means(options, width, rows.size() / width);
  k_means.add(rows.data(), rows.size() / width, width);
  double share = k_means.share_done();
  EXPECT_EQ(share, 0);
  while (!k_means.step()) {
    EXPECT_GE(k_means.share_done(), share);
    share = k_means.share_done();
    EXPECT_LE(share, 1);
  }
  EXPECT_EQ(k_means.share_done(), 1);
  Fit result{{}, k_means.inertia(), k_means.imbalance(), k_means.iteration_count()};
  result.centroids = k_means.take_centroids();
  EXPECT_EQ(result.centroids.size(), options.k * width);
  for (const float value : result.centroids) EXPECT_TRUE(std::isfinite(value));
  return result;
}

double squared_distance(const float* a, const float* b, size_t width) {
  double sum = 0;
  for (size_t i = 0; i < width; ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return sum;
}

// One iteration in double: the inertia of rows around the centroids, and the means of the clusters.
struct Iteration {
  double inertia = 0;
  std::vector<double> means;
  std::vector<size_t> counts;
};

Iteration iterate(const std::vector<float>& centroids, const std::vector<float>& rows, size_t width) {
  Iteration result{0, std::vector<double>(centroids.size()), std::vector<size_t>(centroids.size() / width)};
  for (size_t row = 0; row < rows.size(); row += width) {
    size_t nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (size_t number = 0; number < result.counts.size(); ++number) {
      const double distance = squared_distance(&centroids[number * width], &rows[row], width);
      if (distance < least) nearest = number;
      least = std::min(least, distance);
    }
    result.inertia += least;
    ++result.counts[nearest];
    for (size_t i = 0; i < width; ++i) result.means[nearest * width + i] += rows[row + i];
  }
  for (size_t at = 0; at < result.means.size(); ++at)
    result.means[at] /= static_cast<double>(result.counts[at / width]);
  return result;
}

// Rows around `cluster_count` centers, in turns.
std::vector<float> clustered(Random& random, size_t row_count, size_t width, size_t cluster_count,
                             float spread) {
  const std::vector<float> centers = uniform_values(random, cluster_count * width);
  std::vector<float> rows = uniform_values(random, row_count * width);
  for (size_t at = 0; at < rows.size(); ++at) {
    const size_t cluster = at / width % cluster_count;
    rows[at] = centers[cluster * width + at % width] + spread * rows[at];
  }
  return rows;
}

TEST(KMeans, AgreesWithIterationsInDouble) {
  Random random(1);
  for (const size_t width : {1, 4, 11, 64}) {
    const std::vector<float> rows = clustered(random, 1500, width, 30, 0.3f);
    KMeansOptions options{.k = 24, .max_iterations = 1, .least_gain = 0};
    Fit before = fit(options, rows, width);
    for (options.max_iterations = 2; options.max_iterations < 8; ++options.max_iterations) {
      const Iteration expected = iterate(before.centroids, rows, width);
      const Fit after = fit(options, rows, width);
      EXPECT_LE(after.iteration_count, options.max_iterations);
      EXPECT_NEAR(after.inertia, expected.inertia, 1e-5 * expected.inertia);
      size_t largest = 0;
      for (const size_t count : expected.counts) largest = std::max(largest, count);
      EXPECT_NEAR(after.imbalance, static_cast<double>(largest) * 24 / 1500, 0.02);
      // Rows half-way between two centroids may fall to either.
      for (size_t at = 0; at < expected.means.size(); ++at)
        EXPECT_NEAR(after.centroids[at], expected.means[at], 0.002) << width;
      before = after;
    }
  }
}

TEST(KMeans, InertiaNeverRises) {
  Random random(2);
  for (const size_t width : {2, 8, 21}) {
    for (const bool spherical : {false, true}) {
      std::vector<float> rows = uniform_values(random, 600 * width);
      // Equal rows, so that clusters come to be empty.
      for (size_t at = width * 100; at < width * 300; ++at) rows[at] = rows[at % width];
      KMeansOptions options{.k = 60, .least_gain = 0, .spherical = spherical};
      double before = std::numeric_limits<double>::infinity();
      for (options.max_iterations = 1; options.max_iterations < 12; ++options.max_iterations) {
        const double inertia = fit(options, rows, width).inertia;
        EXPECT_LE(inertia, before * (1 + 1e-6)) << width;
        before = inertia;
      }
    }
  }
}

TEST(KMeans, FindsClustersThatLieApart) {
  Random random(3);
  for (const size_t width : {4, 32, 200}) {
    const std::vector<float> rows = clustered(random, 2000, width, 40, 0.001f);
    // In one run of some, two seeds fall to one cluster; as many seeds again find them all.
    const Fit found = fit({.k = 80}, rows, width);
    EXPECT_LE(found.inertia, 2000 * static_cast<double>(width) * 0.001 * 0.001);
  }
}

TEST(KMeans, FarFromZeroRowsAreToldApart) {
  Random random(4);
  std::vector<float> rows = clustered(random, 1000, 8, 10, 0.01f);
  const Fit near_zero = fit({.k = 10}, rows, 8);
  for (float& value : rows) value += 1000;
  EXPECT_NEAR(fit({.k = 10}, rows, 8).inertia, near_zero.inertia, 0.02 * near_zero.inertia);
}

TEST(KMeans, SameSeedSameCentroidsOtherSeedOthers) {
  Random random(5);
  const std::vector<float> rows = uniform_values(random, 1500 * 6);
  const Fit one = fit({.k = 64, .seed = 7}, rows, 6);
  EXPECT_EQ(one.centroids, fit({.k = 64, .seed = 7}, rows, 6).centroids);
  EXPECT_NE(one.centroids, fit({.k = 64, .seed = 8}, rows, 6).centroids);
}

TEST(KMeans, TakesPartsOfWiderRowsAndManyBatches) {
  Random random(6);
  const std::vector<float> wide = uniform_values(random, 500 * 12);
  std::vector<float> part;
  for (size_t row = 0; row < 500; ++row)
    part.insert(part.end(), wide.begin() + row * 12 + 4, wide.begin() + row * 12 + 8);
  KMeans k_means({.k = 16}, 4, 500);
  k_means.add(&wide[4], 200, 12);
  k_means.add(&wide[200 * 12 + 4], 300, 12);
  while (!k_means.step()) {
  }
  EXPECT_EQ(k_means.take_centroids(), fit({.k = 16}, part, 4).centroids);
}

TEST(KMeans, MoreCentroidsThanRowsTakesEveryRow) {
  Random random(7);
  const std::vector<float> rows = uniform_values(random, 20 * 5);
  const Fit found = fit({.k = 50}, rows, 5);
  EXPECT_LE(found.inertia, 1e-10);
  EXPECT_LE(iterate(found.centroids, rows, 5).inertia, 1e-10);
}

TEST(KMeans, EqualRowsGiveTheirValue) {
  for (const float value : {0.0f, 1e-45f, 0.3f, -3.4e38f}) {
    const Fit found = fit({.k = 5}, std::vector<float>(100 * 3, value), 3);
    for (const float centroid : found.centroids)
      EXPECT_NEAR(centroid, value, std::fabs(value) * 1e-6f) << value;
    EXPECT_EQ(found.inertia, 0);
  }
}

TEST(KMeans, ExtremeRowsGiveFiniteCentroids) {
  Random random(8);
  for (const size_t width : {1, 4, 21}) {
    const std::vector<float> rows = extreme_values(random, 300 * width);
    const Fit found = fit({.k = 20}, rows, width);
    EXPECT_TRUE(std::isfinite(found.inertia));
    EXPECT_TRUE(std::isfinite(fit({.k = 20, .spherical = true}, rows, width).inertia));
  }
  const Fit opposite = fit({.k = 2}, {FLT_MAX, -FLT_MAX, FLT_MAX, -FLT_MAX}, 1);
  EXPECT_EQ(std::set<float>(opposite.centroids.begin(), opposite.centroids.end()),
            (std::set<float>{-FLT_MAX, FLT_MAX}));
}

TEST(KMeans, OneRowAndOneCentroid) {
  EXPECT_EQ(fit({.k = 1}, {3, 4}, 2).centroids, (std::vector<float>{3, 4}));
  EXPECT_EQ(fit({.k = 1}, {1, 2, 3, 6}, 2).centroids, (std::vector<float>{2, 4}));
  EXPECT_EQ(fit({.k = 3}, {3, 4}, 2).centroids, (std::vector<float>{3, 4, 3, 4, 3, 4}));
}

TEST(KMeans, SphericalCentroidsHaveUnitLength) {
  Random random(9);
  const std::vector<float> rows = extreme_values(random, 400 * 9);
  const Fit found = fit({.k = 12, .spherical = true}, rows, 9);
  const std::vector<float> zero(9);
  for (size_t number = 0; number < 12; ++number)
    EXPECT_NEAR(squared_distance(&found.centroids[number * 9], zero.data(), 9), 1, 1e-5);
}

}  // namespace
}  // namespace vicinal
