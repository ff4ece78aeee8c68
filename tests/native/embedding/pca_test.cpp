#include "embedding/pca.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "embedding/double_arithmetic.h"
#include "support/random_vectors.h"
#include "support/test_data.h"

namespace vicinal {
namespace {

struct Model {
  std::vector<float> mean, components, variance, ratio;
};

Model fit(const std::vector<float>& rows, size_t dim, size_t component_count, size_t batch_rows) {
  const size_t row_count = rows.size() / dim;
  Pca pca(dim, component_count, row_count);
  for (size_t first = 0; first < row_count; first += batch_rows) {
    pca.add(&rows[first * dim], std::min(batch_rows, row_count - first));
  }
  PcaProgress progress;
  do {
    const Result<PcaProgress> stepped = pca.step();
    EXPECT_TRUE(stepped.ok());
    EXPECT_GT(stepped.value().done, progress.done);
    EXPECT_LE(stepped.value().done, stepped.value().total);
    progress = stepped.value();
  } while (progress.done < progress.total && !::testing::Test::HasFailure());
  EXPECT_TRUE(pca.finished());
  Model model{std::vector<float>(dim), std::vector<float>(component_count * dim),
              std::vector<float>(component_count), std::vector<float>(component_count)};
  pca.write(model.mean.data(), model.components.data(), model.variance.data(), model.ratio.data());
  return model;
}

std::vector<float> project(const Model& model, const std::vector<float>& rows, size_t dim) {
  const size_t component_count = model.variance.size();
  std::vector<float> out(rows.size() / dim * component_count);
  project_rows(rows.data(), rows.size() / dim, dim, model.mean.data(), model.components.data(),
               component_count, out.data());
  return out;
}

void expect_orthonormal(const Model& model, size_t dim) {
  const size_t count = model.variance.size();
  for (size_t a = 0; a < count; ++a) {
    for (size_t b = 0; b <= a; ++b) {
      EXPECT_NEAR(dot_double(&model.components[a * dim], &model.components[b * dim], dim), a == b ? 1 : 0,
                  1e-6);
    }
  }
}

// The numbers under a key of the reference, one or an array of them.
std::vector<float> reference(const std::string& key) {
  const std::vector<unsigned char> bytes = read_test_data("pca_reference.json");
  const std::string text(bytes.begin(), bytes.end());
  const size_t found = text.find('"' + key + "\": ");
  EXPECT_NE(found, std::string::npos) << key;
  if (found == std::string::npos) return {};
  std::istringstream line(
      text.substr(found + key.size() + 4, text.find('\n', found) - found - key.size() - 4));
  if (line.peek() == '[') line.get();
  std::vector<float> numbers;
  for (double number; line >> number; line.ignore(1)) numbers.push_back(static_cast<float>(number));
  return numbers;
}

class PcaReference : public ::testing::TestWithParam<const char*> {};

TEST_P(PcaReference, AgreesWithScikitLearn) {
  const std::string name = GetParam();
  const auto values = [&name](const std::string& key) { return reference(name + '.' + key); };
  const size_t dim = static_cast<size_t>(values("dim").at(0));
  const size_t component_count = static_cast<size_t>(values("component_count").at(0));
  const std::vector<float> rows = values("rows");
  const std::vector<float> components = values("components");
  const std::vector<float> variance = values("explained_variance");
  const std::vector<float> ratio = values("explained_variance_ratio");
  const std::vector<float> projected = values("projected");
  const std::vector<float> mean = values("mean");
  ASSERT_EQ(components.size(), component_count * dim);

  for (const size_t batch_rows : {1u, 5u, 1000u}) {
    const Model model = fit(rows, dim, component_count, batch_rows);
    for (size_t i = 0; i < dim; ++i) EXPECT_FLOAT_EQ(model.mean[i], mean[i]);
    const std::vector<float> coordinates = project(model, rows, dim);
    for (size_t number = 0; number < component_count; ++number) {
      // Variances fall by a factor of 4; the last are the most sensitive to rounding.
      EXPECT_NEAR(model.variance[number], variance[number], 1e-5f * variance[0]);
      EXPECT_NEAR(model.ratio[number], ratio[number], 1e-5f);
      const double same = dot_double(&model.components[number * dim], &components[number * dim], dim);
      EXPECT_NEAR(std::abs(same), 1.0, 1e-6);
      const float sign = same < 0 ? -1.0f : 1.0f;
      for (size_t i = 0; i < dim; ++i) {
        EXPECT_NEAR(model.components[number * dim + i], sign * components[number * dim + i], 2e-5);
      }
      for (size_t row = 0; row < rows.size() / dim; ++row) {
        // Values lie around 100, so their own rounding, and that of the mean, is 4e-6 each.
        EXPECT_NEAR(coordinates[row * component_count + number],
                    sign * projected[row * component_count + number], 5e-5);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, PcaReference,
                         ::testing::Values("more_rows_than_dims", "more_dims_than_rows"));

TEST(Pca, FindsTheAxesThatRowsWereMadeFrom) {
  // Rows = 9 a u + 3 b v, with orthogonal unit u and v and uniform a, b.
  Random random(8);
  constexpr size_t kDim = 4;
  const float u[kDim] = {0.5f, 0.5f, 0.5f, 0.5f};
  const float v[kDim] = {0.5f, -0.5f, 0.5f, -0.5f};
  std::vector<float> rows;
  for (int row = 0; row < 2000; ++row) {
    const float a = 18 * random.unit_float() - 9;
    const float b = 6 * random.unit_float() - 3;
    for (size_t i = 0; i < kDim; ++i) rows.push_back(a * u[i] + b * v[i]);
  }
  const Model model = fit(rows, kDim, 3, 64);
  for (size_t i = 0; i < kDim; ++i) EXPECT_NEAR(model.components[i], u[i], 0.02);
  EXPECT_NEAR(std::abs(dot_double(&model.components[kDim], v, kDim)), 1.0, 0.01);
  // Uniform in -h .. h has variance h^2 / 3.
  EXPECT_NEAR(model.variance[0], 27, 2);
  EXPECT_NEAR(model.variance[1], 3, 0.2);
  EXPECT_NEAR(model.variance[2], 0, 1e-6);
  EXPECT_NEAR(model.ratio[0] + model.ratio[1], 1, 1e-6);
}

TEST(Pca, ProjectionKeepsDistancesWhenAllComponentsAreKept) {
  Random random(9);
  constexpr size_t kDim = 20;
  const std::vector<float> rows = uniform_values(random, 60 * kDim);
  const std::vector<float> projected = project(fit(rows, kDim, kDim, 7), rows, kDim);
  for (size_t a = 0; a < 60; a += 7) {
    for (size_t b = 0; b < 60; b += 5) {
      double before = 0, after = 0;
      for (size_t i = 0; i < kDim; ++i) {
        before += std::pow(rows[a * kDim + i] - rows[b * kDim + i], 2);
        after += std::pow(projected[a * kDim + i] - projected[b * kDim + i], 2);
      }
      EXPECT_NEAR(before, after, 1e-4);
    }
  }
}

TEST(Pca, BothRoutesFindTheSame) {
  // 40 rows in 39 and in 41 dimensions, the last two of them constant: one goes by covariance, one by Gram
  // matrix.
  Random random(10);
  std::vector<float> narrow, wide;
  for (int row = 0; row < 40; ++row) {
    for (int i = 0; i < 39; ++i) {
      const float value = (random.unit_float() - 0.5f) / static_cast<float>(1 + i / 3);
      narrow.push_back(value);
      wide.push_back(value);
    }
    wide.insert(wide.end(), {5.0f, -7.0f});
  }
  const Model by_covariance = fit(narrow, 39, 10, 16);
  const Model by_gram = fit(wide, 41, 10, 16);
  for (size_t number = 0; number < 10; ++number) {
    EXPECT_NEAR(by_covariance.variance[number], by_gram.variance[number], 1e-6);
    for (size_t i = 0; i < 39; ++i) {
      EXPECT_NEAR(by_covariance.components[number * 39 + i], by_gram.components[number * 41 + i], 1e-5);
    }
  }
}

TEST(Pca, DegenerateRowsStillGiveAnOrthonormalBasis) {
  for (const size_t dim : {3u, 9u}) {  // by covariance, by Gram matrix
    // All rows equal: no variance in any direction.
    std::vector<float> rows;
    for (int row = 0; row < 5; ++row) rows.insert(rows.end(), dim, 4.0f);
    const Model equal = fit(rows, dim, 3, 2);
    expect_orthonormal(equal, dim);
    EXPECT_EQ(equal.variance, (std::vector<float>{0, 0, 0}));
    EXPECT_EQ(equal.ratio, (std::vector<float>{0, 0, 0}));
    EXPECT_EQ(equal.mean, std::vector<float>(dim, 4.0f));

    // One direction only.
    for (size_t row = 0; row < 5; ++row) rows[row * dim + 1] = static_cast<float>(row);
    const Model line = fit(rows, dim, 3, 2);
    expect_orthonormal(line, dim);
    EXPECT_NEAR(line.components[1], 1.0, 1e-6);
    EXPECT_NEAR(line.variance[0], 2.5, 1e-6);
    EXPECT_NEAR(line.ratio[0], 1.0, 1e-6);
  }
}

TEST(Pca, ExtremesOfFloatStayFinite) {
  for (const float magnitude : {FLT_TRUE_MIN, 1e-30f, 1e30f, FLT_MAX}) {
    for (const size_t dim : {2u, 6u}) {
      std::vector<float> rows(4 * dim);
      for (size_t i = 0; i < rows.size(); ++i) rows[i] = i % 3 == 0 ? magnitude : -magnitude;
      const Model model = fit(rows, dim, 2, 3);
      expect_orthonormal(model, dim);
      for (const float value : model.variance) EXPECT_TRUE(std::isfinite(value));
      for (const float value : model.ratio) EXPECT_TRUE(value >= 0 && value <= 1.000001f);
      for (const float value : project(model, rows, dim)) EXPECT_TRUE(std::isfinite(value));
    }
  }
}

TEST(Pca, TheLargestValueOfEachComponentIsPositive) {
  Random random(11);
  const Model model = fit(uniform_values(random, 50 * 8), 8, 8, 50);
  for (size_t number = 0; number < 8; ++number) {
    const auto first = model.components.begin() + static_cast<std::ptrdiff_t>(number * 8);
    const auto by_magnitude = [](float a, float b) { return std::abs(a) < std::abs(b); };
    EXPECT_GT(*std::max_element(first, first + 8, by_magnitude), 0.0f);
  }
}

}  // namespace
}  // namespace vicinal
