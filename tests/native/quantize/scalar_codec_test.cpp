#include "quantize/scalar_codec.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <cstring>
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

std::vector<float> distances(const ScalarCodec& codec, const std::vector<float>& queries, size_t query_count,
                             const CodedRows& rows) {
  std::vector<float> out(query_count * rows.row_count);
  codec.scorer(queries.data(), query_count)
      ->score(rows.codes.data(), rows.constants.data(), rows.row_count, out.data());
  return out;
}

class ScalarCodecTest : public ::testing::TestWithParam<std::tuple<uint32_t, Metric>> {
 protected:
  uint32_t bits() const { return std::get<0>(GetParam()); }
  Metric metric() const { return std::get<1>(GetParam()); }
  ScalarCodec codec(size_t dim) const { return ScalarCodec(dim, bits(), metric(), best_kernels()); }
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
      const double scale = metric() == Metric::kCosine ? constants[scalar_constant::kScale] : 1.0;
      double square = 0, square_error = 0;
      for (size_t i = 0; i < dim; ++i) {
        const double error = double{rows[row * dim + i]} - double{coded.decoded[row * dim + i]};
        // Low, step, center and result are rounded to float, all at most 4 here.
        if (bits() == 8) {
          ASSERT_LE(std::abs(error), scale * (constants[scalar_constant::kStep] / 2 + 2e-6)) << dim;
        }
        square += double{rows[row * dim + i]} * double{rows[row * dim + i]};
        square_error += error * error;
      }
      // Uniform values in n levels err by 1 / n^2 of their variance; what shrinks the center adds a little.
      const double bound = bits() == 8 ? 1e-4 : (bits() == 4 ? 0.01 : (bits() == 2 ? 0.13 : 0.5));
      ASSERT_LE(square_error, bound * square + 1e-10) << dim;
    }
  }
}

TEST_P(ScalarCodecTest, ScoresAreDistancesToTheDecodedRow) {
  Random random(32);
  for (size_t dim = 1; dim <= 300; dim += dim < 20 ? 1 : 31) {
    ScalarCodec coder = codec(dim);
    std::vector<float> rows = uniform_values(random, 9 * dim);
    std::vector<float> queries = uniform_values(random, 3 * dim);
    // A common offset, as embeddings have.
    for (float& value : rows) value += 0.25f;
    for (float& value : queries) value += 0.25f;
    train(coder, rows.data(), 9);
    const CodedRows coded(coder, rows, dim);
    const std::vector<float> scored = distances(coder, queries, 3, coded);
    for (size_t query = 0; query < 3; ++query) {
      const Vector from(&queries[query * dim], &queries[query * dim] + dim);
      for (size_t row = 0; row < 9; ++row) {
        const Vector to(&coded.decoded[row * dim], &coded.decoded[row * dim] + dim);
        const double actual = scored[query * 9 + row];
        const double expected = naive_distance(metric(), from, to);
        // Each value of the query errs by half a step of its grid, under 2 / 127, 2 / 255 or 2 / 16383,
        // against values of the row that spread by less than 2.5; and errors of both signs meet.
        const double query_error = bits() == 8 ? 1e-4 : 0.01;
        const double spread = 2.5 * query_error * std::sqrt(static_cast<double>(dim));
        switch (metric()) {
          case Metric::kDot:
            ASSERT_NEAR(actual, expected, spread + 1e-5) << dim;
            break;
          case Metric::kCosine: {
            const double norms = norm_double(from.data(), dim) * norm_double(to.data(), dim);
            ASSERT_NEAR(actual, expected, spread / norms + 1e-5) << dim;
            break;
          }
          case Metric::kEuclidean:
            ASSERT_NEAR(actual * actual, expected * expected, 2 * spread + 1e-4) << dim;
            break;
          case Metric::kManhattan:
            ASSERT_NEAR(actual, expected, 1e-5 * static_cast<double>(dim) + 1e-5) << dim;
            break;
        }
      }
    }
  }
}

TEST_P(ScalarCodecTest, OneQueryAloneScoresAsWithOthers) {
  Random random(33);
  constexpr size_t kDim = 77;
  ScalarCodec coder = codec(kDim);
  const std::vector<float> rows = uniform_values(random, 20 * kDim);
  const std::vector<float> queries = uniform_values(random, 4 * kDim);
  train(coder, rows.data(), 20);
  const CodedRows coded(coder, rows, kDim);
  const std::vector<float> together = distances(coder, queries, 4, coded);
  for (size_t query = 0; query < 4; ++query) {
    const std::vector<float> one(&queries[query * kDim], &queries[query * kDim] + kDim);
    const std::vector<float> alone = distances(coder, one, 1, coded);
    for (size_t row = 0; row < 20; ++row) EXPECT_EQ(alone[row], together[query * 20 + row]);
  }
}

// Integer arithmetic is the same everywhere; L1 sums floats.
TEST_P(ScalarCodecTest, EveryKernelTableGivesTheSameBits) {
  if (metric() == Metric::kManhattan) return;
  Random random(34);
  for (const size_t dim : {1u, 31u, 64u, 130u, 384u}) {
    ScalarCodec reference(dim, bits(), metric(), scalar_kernels());
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
    for (const float distance : distances(coder, flat, rows.size(), coded)) {
      ASSERT_TRUE(std::isfinite(distance));
      const bool in_range = metric() != Metric::kCosine || (distance >= 0 && distance <= 2);
      ASSERT_TRUE(in_range);
      ASSERT_TRUE(metric() == Metric::kDot || distance >= 0);
    }
  }
}

TEST_P(ScalarCodecTest, EqualValuesDecodeExactly) {
  ScalarCodec coder = codec(50);
  const CodedRows coded(coder, std::vector<float>(50, 0.3125f), 50);
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
  const CodedRows good(coder, {1, 2, 3}, 3);
  for (size_t which = 0; which < coder.constant_count(); ++which) {
    for (const float wrong : {NAN, INFINITY, -INFINITY, -1.0f, 1e6f}) {
      std::vector<float> constants = good.constants;
      constants[which] = wrong;
      const bool may_be = std::isfinite(wrong) && (which == scalar_constant::kLow ||
                                                   (wrong > 0 && which != scalar_constant::kCodeSum));
      EXPECT_EQ(coder.valid(good.codes.data(), constants.data()), may_be) << which << ": " << wrong;
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<uint32_t, Metric>>& info) {
  static const char* const kNames[] = {"Cosine", "Euclidean", "Manhattan", "Dot"};
  return kNames[static_cast<size_t>(std::get<1>(info.param))] + std::to_string(std::get<0>(info.param)) +
         "Bits";
}

INSTANTIATE_TEST_SUITE_P(Codes, ScalarCodecTest,
                         ::testing::Combine(::testing::Values(8u, 4u, 2u, 1u), ::testing::ValuesIn(kMetrics)),
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
      ScalarCodec coder(kDim, bits, Metric::kEuclidean, best_kernels());
      if (fitted) train(coder, rows.data(), 100);
      const CodedRows coded(coder, rows, kDim);
      errors[fitted] = 0;
      for (size_t i = 0; i < rows.size(); ++i)
        errors[fitted] += std::pow(double{rows[i]} - double{coded.decoded[i]}, 2);
    }
    EXPECT_LT(errors[1], 0.5 * errors[0]) << bits;
  }
}

}  // namespace
}  // namespace vicinal
