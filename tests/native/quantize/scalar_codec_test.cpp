#include "quantize/scalar_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "embedding/double_arithmetic.h"
#include "support/naive_search.h"
#include "support/random_vectors.h"
#include "support/trained.h"

namespace vicinal {
namespace {

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot};

struct CodedRows {
  CodedRows(ScalarCodec& codec, const std::vector<float>& rows, size_t dim)
      : row_count(rows.size() / dim),
        codes(row_count * codec.code_bytes()),
        constants(row_count * codec.constant_count()),
        decoded(rows.size()) {
    codec.encode(rows.data(), row_count, codes.data(), constants.data());
    for (size_t row = 0; row < row_count; ++row) {
      EXPECT_TRUE(codec.valid(&codes[row * codec.code_bytes()], &constants[row * codec.constant_count()]));
      codec.decode(&codes[row * codec.code_bytes()], &constants[row * codec.constant_count()],
                   &decoded[row * dim]);
    }
  }

  size_t row_count;
  std::vector<uint8_t> codes;
  std::vector<float> constants;
  std::vector<float> decoded;  // [row_count x dim]
};

// [query_count x row_count], those of a scan.
std::vector<float> coarse_distances(const ScalarCodec& codec, const std::vector<float>& queries,
                                    size_t query_count, const CodedRows& rows) {
  std::vector<float> out(query_count * rows.row_count);
  codec.scorer(queries.data(), query_count)
      ->score(rows.codes.data(), rows.constants.data(), rows.row_count, out.data());
  return out;
}

// The same, the finest that the codec tells.
std::vector<float> distances(const ScalarCodec& codec, const std::vector<float>& queries, size_t query_count,
                             const CodedRows& rows) {
  const std::unique_ptr<CodeScorer> scorer = codec.scorer(queries.data(), query_count);
  if (scorer->candidates_for(1, false).count == 1) return coarse_distances(codec, queries, query_count, rows);
  std::vector<float> out;
  for (size_t query = 0; query < query_count; ++query) {
    for (size_t row = 0; row < rows.row_count; ++row) {
      out.push_back(scorer->fine(query, &rows.codes[row * codec.code_bytes()],
                                 &rows.constants[row * codec.constant_count()]));
    }
  }
  return out;
}

struct Grids {
  uint32_t bits;
  float quantile;
};

class ScalarCodecTest : public ::testing::TestWithParam<std::tuple<Grids, Metric>> {
 protected:
  uint32_t bits() const { return std::get<0>(GetParam()).bits; }
  float quantile() const { return std::get<0>(GetParam()).quantile; }
  Metric metric() const { return std::get<1>(GetParam()); }
  bool has_common_grid() const { return quantile() > 0; }

  ScalarCodec codec(size_t dim, const KernelTable& kernels = best_kernels()) const {
    return ScalarCodec(dim, bits(), quantile(), metric(), kernels);
  }
  double step(const ScalarCodec& coder, const float* constants) const {
    return has_common_grid() ? coder.parameters().back() : constants[scalar_constant::kStep];
  }
  // Under cosine: length of a row. Else 1.
  double scale(const ScalarCodec& coder, const float* constants) const {
    return metric() == Metric::kCosine ? constants[coder.constant_count() - 1] : 1.0;
  }
  // Of distances, for queries with values of at most 2, and rows that spread by less than 2.5: half a step of the
  // query's grid, 2 / 127 or 2 / 16383 wide, for each of its values; errors of both signs meet.
  double error_of_products(bool fine, size_t dim) const {
    const double query_error = bits() == 8 && fine ? 1e-4 : 0.01;
    return 2.5 * query_error * std::sqrt(static_cast<double>(dim));
  }
  void expect_near(double actual, const Vector& query, const Vector& row, bool fine) const {
    const double expected = naive_distance(metric(), query, row);
    const size_t dim = query.size();
    const double error = error_of_products(fine, dim);
    switch (metric()) {
      case Metric::kDot:
        ASSERT_NEAR(actual, expected, error + 1e-5) << dim;
        break;
      case Metric::kCosine: {
        const double norms = norm_double(query.data(), dim) * norm_double(row.data(), dim);
        ASSERT_NEAR(actual, expected, error / norms + 1e-5) << dim;
        break;
      }
      case Metric::kEuclidean:
        ASSERT_NEAR(actual * actual, expected * expected, 2 * error + 1e-4) << dim;
        break;
      case Metric::kManhattan:
        ASSERT_NEAR(actual, expected, 1e-5 * static_cast<double>(dim) + 1e-5) << dim;
        break;
    }
  }
};

TEST_P(ScalarCodecTest, DecodesNearTheRow) {
  Random random(31);
  for (size_t dim = 1; dim <= 200; dim += dim < 40 ? 1 : 7) {
    ScalarCodec coder = codec(dim);
    std::vector<float> rows = uniform_values(random, 4 * dim);
    for (size_t row = 0; row < 4; ++row) rows[row * dim] = 0.5f;
    train(coder, rows.data(), 4);
    const CodedRows coded(coder, rows, dim);
    for (size_t row = 0; row < 4; ++row) {
      const float* constants = &coded.constants[row * coder.constant_count()];
      double square = 0, square_error = 0;
      for (size_t i = 0; i < dim; ++i) {
        const double error = double{rows[row * dim + i]} - double{coded.decoded[row * dim + i]};
        // Low, step, center and result are rounded to float, all at most 4 here.
        // Grids of a row's own are spanned over all of its values only where they have many levels.
        if (has_common_grid() ? quantile() == 1 : bits() == 8) {
          ASSERT_LE(std::abs(error), scale(coder, constants) * (step(coder, constants) / 2 + 2e-6)) << dim;
        }
        square += double{rows[row * dim + i]} * double{rows[row * dim + i]};
        square_error += error * error;
      }
      // Uniform values in n levels err by 1 / n^2 of their variance; what shrinks the center adds a little.
      // Rows of many dimensions look alike to a common grid, those of few do not.
      if (has_common_grid() && (dim < 20 || quantile() < 1)) continue;
      const double bound = bits() == 8 ? 1e-4 : (bits() == 4 ? 0.01 : (bits() == 2 ? 0.13 : 0.5));
      ASSERT_LE(square_error, bound * square + 1e-10) << dim;
    }
  }
}

TEST_P(ScalarCodecTest, ScoresAreDistancesToTheDecodedRow) {
  Random random(32);
  for (size_t dim = 1; dim <= 2048; dim += dim < 20 ? 1 : 31 + dim / 4) {
    ScalarCodec coder = codec(dim);
    std::vector<float> rows = uniform_values(random, 9 * dim);
    std::vector<float> queries = uniform_values(random, 3 * dim);
    // A common offset, as embeddings have.
    for (float& value : rows) value += 0.25f;
    for (float& value : queries) value += 0.25f;
    train(coder, rows.data(), 9);
    const CodedRows coded(coder, rows, dim);
    const std::vector<float> fine = distances(coder, queries, 3, coded);
    const std::vector<float> coarse = coarse_distances(coder, queries, 3, coded);
    for (size_t query = 0; query < 3; ++query) {
      const Vector from(&queries[query * dim], &queries[query * dim] + dim);
      for (size_t row = 0; row < 9; ++row) {
        const Vector to(&coded.decoded[row * dim], &coded.decoded[row * dim] + dim);
        expect_near(fine[query * 9 + row], from, to, true);
        expect_near(coarse[query * 9 + row], from, to, false);
      }
    }
  }
}

// In any block, alone or beside other queries, for every dimension.
TEST_P(ScalarCodecTest, AScanScoresAsOneByOne) {
  Random random(33);
  constexpr size_t kRows = 9;
  for (size_t dim = 1; dim <= 2048; dim += dim < 300 ? 1 : 97) {
    ScalarCodec coder = codec(dim);
    const std::vector<float> rows = uniform_values(random, kRows * dim);
    const std::vector<float> queries = uniform_values(random, 2 * dim);
    train(coder, rows.data(), kRows);
    const CodedRows coded(coder, rows, dim);
    const std::vector<float> together = coarse_distances(coder, queries, 2, coded);
    for (size_t query = 0; query < 2; ++query) {
      const std::unique_ptr<CodeScorer> alone = coder.scorer(&queries[query * dim], 1);
      std::vector<float> scanned(kRows);
      alone->score(coded.codes.data(), coded.constants.data(), kRows, scanned.data());
      for (size_t row = 0; row < kRows; ++row) {
        float one;
        const uint8_t* code = &coded.codes[row * coder.code_bytes()];
        const float* constants = &coded.constants[row * coder.constant_count()];
        alone->score(code, constants, 1, &one);
        ASSERT_EQ(one, scanned[row]) << dim;
        ASSERT_EQ(one, together[query * kRows + row]) << dim;
      }
    }
  }
}

// Integer arithmetic is the same everywhere; L1 sums floats.
TEST_P(ScalarCodecTest, EveryKernelTableGivesTheSameBits) {
  if (metric() == Metric::kManhattan) return;
  Random random(34);
  for (const size_t dim : {1u, 31u, 64u, 130u, 384u}) {
    ScalarCodec reference = codec(dim, scalar_kernels());
    ScalarCodec coder = codec(dim);
    const std::vector<float> rows = uniform_values(random, 10 * dim);
    const std::vector<float> queries = uniform_values(random, 2 * dim);
    train(reference, rows.data(), 10);
    train(coder, rows.data(), 10);
    const CodedRows expected(reference, rows, dim);
    const CodedRows actual(coder, rows, dim);
    EXPECT_EQ(actual.codes, expected.codes);
    EXPECT_EQ(actual.constants, expected.constants);
    EXPECT_EQ(distances(coder, queries, 2, actual), distances(reference, queries, 2, expected));
    EXPECT_EQ(coarse_distances(coder, queries, 2, actual), coarse_distances(reference, queries, 2, expected));
  }
}

TEST_P(ScalarCodecTest, DegenerateRowsStayFinite) {
  constexpr size_t kDim = 37;
  std::vector<std::vector<float>> rows(1, std::vector<float>(kDim, 1.0f));
  rows.push_back(std::vector<float>(kDim, -FLT_MAX));
  rows.push_back(std::vector<float>(kDim, FLT_TRUE_MIN));
  rows.push_back(std::vector<float>(kDim, 0.0f));
  rows.back()[5] = FLT_MAX;  // one huge value
  rows.push_back(std::vector<float>(kDim, 0.0f));
  rows.back()[9] = FLT_TRUE_MIN;
  rows.push_back(std::vector<float>(kDim));
  for (size_t i = 0; i < kDim; ++i) rows.back()[i] = i % 2 == 0 ? FLT_MAX : -FLT_MAX;
  if (metric() != Metric::kCosine) rows.push_back(std::vector<float>(kDim, 0.0f));
  Random random(35);
  rows.push_back(extreme_values(random, kDim));

  std::vector<float> flat;
  for (const std::vector<float>& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  for (const bool fitted : {false, true}) {
    ScalarCodec coder = codec(kDim);
    if (fitted) train(coder, flat.data(), rows.size());
    for (const float value : coder.parameters()) ASSERT_TRUE(std::isfinite(value));
    const CodedRows coded(coder, flat, kDim);  // checks that constants are finite
    for (const float value : coded.decoded) ASSERT_TRUE(std::isfinite(value));
    std::vector<float> scored = distances(coder, flat, rows.size(), coded);
    const std::vector<float> coarse = coarse_distances(coder, flat, rows.size(), coded);
    scored.insert(scored.end(), coarse.begin(), coarse.end());
    for (const float distance : scored) {
      ASSERT_TRUE(std::isfinite(distance));
      const bool in_range = metric() != Metric::kCosine || (distance >= 0 && distance <= 2);
      ASSERT_TRUE(in_range);
      ASSERT_TRUE(metric() == Metric::kDot || distance >= 0);
    }
  }
}

TEST_P(ScalarCodecTest, EqualValuesDecodeExactly) {
  ScalarCodec coder = codec(50);
  const std::vector<float> rows(3 * 50, 0.3125f);  // three of the same
  train(coder, rows.data(), 3);
  const CodedRows coded(coder, rows, 50);
  for (const float value : coded.decoded) EXPECT_FLOAT_EQ(value, 0.3125f);
}

TEST_P(ScalarCodecTest, ParametersMoveACodec) {
  Random random(36);
  const std::vector<float> rows = uniform_values(random, 30 * 12);
  ScalarCodec fitted = codec(12);
  train(fitted, rows.data(), 30);
  ScalarCodec moved = codec(12);
  moved.set_parameters(fitted.parameters());
  EXPECT_EQ(CodedRows(moved, rows, 12).decoded, CodedRows(fitted, rows, 12).decoded);
}

TEST_P(ScalarCodecTest, TellsConstantsThatNoRowHas) {
  ScalarCodec coder = codec(3);
  const std::vector<float> row = {1, 2, 3};
  train(coder, row.data(), 1);
  const CodedRows good(coder, row, 3);
  const size_t code_sum = has_common_grid() ? 0 : scalar_constant::kGridCount;
  for (size_t which = 0; which < coder.constant_count(); ++which) {
    for (const float wrong : {NAN, INFINITY, -INFINITY, -1.0f, 1e6f}) {
      std::vector<float> constants = good.constants;
      constants[which] = wrong;
      const bool is_low = !has_common_grid() && which == scalar_constant::kLow;
      const bool may_be = std::isfinite(wrong) && (is_low || (wrong > 0 && which != code_sum));
      EXPECT_EQ(coder.valid(good.codes.data(), constants.data()), may_be) << which << ": " << wrong;
    }
  }
}

// Whatever a file says: any finite parameters and any constants that are found valid.
TEST_P(ScalarCodecTest, StrangeParametersStaySafe) {
  constexpr size_t kDim = 19;
  Random random(39);
  for (int round = 0; round < 20; ++round) {
    ScalarCodec coder = codec(kDim);
    coder.set_parameters(extreme_values(random, coder.parameters().size()));
    const std::vector<float> rows = extreme_values(random, 5 * kDim);
    const CodedRows coded(coder, rows, kDim);
    for (const float value : coded.decoded) ASSERT_TRUE(std::isfinite(value));
    for (const float distance : distances(coder, rows, 5, coded)) ASSERT_TRUE(std::isfinite(distance));
    for (const float distance : coarse_distances(coder, rows, 5, coded)) ASSERT_TRUE(std::isfinite(distance));
  }
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<Grids, Metric>>& info) {
  static const char* const kNames[] = {"Cosine", "Euclidean", "Manhattan", "Dot"};
  const Grids& grids = std::get<0>(info.param);
  const std::string quantile = std::to_string(static_cast<int>(100 * grids.quantile));
  return kNames[static_cast<size_t>(std::get<1>(info.param))] + std::to_string(grids.bits) + "Bits" +
         (grids.quantile > 0 ? "CommonGridOf" + quantile + "Percent" : "");
}

constexpr Grids kGrids[] = {{8, 0}, {4, 0}, {2, 0}, {1, 0}, {8, 1.0f}, {4, 1.0f}, {8, 0.9f}};
INSTANTIATE_TEST_SUITE_P(Codes, ScalarCodecTest,
                         ::testing::Combine(::testing::ValuesIn(kGrids), ::testing::ValuesIn(kMetrics)),
                         name_of);

// More exact codes for rows that share a mean: what the center is for.
TEST(ScalarCodec, ACenterHalvesTheErrorOfRowsAroundACommonMean) {
  Random random(37);
  constexpr size_t kDim = 64;
  const std::vector<float> mean = uniform_values(random, kDim);
  std::vector<float> rows = uniform_values(random, 100 * kDim);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = mean[i % kDim] + 0.3f * rows[i];
  for (const uint32_t bits : {8u, 4u, 2u, 1u}) {
    double errors[2];
    for (const bool fitted : {false, true}) {
      ScalarCodec coder(kDim, bits, 0, Metric::kEuclidean, best_kernels());
      if (fitted) train(coder, rows.data(), 100);
      const CodedRows coded(coder, rows, kDim);
      errors[fitted] = 0;
      for (size_t i = 0; i < rows.size(); ++i)
        errors[fitted] += std::pow(double{rows[i]} - double{coded.decoded[i]}, 2);
    }
    EXPECT_LT(errors[1], 0.5 * errors[0]) << bits;
  }
}

// The grid spans the share of the values that it is told to; what lies outside is moved to its ends.
TEST(ScalarCodec, ACommonGridSpansItsShareOfTheValues) {
  Random random(40);
  constexpr size_t kDim = 40, kRows = 200;
  const std::vector<float> rows = uniform_values(random, kRows * kDim);
  for (const float quantile : {0.5f, 0.8f, 0.99f, 1.0f}) {
    ScalarCodec coder(kDim, 8, quantile, Metric::kEuclidean, best_kernels());
    train(coder, rows.data(), kRows);
    const std::vector<float>& parameters = coder.parameters();
    const double low = parameters[kDim], step = parameters[kDim + 1];
    const CodedRows coded(coder, rows, kDim);
    size_t inside_count = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const double value = double{rows[i]} - double{parameters[i % kDim]};
      const double error = std::abs(double{rows[i]} - double{coded.decoded[i]});
      const double outside = std::max({low - value, value - (low + 255 * step), 0.0});
      inside_count += outside <= 1e-6;
      ASSERT_LE(error, std::max(outside, step / 2) + 1e-6);
    }
    // The two values at the cuts count as inside.
    EXPECT_NEAR(static_cast<double>(inside_count), quantile * static_cast<double>(rows.size()), 3);
  }
}

// What a scan leaves out is nothing that the finer comparison would find nearest.
TEST(ScalarCodec, CandidatesOfAScanHoldTheNearest) {
  Random random(41);
  constexpr size_t kDim = 96, kRows = 2000, kQueries = 20, kCount = 10;
  const std::vector<float> rows = uniform_values(random, kRows * kDim);
  const std::vector<float> queries = uniform_values(random, kQueries * kDim);
  ScalarCodec coder(kDim, 8, 0, Metric::kCosine, best_kernels());
  train(coder, rows.data(), kRows);
  const CodedRows coded(coder, rows, kDim);
  const std::vector<float> fine = distances(coder, queries, kQueries, coded);
  const std::vector<float> coarse = coarse_distances(coder, queries, kQueries, coded);
  const size_t candidate_count = coder.scorer(queries.data(), 1)->candidates_for(kCount, false).count;
  size_t kept = 0;
  for (size_t query = 0; query < kQueries; ++query) {
    const auto ranked = [&](const std::vector<float>& by) {
      std::vector<size_t> order(kRows);
      for (size_t row = 0; row < kRows; ++row) order[row] = row;
      std::stable_sort(order.begin(), order.end(),
                       [&](size_t a, size_t b) { return by[query * kRows + a] < by[query * kRows + b]; });
      return order;
    };
    const std::vector<size_t> nearest = ranked(fine);
    std::vector<size_t> candidates = ranked(coarse);
    candidates.resize(candidate_count);
    for (size_t i = 0; i < kCount; ++i) kept += std::count(candidates.begin(), candidates.end(), nearest[i]);
  }
  EXPECT_EQ(kept, kQueries * kCount);
}

}  // namespace
}  // namespace vicinal
