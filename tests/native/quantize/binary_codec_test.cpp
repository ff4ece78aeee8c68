#include "quantize/binary_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "embedding/double_arithmetic.h"
#include "quantize/codec_options.h"
#include "support/naive_search.h"
#include "support/random_vectors.h"
#include "support/trained.h"

namespace vicinal {
namespace {

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kDot};

struct CodedRows {
  CodedRows(const BinaryCodec& codec, const std::vector<float>& rows)
      : row_count(rows.size() / codec.dim()),
        code_bytes(codec.code_bytes()),
        constant_count(codec.constant_count()),
        codes(row_count * code_bytes),
        constants(row_count * constant_count),
        decoded(rows.size()) {
    codec.encode(rows.data(), row_count, codes.data(), constants.data());
    for (size_t row = 0; row < row_count; ++row) {
      EXPECT_TRUE(codec.valid(code(row), own(row)));
      codec.decode(code(row), own(row), &decoded[row * codec.dim()]);
    }
  }
  const uint8_t* code(size_t row) const { return &codes[row * code_bytes]; }
  const float* own(size_t row) const { return &constants[row * constant_count]; }

  size_t row_count;
  size_t code_bytes;
  size_t constant_count;
  std::vector<uint8_t> codes;
  std::vector<float> constants;
  std::vector<float> decoded;  // [row_count x dim]
};

// [query_count x row_count]
struct Distances {
  Distances(const BinaryCodec& codec, const std::vector<float>& queries, const CodedRows& rows) {
    const size_t query_count = queries.size() / codec.dim();
    const std::unique_ptr<CodeScorer> scorer = codec.scorer(queries.data(), query_count);
    coarse.resize(query_count * rows.row_count);
    scorer->score(rows.codes.data(), rows.constants.data(), rows.row_count, coarse.data());
    for (size_t query = 0; query < query_count; ++query) {
      for (size_t row = 0; row < rows.row_count; ++row)
        fine.push_back(scorer->fine(query, rows.code(row), rows.own(row)));
    }
  }

  std::vector<float> coarse, fine;
};

// Rows around a common offset, as embeddings are.
std::vector<float> offset_values(Random& random, size_t count) {
  std::vector<float> values = uniform_values(random, count);
  for (float& value : values) value += 0.25f;
  return values;
}

class BinaryCodecTest : public ::testing::TestWithParam<std::tuple<bool, Metric>> {
 protected:
  bool rotates() const { return std::get<0>(GetParam()); }
  Metric metric() const { return std::get<1>(GetParam()); }
  BinaryCodec codec(size_t dim, const KernelTable& kernels = best_kernels()) const {
    return BinaryCodec(dim, rotates() ? std::optional<uint64_t>(7) : std::nullopt, metric(), kernels);
  }
};

TEST_P(BinaryCodecTest, DecodesTowardsTheRow) {
  Random random(71);
  for (const size_t dim : {1u, 2u, 3u, 33u, 64u, 100u, 384u, 785u, 2048u}) {
    BinaryCodec coder = codec(dim);
    const std::vector<float> rows = offset_values(random, 40 * dim);
    train(coder, rows.data(), 40);
    const CodedRows coded(coder, rows);
    double square = 0, square_error = 0;
    for (size_t row = 0; row < 40; ++row) {
      const float* from = &rows[row * dim];
      const double scale = metric() == Metric::kCosine ? norm_double(from, dim) : 1;
      for (size_t i = 0; i < dim; ++i) {
        const double offset = double{from[i]} / scale - double{coder.center()[i]};
        const double error = (double{from[i]} - double{coded.decoded[row * dim + i]}) / scale;
        square += offset * offset;
        square_error += error * error;
      }
    }
    // Signs keep 2 / pi of the square of normal values, and 3 / 4 of that of even ones.
    EXPECT_LT(square_error, 0.40 * square + 1e-9) << dim;
    // More bits than values keep more.
    if (dim > 64) {
      EXPECT_GT(square_error, 0.15 * square) << dim;
    }
  }
}

TEST_P(BinaryCodecTest, ScanEqualsOneByOne) {
  Random random(72);
  for (const size_t dim : {1u, 7u, 65u, 129u, 2048u}) {
    BinaryCodec coder = codec(dim);
    const std::vector<float> rows = offset_values(random, 21 * dim);
    const std::vector<float> queries = offset_values(random, 5 * dim);
    train(coder, rows.data(), 21);
    const CodedRows coded(coder, rows);
    const Distances together(coder, queries, coded);
    for (size_t query = 0; query < 5; ++query) {
      const std::unique_ptr<CodeScorer> alone = coder.scorer(&queries[query * dim], 1);
      for (size_t row = 0; row < 21; ++row) {
        float distance;
        alone->score(coded.code(row), coded.own(row), 1, &distance);
        EXPECT_EQ(distance, together.coarse[query * 21 + row]) << dim;
        EXPECT_EQ(alone->fine(0, coded.code(row), coded.own(row)), together.fine[query * 21 + row]) << dim;
      }
    }
  }
}

TEST_P(BinaryCodecTest, EveryKernelTableGivesTheSameBits) {
  Random random(73);
  for (const size_t dim : {1u, 31u, 64u, 130u, 384u, 2047u}) {
    BinaryCodec reference = codec(dim, scalar_kernels());
    BinaryCodec coder = codec(dim);
    const std::vector<float> rows = offset_values(random, 10 * dim);
    const std::vector<float> queries = offset_values(random, 3 * dim);
    train(reference, rows.data(), 10);
    train(coder, rows.data(), 10);
    const CodedRows expected(reference, rows), actual(coder, rows);
    EXPECT_EQ(actual.codes, expected.codes);
    EXPECT_EQ(actual.constants, expected.constants);
    const Distances expected_distances(reference, queries, expected), distances(coder, queries, actual);
    EXPECT_EQ(distances.coarse, expected_distances.coarse);
    EXPECT_EQ(distances.fine, expected_distances.fine);
  }
}

TEST_P(BinaryCodecTest, NearestRowsComeFirst) {
  constexpr size_t kDim = 200, kRowCount = 500;
  Random random(74);
  BinaryCodec coder = codec(kDim);
  const std::vector<float> rows = offset_values(random, kRowCount * kDim);
  train(coder, rows.data(), kRowCount);
  const CodedRows coded(coder, rows);
  // Queries not far from a row each, in value: nearer than all others.
  std::vector<float> queries(rows.begin(), rows.begin() + 20 * kDim);
  for (float& value : queries) value += 0.6f * (random.unit_float() - 0.5f);
  if (metric() == Metric::kDot) {
    for (float& value : queries) value *= 2;
  }
  const Distances distances(coder, queries, coded);
  const size_t candidate_count = coder.scorer(queries.data(), 1)->candidates_for(1, false).count;
  for (size_t query = 0; query < 20; ++query) {
    const Vector from(&queries[query * kDim], &queries[query * kDim] + kDim);
    size_t nearest = 0;
    for (size_t row = 0; row < kRowCount; ++row) {
      const auto exact = [&](size_t which) {
        return naive_distance(metric(), from, Vector(&rows[which * kDim], &rows[which * kDim] + kDim));
      };
      if (exact(row) < exact(nearest)) nearest = row;
    }
    const float* coarse = &distances.coarse[query * kRowCount];
    const float* fine = &distances.fine[query * kRowCount];
    EXPECT_EQ(std::min_element(fine, fine + kRowCount) - fine, static_cast<ptrdiff_t>(nearest));
    const auto nearer =
        std::count_if(coarse, coarse + kRowCount, [&](float d) { return d < coarse[nearest]; });
    EXPECT_LT(nearer, static_cast<ptrdiff_t>(candidate_count));
  }
}

TEST_P(BinaryCodecTest, DegenerateRowsStayFinite) {
  constexpr size_t kDim = 37;
  std::vector<std::vector<float>> rows(2, std::vector<float>(kDim, 1.0f));
  rows.push_back(std::vector<float>(kDim, -FLT_MAX));
  rows.push_back(std::vector<float>(kDim, FLT_TRUE_MIN));
  for (const float huge : {FLT_MAX, 3e38f, 1e20f, 1e-30f, FLT_TRUE_MIN}) {
    rows.push_back(std::vector<float>(kDim, 0.0f));
    rows.back()[5] = huge;
  }
  rows.push_back(std::vector<float>(kDim));
  for (size_t i = 0; i < kDim; ++i) rows.back()[i] = i % 2 == 0 ? FLT_MAX : -FLT_MAX;
  if (metric() != Metric::kCosine) rows.push_back(std::vector<float>(kDim, 0.0f));
  Random random(75);
  rows.push_back(extreme_values(random, kDim));

  std::vector<float> flat;
  for (const std::vector<float>& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  for (const size_t trained_with : {size_t{0}, size_t{1}, rows.size()}) {
    BinaryCodec coder = codec(kDim);
    if (trained_with > 0) train(coder, flat.data(), trained_with);
    for (const float value : coder.parameters()) ASSERT_TRUE(std::isfinite(value));
    const CodedRows coded(coder, flat);
    for (const float value : coded.constants) ASSERT_TRUE(std::isfinite(value));
    for (const float value : coded.decoded) ASSERT_TRUE(std::isfinite(value));
    const Distances distances(coder, flat, coded);
    for (const std::vector<float>& some : {distances.coarse, distances.fine}) {
      for (const float distance : some) {
        ASSERT_TRUE(std::isfinite(distance));
        const bool in_range = metric() != Metric::kCosine || distance <= 2;
        ASSERT_TRUE(in_range);
        ASSERT_TRUE(metric() == Metric::kDot || distance >= 0);
      }
    }
  }
}

TEST_P(BinaryCodecTest, RowsEqualToTheCenterDecodeExactly) {
  BinaryCodec coder = codec(50);
  std::vector<float> rows(3 * 50, 0.3125f);
  train(coder, rows.data(), 3);
  const CodedRows coded(coder, rows);
  for (const float value : coded.decoded) EXPECT_FLOAT_EQ(value, 0.3125f);
  const float exact = metric() == Metric::kDot ? -50 * 0.3125f * 0.3125f : 0;
  for (const float distance : Distances(coder, rows, coded).fine) EXPECT_NEAR(distance, exact, 1e-5);
}

TEST_P(BinaryCodecTest, DistancesScaleWithTheRows) {
  if (metric() != Metric::kEuclidean) return;
  constexpr size_t kDim = 70;
  Random random(76);
  const std::vector<float> rows = uniform_values(random, 12 * kDim);
  const BinaryCodec coder = codec(kDim);
  const Distances plain(coder, rows, CodedRows(coder, rows));
  for (const int exponent : {-120, -60, 60, 120}) {
    std::vector<float> scaled = rows;
    for (float& value : scaled) value = std::ldexp(value, exponent);
    const Distances distances(coder, scaled, CodedRows(coder, scaled));
    for (size_t i = 0; i < plain.coarse.size(); ++i) {
      EXPECT_NEAR(std::ldexp(distances.coarse[i], -exponent), plain.coarse[i], 2e-3) << exponent;
      EXPECT_NEAR(std::ldexp(distances.fine[i], -exponent), plain.fine[i], 2e-3) << exponent;
    }
  }
}

TEST_P(BinaryCodecTest, ParametersMoveACodec) {
  Random random(77);
  const std::vector<float> rows = offset_values(random, 30 * 12);
  BinaryCodec fitted = codec(12);
  train(fitted, rows.data(), 30);
  BinaryCodec moved = codec(12);
  moved.set_parameters(fitted.parameters());
  EXPECT_EQ(CodedRows(moved, rows).decoded, CodedRows(fitted, rows).decoded);
}

TEST_P(BinaryCodecTest, TellsConstantsThatNoRowHas) {
  const BinaryCodec coder = codec(3);
  const CodedRows good(coder, {1, 2, 3});
  for (size_t which = 0; which < coder.constant_count(); ++which) {
    for (const float wrong : {NAN, INFINITY, -INFINITY, -1.0f, 1e6f, 1e-6f}) {
      std::vector<float> constants = good.constants;
      constants[which] = wrong;
      const bool is_signed = metric() == Metric::kDot && which == binary_constant::kCenterDot;
      const bool may_be =
          std::isfinite(wrong) && which != binary_constant::kSharpness && (wrong > 0 || is_signed);
      EXPECT_EQ(coder.valid(good.codes.data(), constants.data()), may_be) << which << ": " << wrong;
    }
  }
  std::vector<uint8_t> code = good.codes;
  code.back() = 0xFF;
  EXPECT_EQ(coder.valid(code.data(), good.constants.data()), rotates());
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<bool, Metric>>& info) {
  static const char* const kNames[] = {"Cosine", "Euclidean", "Manhattan", "Dot"};
  return std::string(kNames[static_cast<size_t>(std::get<1>(info.param))]) +
         (std::get<0>(info.param) ? "Rotated" : "Plain");
}

INSTANTIATE_TEST_SUITE_P(Codes, BinaryCodecTest,
                         ::testing::Combine(::testing::Bool(), ::testing::ValuesIn(kMetrics)), name_of);

// Errors of estimated inner products of unit vectors, over many rotations, against double precision.
struct EstimatorErrors {
  EstimatorErrors(size_t dim, double share_of_row, size_t rotation_count) {
    Random random(81 + dim);
    for (uint64_t seed = 0; seed < rotation_count; ++seed) {
      std::vector<float> row = uniform_values(random, dim), query = uniform_values(random, dim);
      const double row_norm = norm_double(row.data(), dim);
      for (float& value : row) value = static_cast<float>(double{value} / row_norm);
      const double query_norm = norm_double(query.data(), dim);
      for (size_t i = 0; i < dim; ++i) {
        query[i] =
            static_cast<float>(share_of_row * double{row[i]} +
                               std::sqrt(1 - share_of_row * share_of_row) * double{query[i]} / query_norm);
      }
      const BinaryCodec coder(dim, seed, Metric::kDot, best_kernels());
      const CodedRows coded(coder, row);
      const double truth = dot_double(row.data(), query.data(), dim);
      const double length = norm_double(query.data(), dim);
      const double estimate = -double{Distances(coder, query, coded).fine[0]};
      errors.push_back(estimate - truth);
      // The paper's bound, with its epsilon_0 = 1.9, which some 94 % keep; <o_bar, o> from the sharpness.
      const double bits = static_cast<double>(coder.bit_count());
      const double overlap = 1 / (double{coded.constants[binary_constant::kSharpness]} * std::sqrt(bits));
      const double bound =
          1.9 * length * std::sqrt((1 - overlap * overlap) / (overlap * overlap * (bits - 1)));
      within_bound += std::fabs(errors.back()) <= bound;
    }
    mean = std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(errors.size());
    for (const double error : errors) deviation += (error - mean) * (error - mean);
    deviation = std::sqrt(deviation / static_cast<double>(errors.size() - 1));
  }

  double standard_error() const { return deviation / std::sqrt(static_cast<double>(errors.size())); }

  std::vector<double> errors;
  size_t within_bound = 0;
  double mean = 0;
  double deviation = 0;
};

TEST(BinaryEstimator, IsUnbiasedAndWithinThePapersBound) {
  for (const size_t dim : {60u, 100u, 128u, 384u, 768u}) {
    for (const double share_of_row : {0.0, 0.5, 0.9}) {
      const EstimatorErrors estimator(dim, share_of_row, 400);
      EXPECT_LT(std::fabs(estimator.mean), 4 * estimator.standard_error() + 1e-6)
          << dim << ", " << share_of_row;
      EXPECT_GT(estimator.within_bound, 360u) << dim << ", " << share_of_row;
    }
  }
}

TEST(BinaryEstimator, ErrsByLessInMoreDimensions) {
  const double few = EstimatorErrors(64, 0.5, 400).deviation;
  const double many = EstimatorErrors(1024, 0.5, 400).deviation;
  // As 1 / sqrt(dim): by a factor of 4.
  EXPECT_GT(few / many, 3.4);
  EXPECT_LT(few / many, 4.6);
}

TEST(BinaryCodec, SignsTellAnglesByHammingDistance) {
  constexpr size_t kDim = 64;
  Random random(85);
  const BinaryCodec coder(kDim, std::nullopt, Metric::kCosine, best_kernels());
  const std::vector<float> rows = uniform_values(random, 6 * kDim);
  const std::vector<float> coarse = Distances(coder, rows, CodedRows(coder, rows)).coarse;
  for (size_t query = 0; query < 6; ++query) {
    for (size_t row = 0; row < 6; ++row) {
      int differing = 0;
      for (size_t i = 0; i < kDim; ++i)
        differing += (rows[query * kDim + i] > 0) != (rows[row * kDim + i] > 0);
      EXPECT_NEAR(coarse[query * 6 + row], 1 - std::cos(M_PI * differing / kDim), 1e-5);
    }
  }
  EXPECT_EQ(coder.scorer(rows.data(), 1)->candidates_for(10, false).count, 10u);
}

// Stored codes depend on every step from a row to its code: the same in every build and engine.
TEST(BinaryCodec, CodesAreTheSameEverywhere) {
  Random random(86);
  uint64_t hash = 0xCBF29CE484222325;  // FNV-1a
  for (const size_t dim : {5u, 100u, 300u, 1000u}) {
    BinaryCodec coder(dim, 3, Metric::kCosine, best_kernels());
    const std::vector<float> rows = offset_values(random, 20 * dim);
    train(coder, rows.data(), 20);
    const CodedRows coded(coder, rows);
    std::vector<uint8_t> bytes(coded.constants.size() * sizeof(float));
    std::memcpy(bytes.data(), coded.constants.data(), bytes.size());
    bytes.insert(bytes.end(), coded.codes.begin(), coded.codes.end());
    for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3;
  }
  EXPECT_EQ(hash, 14789598148989024772u);
}

TEST(BinaryCodec, RefusesManhattanAndOptionsOfOthers) {
  CodecOptions options;
  options.kind = CodecKind::kBinary;
  EXPECT_FALSE(make_codec(options, 8, Metric::kDot, best_kernels()).ok());  // 8 bits
  options.bits = 1;
  for (const Metric metric : kMetrics) EXPECT_TRUE(make_codec(options, 8, metric, best_kernels()).ok());
  const auto made = make_codec(options, 8, Metric::kManhattan, best_kernels());
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
  options.segments = 2;
  EXPECT_FALSE(make_codec(options, 8, Metric::kDot, best_kernels()).ok());
}

}  // namespace
}  // namespace vicinal
