#include "engine/batch_processor.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <vector>

#include "support/random_vectors.h"

namespace vicinal {
namespace {

BatchProcessor processor(size_t dim) {
  return BatchProcessor::create(dim, best_kernels()).value();
}

void expect_error(const Error& error, ErrorCode code, int64_t expected, int64_t actual) {
  EXPECT_EQ(error.code, code);
  EXPECT_EQ(error.expected, expected);
  EXPECT_EQ(error.actual, actual);
}

TEST(BatchProcessor, ChecksDimensions) {
  for (const size_t dim : {size_t{0}, size_t{65537}}) {
    EXPECT_EQ(BatchProcessor::create(dim, best_kernels()).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(GroupPooling::create(dim, Pooling::kMean).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(StatisticsFit::create(dim).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(PcaFit::create(dim, 1, 10).error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(processor(65536).dim(), 65536u);
}

TEST(BatchProcessor, NormalizesInPlaceAndOutOfPlace) {
  std::vector<float> rows = {3, 4, 0, -2, 1e-30f, 0};
  std::vector<float> out(6);
  ASSERT_TRUE(processor(2).normalize(rows.data(), 3, out.data()).ok());
  EXPECT_EQ(out, (std::vector<float>{0.6f, 0.8f, 0, -1, 1, 0}));
  ASSERT_TRUE(processor(2).normalize(rows.data(), 3, rows.data()).ok());
  EXPECT_EQ(rows, out);
  EXPECT_TRUE(processor(2).normalize(nullptr, 0, nullptr).ok());
}

TEST(BatchProcessor, NormalizeNamesTheBadRowAndChangesNothing) {
  std::vector<float> rows = {1, 2, 0, -0.0f, 3, 4};
  const std::vector<float> before = rows;
  expect_error(processor(2).normalize(rows.data(), 3, rows.data()).error(), ErrorCode::kZeroVector, 0, 1);
  EXPECT_EQ(rows, before);
  rows = {1, 2, 3, INFINITY};
  expect_error(processor(2).normalize(rows.data(), 2, rows.data()).error(), ErrorCode::kNotFinite, 0, 3);
  EXPECT_EQ(rows[0], 1.0f);
}

TEST(BatchProcessor, PoolsGroups) {
  const std::vector<float> rows = {1, 2, 3, 4, 5, 6, 7, 8};  // [4 x 2]
  const std::vector<uint8_t> mask = {1, 0, 1, 1};
  const std::vector<float> weights = {2, 1, 1, 3};
  std::vector<float> out(4);
  ASSERT_TRUE(processor(2).pool(rows.data(), 4, {.group_size = 2}, out.data()).ok());
  EXPECT_EQ(out, (std::vector<float>{2, 3, 6, 7}));
  ASSERT_TRUE(
      processor(2)
          .pool(rows.data(), 4, {.pooling = Pooling::kMax, .group_size = 2, .mask = mask.data()}, out.data())
          .ok());
  EXPECT_EQ(out, (std::vector<float>{1, 2, 7, 8}));
  const PoolOptions weighted{
      .pooling = Pooling::kWeighted, .group_size = 2, .mask = mask.data(), .weights = weights.data()};
  ASSERT_TRUE(processor(2).pool(rows.data(), 4, weighted, out.data()).ok());
  EXPECT_EQ(out, (std::vector<float>{1, 2, 6.5f, 7.5f}));
}

TEST(BatchProcessor, PoolRefusesWhatHasNoResult) {
  const std::vector<float> rows = {1, 2, 3, 4};  // [4 x 1]
  const std::vector<uint8_t> mask = {1, 0, 0, 0};
  std::vector<float> out(4);
  const BatchProcessor one = processor(1);
  const auto error = [&](const PoolOptions& options) {
    return one.pool(rows.data(), 4, options, out.data()).error();
  };
  expect_error(error({.group_size = 0}), ErrorCode::kInvalidArgument, 1, 0);
  expect_error(error({.group_size = 3}), ErrorCode::kDimensionMismatch, 6, 4);
  expect_error(error({.group_size = 2, .mask = mask.data()}), ErrorCode::kInvalidArgument, 1, 1);
  expect_error(error({.pooling = Pooling::kWeighted, .group_size = 2}), ErrorCode::kInvalidArgument, 4, 0);
  for (const float wrong : {-1.0f, NAN, INFINITY}) {
    const std::vector<float> weights = {1, 1, wrong, 1};
    expect_error(error({.pooling = Pooling::kWeighted, .group_size = 2, .weights = weights.data()}),
                 ErrorCode::kInvalidArgument, 0, 2);
  }
  const std::vector<float> weightless = {0, 0, 1, 1};
  expect_error(error({.pooling = Pooling::kWeighted, .group_size = 2, .weights = weightless.data()}),
               ErrorCode::kInvalidArgument, 1, 0);
  const std::vector<float> bad = {1, NAN};
  expect_error(one.pool(bad.data(), 2, {}, out.data()).error(), ErrorCode::kNotFinite, 0, 1);
}

TEST(BatchProcessor, AGroupInBatchesPoolsAsInOneCall) {
  Random random(61);
  const std::vector<float> rows = uniform_values(random, 50 * 6);
  std::vector<float> weights = uniform_values(random, 50);
  std::vector<uint8_t> mask(50);
  for (size_t row = 0; row < 50; ++row) {
    weights[row] = std::abs(weights[row]);
    mask[row] = random.below(2) == 0;
  }
  for (const Pooling pooling : {Pooling::kMean, Pooling::kMax, Pooling::kSum, Pooling::kWeighted}) {
    std::vector<float> whole(6), parts(6);
    ASSERT_TRUE(
        processor(6).pool(rows.data(), 50, {pooling, 50, mask.data(), weights.data()}, whole.data()).ok());
    const std::unique_ptr<GroupPooling> group = std::move(GroupPooling::create(6, pooling).value());
    for (size_t first = 0; first < 50; first += 10) {
      ASSERT_TRUE(group->add(&rows[first * 6], 10, &mask[first], &weights[first]).ok());
    }
    ASSERT_TRUE(group->finish(parts.data()).ok());
    EXPECT_EQ(parts, whole);
  }
  const std::unique_ptr<GroupPooling> empty = std::move(GroupPooling::create(6, Pooling::kMean).value());
  std::vector<float> out(6);
  expect_error(empty->finish(out.data()).error(), ErrorCode::kInvalidArgument, 1, 0);
  const std::vector<float> bad(6, NAN);
  expect_error(empty->add(bad.data(), 1, nullptr, nullptr).error(), ErrorCode::kNotFinite, 0, 0);
}

TEST(BatchProcessor, MeasuresWhatTheMetricIsNamedAfter) {
  const std::vector<float> query = {3, 4};
  const std::vector<float> rows = {3, 4, -3, -4, 4, -3, 0, 0.5f};
  std::vector<float> out(4);
  const auto measured = [&](Metric metric) {
    EXPECT_TRUE(processor(2).measure(query.data(), rows.data(), 4, metric, out.data()).ok());
    return out;
  };
  EXPECT_EQ(measured(Metric::kDot), (std::vector<float>{25, -25, 0, 2}));
  EXPECT_EQ(measured(Metric::kEuclidean), (std::vector<float>{0, 10, std::sqrt(50.0f), std::sqrt(21.25f)}));
  EXPECT_EQ(measured(Metric::kManhattan), (std::vector<float>{0, 14, 8, 6.5f}));
  const std::vector<float> cosines = measured(Metric::kCosine);
  const float expected[] = {1, -1, 0, 0.8f};
  for (size_t row = 0; row < 4; ++row) EXPECT_NEAR(cosines[row], expected[row], 1e-6f);
  for (const Metric metric : {Metric::kEuclidean, Metric::kManhattan})
    EXPECT_FALSE(std::signbit(measured(metric)[0]));
}

TEST(BatchProcessor, MeasuresSaturate) {
  const std::vector<float> query = {FLT_MAX, FLT_MAX};
  const std::vector<float> rows = {FLT_MAX, FLT_MAX, -FLT_MAX, -FLT_MAX, FLT_MAX, -FLT_MAX};
  std::vector<float> out(3);
  const auto measured = [&](Metric metric) {
    EXPECT_TRUE(processor(2).measure(query.data(), rows.data(), 3, metric, out.data()).ok());
    return out;
  };
  EXPECT_EQ(measured(Metric::kDot), (std::vector<float>{FLT_MAX, -FLT_MAX, 0}));
  EXPECT_EQ(measured(Metric::kEuclidean), (std::vector<float>{0, FLT_MAX, FLT_MAX}));
  EXPECT_EQ(measured(Metric::kManhattan), (std::vector<float>{0, FLT_MAX, FLT_MAX}));
  EXPECT_EQ(measured(Metric::kCosine), (std::vector<float>{1, -1, 0}));
}

TEST(BatchProcessor, CosineNeverDividesByZero) {
  const std::vector<float> zero = {0, 0};
  const std::vector<float> rows = {1, 2, 0, 0};
  std::vector<float> out(4);
  const BatchProcessor two = processor(2);
  expect_error(two.measure(zero.data(), rows.data(), 1, Metric::kCosine, out.data()).error(),
               ErrorCode::kZeroVector, 0, 0);
  expect_error(two.measure(rows.data(), rows.data(), 2, Metric::kCosine, out.data()).error(),
               ErrorCode::kZeroVector, 0, 1);
  expect_error(two.similarity(rows.data(), 2, rows.data(), 2, Metric::kCosine, out.data()).error(),
               ErrorCode::kZeroVector, 0, 1);
  EXPECT_TRUE(two.measure(zero.data(), rows.data(), 2, Metric::kDot, out.data()).ok());
  const std::vector<float> bad = {1, NAN};
  expect_error(two.measure(bad.data(), rows.data(), 2, Metric::kDot, out.data()).error(),
               ErrorCode::kNotFinite, 0, 1);
}

TEST(BatchProcessor, SimilarityGivesScoresOfAllPairs) {
  const std::vector<float> queries = {1, 0, 0, 2};
  const std::vector<float> rows = {1, 0, 3, 4, -1, 0};
  std::vector<float> out(6);
  ASSERT_TRUE(
      processor(2).similarity(queries.data(), 2, rows.data(), 3, Metric::kManhattan, out.data()).ok());
  EXPECT_EQ(out, (std::vector<float>{0, -6, -2, -3, -5, -3}));
  EXPECT_TRUE(processor(2).similarity(nullptr, 0, rows.data(), 3, Metric::kDot, out.data()).ok());
  EXPECT_TRUE(processor(2).similarity(queries.data(), 2, nullptr, 0, Metric::kDot, out.data()).ok());
}

TEST(StatisticsFit, TellsMeanDeviationAndRange) {
  const std::unique_ptr<StatisticsFit> fit = std::move(StatisticsFit::create(2).value());
  float mean[2], deviation[2], smallest[2], largest[2];
  expect_error(fit->finish(mean, deviation, smallest, largest).error(), ErrorCode::kInvalidArgument, 1, 0);
  const float rows[] = {1, 10, 3, 10};
  ASSERT_TRUE(fit->add(rows, 2).ok());
  const float bad[] = {NAN, 0};
  expect_error(fit->add(bad, 1).error(), ErrorCode::kNotFinite, 0, 0);  // and counts nothing
  EXPECT_EQ(fit->row_count(), 2u);
  ASSERT_TRUE(fit->finish(mean, deviation, smallest, largest).ok());
  EXPECT_EQ(mean[0], 2.0f);
  EXPECT_EQ(deviation[0], 1.0f);
  EXPECT_EQ(smallest[0], 1.0f);
  EXPECT_EQ(largest[0], 3.0f);
  EXPECT_EQ(deviation[1], 0.0f);
}

TEST(PcaFit, ChecksCounts) {
  expect_error(PcaFit::create(4, 1, 1).error(), ErrorCode::kInvalidArgument, 2, 1);
  expect_error(PcaFit::create(4, 0, 10).error(), ErrorCode::kInvalidArgument, 4, 0);
  expect_error(PcaFit::create(4, 5, 10).error(), ErrorCode::kInvalidArgument, 4, 5);
  expect_error(PcaFit::create(4, 4, 3).error(), ErrorCode::kInvalidArgument, 3, 4);
  expect_error(PcaFit::create(65536, 1, 100000).error(), ErrorCode::kCapacityExceeded, 8192, 65536);

  const std::unique_ptr<PcaFit> fit = std::move(PcaFit::create(2, 2, 3).value());
  float mean[2], components[4], variance[2], ratio[2];
  const float rows[] = {0, 0, 2, 0, 4, 0, 6, 0};
  ASSERT_TRUE(fit->add(rows, 2).ok());
  expect_error(fit->step().error(), ErrorCode::kDimensionMismatch, 3, 2);
  expect_error(fit->add(rows, 2).error(), ErrorCode::kDimensionMismatch, 3, 4);
  const float bad[] = {1, INFINITY};
  expect_error(fit->add(bad, 1).error(), ErrorCode::kNotFinite, 0, 1);
  ASSERT_TRUE(fit->add(rows + 4, 1).ok());
  EXPECT_EQ(fit->finish(mean, components, variance, ratio).error().code, ErrorCode::kInvalidArgument);
  for (PcaProgress progress{0, 1}; progress.done < progress.total;) {
    const Result<PcaProgress> stepped = fit->step();
    ASSERT_TRUE(stepped.ok());
    progress = stepped.value();
  }
  ASSERT_TRUE(fit->finish(mean, components, variance, ratio).ok());
  EXPECT_EQ(mean[0], 2.0f);
  EXPECT_EQ(components[0], 1.0f);
  EXPECT_EQ(components[1], 0.0f);
  EXPECT_FLOAT_EQ(variance[0], 4.0f);
  EXPECT_FLOAT_EQ(ratio[0], 1.0f);

  std::vector<float> out(3);
  ASSERT_TRUE(processor(2).project(rows, 3, mean, components, 1, out.data()).ok());
  EXPECT_EQ(out, (std::vector<float>{-2, 0, 2}));
  expect_error(processor(2).project(bad, 1, mean, components, 1, out.data()).error(), ErrorCode::kNotFinite,
               0, 1);
}

// A long fit is done in pieces, none of which is a large part of it.
TEST(PcaFit, ReportsProgressInManySteps) {
  Random random(62);
  constexpr size_t kDim = 192;
  const std::vector<float> rows = uniform_values(random, 400 * kDim);
  const std::unique_ptr<PcaFit> fit = std::move(PcaFit::create(kDim, 3, 400).value());
  ASSERT_TRUE(fit->add(rows.data(), 400).ok());
  size_t step_count = 0;
  for (PcaProgress progress{0, 1}; progress.done < progress.total; ++step_count) {
    const Result<PcaProgress> stepped = fit->step();
    ASSERT_TRUE(stepped.ok());
    ASSERT_GT(stepped.value().done, progress.done);
    progress = stepped.value();
  }
  EXPECT_GE(step_count, 2u);
}

}  // namespace
}  // namespace vicinal
