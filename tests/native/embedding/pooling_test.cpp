#include "embedding/pooling.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <vector>

namespace vicinal {
namespace {

const std::vector<float> kRows = {1, -2, 3, 4, 5, -6, 7, 8};  // [4 x 2]

std::vector<float> pool_rows(Pooling pooling, const std::vector<uint8_t>& mask,
                             const std::vector<float>& weights) {
  PoolAccumulator accumulator(2, pooling);
  accumulator.add(kRows.data(), 4, mask.empty() ? nullptr : mask.data(),
                  weights.empty() ? nullptr : weights.data());
  EXPECT_FALSE(accumulator.empty());
  std::vector<float> out(2);
  accumulator.finish(out.data());
  return out;
}

TEST(Pooling, TakesMeanLargestAndSumOfRows) {
  EXPECT_EQ(pool_rows(Pooling::kMean, {}, {}), (std::vector<float>{4, 1}));
  EXPECT_EQ(pool_rows(Pooling::kMax, {}, {}), (std::vector<float>{7, 8}));
  EXPECT_EQ(pool_rows(Pooling::kSum, {}, {}), (std::vector<float>{16, 4}));
  EXPECT_EQ(pool_rows(Pooling::kWeighted, {}, {1, 0, 2, 1}), (std::vector<float>{4.5f, -1.5f}));
}

TEST(Pooling, LeavesMaskedRowsOut) {
  const std::vector<uint8_t> mask = {1, 0, 255, 0};  // any value but 0 keeps a row
  EXPECT_EQ(pool_rows(Pooling::kMean, mask, {}), (std::vector<float>{3, -4}));
  EXPECT_EQ(pool_rows(Pooling::kMax, mask, {}), (std::vector<float>{5, -2}));
  EXPECT_EQ(pool_rows(Pooling::kSum, mask, {}), (std::vector<float>{6, -8}));
  EXPECT_EQ(pool_rows(Pooling::kWeighted, mask, {1, 9, 3, 9}), (std::vector<float>{4, -5}));
}

TEST(Pooling, LargestOfNegativeValuesIsNegative) {
  const std::vector<float> rows = {-5, -FLT_MAX, -3, -FLT_MAX};
  PoolAccumulator accumulator(2, Pooling::kMax);
  accumulator.add(rows.data(), 2, nullptr, nullptr);
  std::vector<float> out(2);
  accumulator.finish(out.data());
  EXPECT_EQ(out, (std::vector<float>{-3, -FLT_MAX}));
}

TEST(Pooling, BatchesOfOneGroupGiveWhatOneCallGives) {
  for (const Pooling pooling : {Pooling::kMean, Pooling::kMax, Pooling::kSum, Pooling::kWeighted}) {
    const std::vector<float> weights = {1, 2, 3, 4};
    PoolAccumulator accumulator(2, pooling);
    accumulator.add(kRows.data(), 1, nullptr, weights.data());
    accumulator.add(kRows.data() + 2, 3, nullptr, weights.data() + 1);
    std::vector<float> out(2);
    accumulator.finish(out.data());
    EXPECT_EQ(out, pool_rows(pooling, {}, weights));
    // It starts anew.
    EXPECT_TRUE(accumulator.empty());
    accumulator.add(kRows.data(), 1, nullptr, weights.data());
    accumulator.finish(out.data());
    EXPECT_EQ(out, (std::vector<float>{1, -2}));
  }
}

TEST(Pooling, IsEmptyWhenAllIsMaskedOrWeighsNothing) {
  const std::vector<uint8_t> mask(4, 0);
  const std::vector<float> weights(4, 0.0f);
  PoolAccumulator mean(2, Pooling::kMean);
  mean.add(kRows.data(), 4, mask.data(), nullptr);
  EXPECT_TRUE(mean.empty());
  PoolAccumulator weighted(2, Pooling::kWeighted);
  weighted.add(kRows.data(), 4, nullptr, weights.data());
  EXPECT_TRUE(weighted.empty());
}

TEST(Pooling, SumsSaturateAndMeansDoNotOverflowOnTheWay) {
  const std::vector<float> rows = {FLT_MAX, -FLT_MAX, FLT_MAX, -FLT_MAX};
  std::vector<float> out(2);
  PoolAccumulator sum(2, Pooling::kSum);
  sum.add(rows.data(), 2, nullptr, nullptr);
  sum.finish(out.data());
  EXPECT_EQ(out, (std::vector<float>{FLT_MAX, -FLT_MAX}));
  PoolAccumulator mean(2, Pooling::kMean);
  mean.add(rows.data(), 2, nullptr, nullptr);
  mean.finish(out.data());
  EXPECT_EQ(out, (std::vector<float>{FLT_MAX, -FLT_MAX}));
}

}  // namespace
}  // namespace vicinal
