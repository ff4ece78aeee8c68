#include "quantize/product_codec.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
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

using namespace product_constant;

struct CodedRows {
  CodedRows(const ProductCodec& codec, const std::vector<float>& rows, size_t dim)
      : row_count(rows.size() / dim),
        codes(row_count * codec.code_bytes()),
        constants(row_count * codec.constant_count() + 1),
        decoded(rows.size()) {
    codec.encode(rows.data(), row_count, codes.data(), constants.data());
    const size_t group_rows = codec.group_rows();
    groups.resize((row_count + group_rows - 1) / group_rows * group_rows * codec.code_bytes());
    for (size_t row = 0; row < row_count; ++row) {
      const uint8_t* code = &codes[row * codec.code_bytes()];
      const float* of_row = &constants[row * codec.constant_count()];
      EXPECT_TRUE(codec.valid(code, of_row));
      codec.decode(code, of_row, &decoded[row * dim]);
      codec.put_in_group(&groups[row / group_rows * group_rows * codec.code_bytes()], row % group_rows, code);
    }
  }

  size_t row_count;
  std::vector<uint8_t> codes;
  std::vector<float> constants;
  std::vector<float> decoded;   // [row_count x dim]
  std::vector<uint8_t> groups;  // as a scan reads them
};

std::vector<float> coarse(const ProductCodec& codec, const std::vector<float>& queries, size_t query_count,
                          const CodedRows& rows) {
  std::vector<float> out(query_count * rows.row_count);
  codec.scorer(queries.data(), query_count)
      ->score(rows.groups.data(), rows.constants.data(), rows.row_count, out.data());
  return out;
}

// Rows around a common mean, in clumps, as embeddings have.
std::vector<float> clumped_rows(uint64_t seed, size_t row_count, size_t dim) {
  Random random(seed);
  constexpr size_t kClumps = 8;
  const std::vector<float> centers = uniform_values(random, kClumps * dim);
  std::vector<float> rows = uniform_values(random, row_count * dim);
  for (size_t row = 0; row < row_count; ++row) {
    const size_t clump = random.below(kClumps);
    for (size_t i = 0; i < dim; ++i) {
      float& value = rows[row * dim + i];
      value = 0.4f * value + 0.5f * centers[clump * dim + i] + 0.25f;
    }
  }
  return rows;
}

double squared_error(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::pow(double{a[i]} - double{b[i]}, 2);
  return sum;
}

struct Variant {
  uint32_t bits;
  bool rotation;
  Metric metric;
};

class ProductCodecTest : public ::testing::TestWithParam<Variant> {
 protected:
  Metric metric() const { return GetParam().metric; }
  ProductCodec codec(size_t dim, size_t segments = 0, const KernelTable& kernels = best_kernels()) const {
    return ProductCodec({GetParam().bits, segments, GetParam().rotation, 11}, dim, metric(), kernels);
  }
};

// Against the paper's plain definitions, in double: the centroids as they stand in the parameters, the nearest of
// them by squared distance, and distances to the row that they name, stretched to the length of the row.
class Oracle {
 public:
  Oracle(const ProductCodec& codec, const Variant& variant, size_t dim, size_t segments)
      : parameters_(codec.parameters()),
        variant_(variant),
        dim_(dim),
        segments_(segments),
        count_(size_t{1} << variant.bits),
        codebooks_(parameters_.size() - dim * count_) {}

  double length(const float* row) const {
    return variant_.metric == Metric::kCosine ? norm_double(row, dim_) : 1.0;
  }

  std::vector<double> residual(const float* row) const {
    std::vector<double> straight(dim_);
    for (size_t i = 0; i < dim_; ++i) straight[i] = double{row[i]} / length(row) - double{parameters_[i]};
    return straight;
  }

  std::vector<double> turned(const std::vector<double>& straight) const {
    if (!variant_.rotation) return straight;
    std::vector<double> out(dim_);
    for (size_t i = 0; i < dim_; ++i) {
      for (size_t j = 0; j < dim_; ++j) out[i] += double{parameters_[dim_ + i * dim_ + j]} * straight[j];
    }
    return out;
  }

  double centroid_value(size_t segment, size_t centroid, size_t i) const {
    const size_t start = segment * dim_ / segments_;
    const size_t width = (segment + 1) * dim_ / segments_ - start;
    return parameters_[codebooks_ + start * count_ + centroid * width + i];
  }

  double squared_distance(const std::vector<double>& row, size_t segment, size_t centroid) const {
    const size_t start = segment * dim_ / segments_;
    double sum = 0;
    for (size_t i = start; i < (segment + 1) * dim_ / segments_; ++i)
      sum += std::pow(row[i] - centroid_value(segment, centroid, i - start), 2);
    return sum;
  }

  size_t code_of(const uint8_t* code, size_t segment) const {
    if (variant_.bits == 8) return code[segment];
    return segment % 2 == 0 ? code[segment / 2] & 15 : code[segment / 2] >> 4;
  }

  // What a code names, turned.
  std::vector<double> named(const uint8_t* code) const {
    std::vector<double> row;
    for (size_t segment = 0; segment < segments_; ++segment) {
      const size_t width = (segment + 1) * dim_ / segments_ - segment * dim_ / segments_;
      for (size_t i = 0; i < width; ++i) row.push_back(centroid_value(segment, code_of(code, segment), i));
    }
    return row;
  }

  double distance(const float* query, const float* row, const uint8_t* code) const {
    const std::vector<double> of_query = residual(query), of_row = residual(row);
    const std::vector<double> coded = named(code), turned_query = turned(of_query);
    if (variant_.metric == Metric::kManhattan) {
      double sum = 0;
      for (size_t i = 0; i < dim_; ++i) sum += std::fabs(turned_query[i] - coded[i]);
      return sum;
    }
    const double coded_length = norm(coded);
    const double stretch = coded_length > 0 ? norm(turned(of_row)) / coded_length : 1.0;
    const double product = stretch * dot_double(turned_query.data(), coded.data(), dim_);
    if (variant_.metric == Metric::kDot) {
      double center_dot = 0;
      for (size_t i = 0; i < dim_; ++i) center_dot += double{parameters_[i]} * (query[i] + of_row[i]);
      return -(center_dot + product);
    }
    const double square =
        std::max(std::pow(norm(of_query), 2) + std::pow(norm(of_row), 2) - 2 * product, 0.0);
    return variant_.metric == Metric::kCosine ? std::min(square / 2, 2.0) : std::sqrt(square);
  }

  // How far a coarse distance, before a root is taken, may be from the fine one: half a level for each segment, and a
  // level spans 1/127 or 1/255 of the widest table.
  double coarse_error(const float* query, double stretch) const {
    const std::vector<double> of_query = turned(residual(query));
    double widest = 0;
    for (size_t segment = 0; segment < segments_; ++segment) {
      const size_t start = segment * dim_ / segments_, end = (segment + 1) * dim_ / segments_;
      double low = DBL_MAX, high = -DBL_MAX;
      for (size_t centroid = 0; centroid < count_; ++centroid) {
        double sum = 0;
        for (size_t i = start; i < end; ++i) {
          const double value = centroid_value(segment, centroid, i - start);
          sum += variant_.metric == Metric::kManhattan ? std::fabs(of_query[i] - value) : of_query[i] * value;
        }
        low = std::min(low, sum);
        high = std::max(high, sum);
      }
      widest = std::max(widest, high - low);
    }
    const double levels = variant_.bits == 4 ? 127 : 255;
    return (variant_.metric == Metric::kManhattan ? 1 : stretch) * 0.5 * widest / levels *
           static_cast<double>(segments_);
  }

 private:
  static double norm(const std::vector<double>& row) {
    return std::sqrt(dot_double(row.data(), row.data(), row.size()));
  }

  const std::vector<float>& parameters_;
  Variant variant_;
  size_t dim_;
  size_t segments_;
  size_t count_;
  size_t codebooks_;  // where they start
};

struct Cut {
  size_t dim, segments;
};
constexpr Cut kCuts[] = {{1, 1}, {5, 2}, {7, 7}, {33, 8}, {48, 13}};

TEST_P(ProductCodecTest, CodesNameTheNearestCentroids) {
  for (const auto& [dim, segments] : kCuts) {
    const std::vector<float> rows = clumped_rows(dim, 300, dim);
    ProductCodec coder = codec(dim, segments);
    train(coder, rows.data(), 300);
    const Oracle oracle(coder, GetParam(), dim, segments);
    const CodedRows coded(coder, std::vector<float>(rows.begin(), rows.begin() + 70 * dim), dim);
    for (size_t row = 0; row < 70; ++row) {
      const std::vector<double> residual = oracle.turned(oracle.residual(&rows[row * dim]));
      for (size_t segment = 0; segment < segments; ++segment) {
        double nearest = DBL_MAX;
        for (size_t centroid = 0; centroid < size_t{1} << GetParam().bits; ++centroid)
          nearest = std::min(nearest, oracle.squared_distance(residual, segment, centroid));
        const size_t code = oracle.code_of(&coded.codes[row * coder.code_bytes()], segment);
        // Rounding to float may decide between two that are as near.
        ASSERT_LE(oracle.squared_distance(residual, segment, code), nearest + 1e-5)
            << dim << " cut in " << segments << ", row " << row << ", segment " << segment;
      }
    }
  }
}

TEST_P(ProductCodecTest, ScoresAreWhatTheTablesTell) {
  constexpr size_t kRows = 70, kQueries = 3;
  for (const auto& [dim, segments] : kCuts) {
    const std::vector<float> rows = clumped_rows(dim, 300, dim);
    const std::vector<float> queries = clumped_rows(dim + 1000, kQueries, dim);
    ProductCodec coder = codec(dim, segments);
    train(coder, rows.data(), 300);
    const Oracle oracle(coder, GetParam(), dim, segments);
    const CodedRows coded(coder, std::vector<float>(rows.begin(), rows.begin() + kRows * dim), dim);
    const std::vector<float> scored = coarse(coder, queries, kQueries, coded);
    const std::unique_ptr<CodeScorer> scorer = coder.scorer(queries.data(), kQueries);
    for (size_t query = 0; query < kQueries; ++query) {
      for (size_t row = 0; row < kRows; ++row) {
        const uint8_t* code = &coded.codes[row * coder.code_bytes()];
        const float* constants = &coded.constants[row * coder.constant_count()];
        const double expected = oracle.distance(&queries[query * dim], &rows[row * dim], code);
        const double fine = scorer->fine(query, code, constants);
        const double rough = scored[query * kRows + row];
        const double bound = oracle.coarse_error(&queries[query * dim],
                                                 metric() == Metric::kManhattan ? 1.0 : constants[kStretch]);
        if (metric() == Metric::kEuclidean) {
          ASSERT_NEAR(fine * fine, expected * expected, 1e-4) << dim;
          ASSERT_NEAR(rough * rough, expected * expected, 2 * bound + 1e-4) << dim;
        } else {
          ASSERT_NEAR(fine, expected, 1e-4) << dim;
          ASSERT_NEAR(rough, expected, bound + 1e-4) << dim;
        }
      }
    }
  }
}

TEST_P(ProductCodecTest, AScanIsItsRowsOneByOne) {
  constexpr size_t kDim = 45, kRows = 77, kQueries = 4;
  const std::vector<float> rows = clumped_rows(1, kRows, kDim);
  const std::vector<float> queries = clumped_rows(2, kQueries, kDim);
  ProductCodec coder = codec(kDim, 11);
  train(coder, rows.data(), kRows);
  const CodedRows all(coder, rows, kDim);
  const std::vector<float> scanned = coarse(coder, queries, kQueries, all);
  for (size_t row = 0; row < kRows; ++row) {
    const CodedRows alone(coder, std::vector<float>(&rows[row * kDim], &rows[row * kDim] + kDim), kDim);
    std::vector<uint8_t> taken(coder.code_bytes());
    const size_t group_bytes = coder.group_rows() * coder.code_bytes();
    coder.take_from_group(&all.groups[row / coder.group_rows() * group_bytes], row % coder.group_rows(),
                          taken.data());
    ASSERT_EQ(taken, alone.codes) << row;
    for (size_t query = 0; query < kQueries; ++query) {
      const std::vector<float> one(&queries[query * kDim], &queries[query * kDim] + kDim);
      ASSERT_EQ(coarse(coder, one, 1, alone)[0], scanned[query * kRows + row]) << row;
    }
  }
}

TEST_P(ProductCodecTest, EveryKernelTableGivesTheSameBits) {
  for (const auto& [dim, segments] : kCuts) {
    const std::vector<float> rows = clumped_rows(dim, 200, dim);
    const std::vector<float> queries = clumped_rows(dim + 1, 2, dim);
    ProductCodec reference = codec(dim, segments, scalar_kernels());
    ProductCodec coder = codec(dim, segments);
    train(reference, rows.data(), 200);
    train(coder, rows.data(), 200);
    EXPECT_EQ(coder.parameters(), reference.parameters());
    const CodedRows expected(reference, rows, dim);
    const CodedRows actual(coder, rows, dim);
    EXPECT_EQ(actual.codes, expected.codes);
    EXPECT_EQ(actual.constants, expected.constants);
    EXPECT_EQ(coarse(coder, queries, 2, actual), coarse(reference, queries, 2, expected));
  }
}

TEST_P(ProductCodecTest, MoreSegmentsErrLess) {
  constexpr size_t kDim = 16, kRows = 300;
  const std::vector<float> rows = clumped_rows(3, kRows, kDim);
  double last = DBL_MAX;
  for (const size_t segments : {1, 8, 16}) {
    ProductCodec coder = codec(kDim, segments);
    train(coder, rows.data(), kRows);
    const double error = squared_error(CodedRows(coder, rows, kDim).decoded, rows);
    EXPECT_LT(error, 0.95 * last) << segments;
    last = error;
  }
}

TEST_P(ProductCodecTest, TheSeedTellsTheCodebooks) {
  constexpr size_t kDim = 20, kRows = 400;
  const std::vector<float> rows = clumped_rows(4, kRows, kDim);
  const auto learned = [&](uint64_t seed) {
    ProductCodec coder({GetParam().bits, 5, GetParam().rotation, seed}, kDim, metric(), best_kernels());
    train(coder, rows.data(), kRows);
    return coder.parameters();
  };
  EXPECT_EQ(learned(1), learned(1));
  EXPECT_NE(learned(1), learned(2));
}

TEST_P(ProductCodecTest, TrainingTellsHowFarItIs) {
  constexpr size_t kDim = 40, kRows = 300;
  const std::vector<float> rows = clumped_rows(5, kRows, kDim);
  const ProductCodec coder = codec(kDim);
  const std::unique_ptr<CodecTraining> training = coder.train(rows.data(), kRows);
  double share = training->share_done();
  EXPECT_EQ(share, 0);
  for (bool done = false; !done;) {
    done = training->step();
    EXPECT_GE(training->share_done(), share);
    share = training->share_done();
    EXPECT_EQ(share == 1, done);
  }
  EXPECT_EQ(training->take_parameters().size(), coder.parameters().size());
}

TEST_P(ProductCodecTest, DegenerateRowsStayFinite) {
  constexpr size_t kDim = 37;
  std::vector<std::vector<float>> rows(1, std::vector<float>(kDim, 1.0f));
  rows.push_back(rows[0]);
  rows.push_back(std::vector<float>(kDim, -FLT_MAX));
  rows.push_back(std::vector<float>(kDim, FLT_TRUE_MIN));
  rows.push_back(std::vector<float>(kDim, 0.0f));
  rows.back()[5] = FLT_MAX;  // one huge value
  rows.push_back(std::vector<float>(kDim));
  for (size_t i = 0; i < kDim; ++i) rows.back()[i] = i % 2 == 0 ? FLT_MAX : -FLT_MAX;
  if (metric() != Metric::kCosine) rows.push_back(std::vector<float>(kDim, 0.0f));
  Random random(35);
  rows.push_back(extreme_values(random, kDim));
  std::vector<float> flat;
  for (const std::vector<float>& row : rows) flat.insert(flat.end(), row.begin(), row.end());

  // Trained with nothing, with all of them, and with one that tells little of the others.
  for (const size_t trained_rows : {size_t{0}, rows.size(), size_t{1}, size_t{2}}) {
    ProductCodec coder = codec(kDim, 6);
    if (trained_rows > 0) train(coder, flat.data(), trained_rows);
    for (const float value : coder.parameters()) ASSERT_TRUE(std::isfinite(value));
    const CodedRows coded(coder, flat, kDim);  // checks that constants are finite
    for (const float value : coded.decoded) ASSERT_TRUE(std::isfinite(value));
    const std::unique_ptr<CodeScorer> scorer = coder.scorer(flat.data(), rows.size());
    const std::vector<float> scored = coarse(coder, flat, rows.size(), coded);
    for (size_t pair = 0; pair < scored.size(); ++pair) {
      const size_t row = pair % rows.size();
      const float fine = scorer->fine(pair / rows.size(), &coded.codes[row * coder.code_bytes()],
                                      &coded.constants[row * coder.constant_count()]);
      for (const float distance : {scored[pair], fine}) {
        ASSERT_TRUE(std::isfinite(distance));
        ASSERT_TRUE(metric() == Metric::kDot || distance >= 0);
        ASSERT_TRUE(metric() != Metric::kCosine || distance <= 2);
      }
    }
  }
}

TEST_P(ProductCodecTest, FewDistinctRowsAreToldExactly) {
  constexpr size_t kDim = 24, kDistinct = 6, kRows = 60;
  const std::vector<float> distinct = clumped_rows(6, kDistinct, kDim);
  std::vector<float> rows;
  for (size_t row = 0; row < kRows; ++row) {
    const float* of = &distinct[row % kDistinct * kDim];
    rows.insert(rows.end(), of, of + kDim);
  }
  ProductCodec coder = codec(kDim, 6);
  train(coder, rows.data(), kRows);
  const CodedRows coded(coder, rows, kDim);
  for (size_t i = 0; i < rows.size(); ++i) ASSERT_NEAR(coded.decoded[i], rows[i], 1e-5);
}

// A dimension of huge values that are all the same, as an offset, hides nothing of the others.
TEST_P(ProductCodecTest, AConstantHugeDimensionHidesNothing) {
  if (metric() == Metric::kCosine) return;  // it leaves nothing else of rows of unit length
  constexpr size_t kDim = 12, kRows = 16;
  std::vector<float> rows = clumped_rows(7, kRows, kDim);
  for (size_t row = 0; row < kRows; ++row) rows[row * kDim + 3] = 3e38f;
  ProductCodec coder = codec(kDim, 3);
  train(coder, rows.data(), kRows);
  const CodedRows coded(coder, rows, kDim);
  for (size_t i = 0; i < rows.size(); ++i)
    ASSERT_NEAR(coded.decoded[i], rows[i], 1e-5f * std::fabs(rows[i]) + 1e-5f);
}

TEST_P(ProductCodecTest, WideRows) {
  constexpr size_t kDim = 2048, kRows = 40;
  if (GetParam().rotation || GetParam().bits == 8) return;  // as any other dim, only slower
  const std::vector<float> rows = clumped_rows(8, kRows, kDim);
  ProductCodec coder = codec(kDim);
  EXPECT_EQ(coder.code_bytes(), kDim / 8);  // one bit a value
  train(coder, rows.data(), kRows);
  const CodedRows coded(coder, rows, kDim);
  const std::vector<float> scored = coarse(coder, rows, kRows, coded);
  for (size_t row = 0; row < kRows; ++row) {
    const auto first = scored.begin() + static_cast<std::ptrdiff_t>(row * kRows);
    if (metric() != Metric::kDot) {
      EXPECT_EQ(static_cast<size_t>(std::min_element(first, first + kRows) - first), row);
    }
  }
}

TEST_P(ProductCodecTest, TellsConstantsThatNoRowHas) {
  ProductCodec coder = codec(6, 3);
  const std::vector<float> row = {1, 2, 3, 4, 5, 6};
  const CodedRows good(coder, row, 6);
  for (size_t which = 0; which < coder.constant_count(); ++which) {
    for (const float wrong : {NAN, INFINITY, -INFINITY, -1.0f}) {
      std::vector<float> constants = good.constants;
      constants[which] = wrong;
      const bool may_be = std::isfinite(wrong) && metric() == Metric::kDot && which == kCenter;
      EXPECT_EQ(coder.valid(good.codes.data(), constants.data()), may_be) << which << ": " << wrong;
    }
  }
  std::vector<uint8_t> codes(coder.code_bytes(), 0xFF);  // half a byte too many, of 4 bits
  EXPECT_EQ(coder.valid(codes.data(), good.constants.data()), GetParam().bits == 8);
}

// Numbers from a file: finite, but not what any training gives.
TEST_P(ProductCodecTest, AnyFiniteParametersAreSafe) {
  constexpr size_t kDim = 9;
  Random random(9);
  const std::vector<float> rows = clumped_rows(9, 40, kDim);
  for (int trial = 0; trial < 20; ++trial) {
    ProductCodec coder = codec(kDim, 4);
    coder.set_parameters(extreme_values(random, coder.parameters().size()));
    const CodedRows coded(coder, rows, kDim);
    for (const float value : coded.decoded) ASSERT_TRUE(std::isfinite(value));
    for (const float distance : coarse(coder, rows, 40, coded)) ASSERT_TRUE(std::isfinite(distance));
  }
}

std::string name_of(const ::testing::TestParamInfo<Variant>& info) {
  static const char* const kNames[] = {"Cosine", "Euclidean", "Manhattan", "Dot"};
  return kNames[static_cast<size_t>(info.param.metric)] + std::to_string(info.param.bits) + "Bits" +
         (info.param.rotation ? "Rotated" : "");
}

constexpr Variant kVariants[] = {
    {4, false, Metric::kCosine},    {4, true, Metric::kCosine},     {8, false, Metric::kCosine},
    {4, false, Metric::kEuclidean}, {4, true, Metric::kEuclidean},  {8, true, Metric::kEuclidean},
    {4, false, Metric::kManhattan}, {8, false, Metric::kManhattan}, {4, false, Metric::kDot},
    {4, true, Metric::kDot},        {8, false, Metric::kDot},
};
INSTANTIATE_TEST_SUITE_P(Codes, ProductCodecTest, ::testing::ValuesIn(kVariants), name_of);

TEST(ProductCodec, ARotationHalvesTheErrorOfCorrelatedValues) {
  constexpr size_t kDim = 32, kRows = 600, kFactors = 8;
  Random random(10);
  const std::vector<float> factors = uniform_values(random, kFactors * kDim);
  std::vector<float> rows(kRows * kDim);
  for (size_t row = 0; row < kRows; ++row) {
    const std::vector<float> weights = uniform_values(random, kFactors);
    for (size_t i = 0; i < kDim; ++i) {
      for (size_t f = 0; f < kFactors; ++f) rows[row * kDim + i] += weights[f] * factors[f * kDim + i];
    }
  }
  double errors[2];
  for (const bool rotation : {false, true}) {
    ProductCodec coder({4, 8, rotation, 1}, kDim, Metric::kEuclidean, best_kernels());
    train(coder, rows.data(), kRows);
    errors[rotation] = squared_error(CodedRows(coder, rows, kDim).decoded, rows);
  }
  EXPECT_LT(errors[1], 0.5 * errors[0]);
}

TEST(ProductCodec, ChecksItsOptions) {
  const auto made = [](uint32_t bits, uint32_t segments, bool rotation, size_t dim, Metric metric) {
    CodecOptions options;
    options.kind = CodecKind::kProduct;
    options.bits = bits;
    options.segments = segments;
    options.rotation = rotation;
    return make_codec(options, dim, metric, best_kernels()).ok();
  };
  EXPECT_TRUE(made(4, 0, false, 7, Metric::kCosine));
  EXPECT_TRUE(made(8, 7, true, 7, Metric::kDot));
  EXPECT_FALSE(made(4, 8, false, 7, Metric::kCosine));
  EXPECT_FALSE(made(2, 0, false, 7, Metric::kCosine));
  EXPECT_FALSE(made(4, 0, true, 7, Metric::kManhattan));
  EXPECT_FALSE(made(4, 0, true, ProductCodec::kMaxRotatedDim + 1, Metric::kCosine));
}

}  // namespace
}  // namespace vicinal
