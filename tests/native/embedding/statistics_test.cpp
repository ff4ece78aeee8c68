#include "embedding/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "support/random_vectors.h"

namespace vicinal {
namespace {

struct Statistics {
  explicit Statistics(size_t dim) : mean(dim), deviation(dim), smallest(dim), largest(dim) {}
  std::vector<float> mean, deviation, smallest, largest;
};

Statistics of_batches(const std::vector<float>& rows, size_t dim, size_t batch_rows) {
  StatisticsAccumulator accumulator(dim);
  const size_t row_count = rows.size() / dim;
  for (size_t first = 0; first < row_count; first += batch_rows) {
    accumulator.add(&rows[first * dim], std::min(batch_rows, row_count - first));
  }
  EXPECT_EQ(accumulator.row_count(), row_count);
  Statistics result(dim);
  accumulator.write(result.mean.data(), result.deviation.data(), result.smallest.data(),
                    result.largest.data());
  return result;
}

// In long double, two passes over all rows.
Statistics naive(const std::vector<float>& rows, size_t dim) {
  Statistics result(dim);
  const size_t row_count = rows.size() / dim;
  for (size_t i = 0; i < dim; ++i) {
    long double sum = 0, square_sum = 0;
    result.smallest[i] = result.largest[i] = rows[i];
    for (size_t row = 0; row < row_count; ++row) {
      const float value = rows[row * dim + i];
      sum += value;
      result.smallest[i] = std::min(result.smallest[i], value);
      result.largest[i] = std::max(result.largest[i], value);
    }
    const long double mean = sum / static_cast<long double>(row_count);
    for (size_t row = 0; row < row_count; ++row) {
      const long double deviation = rows[row * dim + i] - mean;
      square_sum += deviation * deviation;
    }
    result.mean[i] = static_cast<float>(mean);
    result.deviation[i] = static_cast<float>(std::sqrt(square_sum / static_cast<long double>(row_count)));
  }
  return result;
}

void expect_near(const Statistics& actual, const Statistics& expected) {
  for (size_t i = 0; i < actual.mean.size(); ++i) {
    EXPECT_FLOAT_EQ(actual.mean[i], expected.mean[i]);
    EXPECT_FLOAT_EQ(actual.deviation[i], expected.deviation[i]);
  }
  EXPECT_EQ(actual.smallest, expected.smallest);
  EXPECT_EQ(actual.largest, expected.largest);
}

TEST(Statistics, BatchesOfAnySizeGiveWhatTwoPassesGive) {
  Random random(3);
  constexpr size_t kDim = 7;
  const std::vector<float> rows = uniform_values(random, 101 * kDim);
  for (const size_t batch_rows : {1u, 2u, 10u, 100u, 101u}) {
    expect_near(of_batches(rows, kDim, batch_rows), naive(rows, kDim));
  }
}

TEST(Statistics, AnOffsetFarAboveTheSpreadDoesNoHarm) {
  Random random(4);
  std::vector<float> rows(1000);
  // Whole numbers around 2^23: exact as floats, and their squares would lose the spread even in double sums.
  for (float& value : rows) value = 8388608.0f + static_cast<float>(random.below(3));
  expect_near(of_batches(rows, 1, 17), naive(rows, 1));
  EXPECT_GT(of_batches(rows, 1, 17).deviation[0], 0.7f);
}

TEST(Statistics, DeviationIsThatOfThePopulation) {
  EXPECT_EQ(of_batches({1, 3}, 1, 1).deviation[0], 1.0f);
  EXPECT_EQ(of_batches({5}, 1, 1).deviation[0], 0.0f);
}

TEST(Statistics, ExtremesOfFloatStayFinite) {
  const Statistics result = of_batches({FLT_MAX, -FLT_MAX, FLT_MAX, -FLT_MAX}, 1, 1);
  EXPECT_EQ(result.mean[0], 0.0f);
  EXPECT_EQ(result.deviation[0], FLT_MAX);
  EXPECT_EQ(result.smallest[0], -FLT_MAX);
  EXPECT_EQ(result.largest[0], FLT_MAX);
}

}  // namespace
}  // namespace vicinal
