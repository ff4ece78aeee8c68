#include "quantize/scalar_scorer.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "base/all_finite.h"
#include "base/saturate.h"
#include "embedding/double_arithmetic.h"
#include "quantize/code_packing.h"
#include "quantize/query_planes.h"
#include "quantize/scalar_codec.h"
#include "quantize/scalar_row_constants.h"

namespace vicinal {
namespace {

// In four sums, which do not wait for one another.
template <typename Term>
double sum_of(size_t count, Term term) {
  double sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) sums[lane] += term(i + lane);
  }
  for (; i < count; ++i) sums[0] += term(i);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// A query as its distances need it, on one of its grids: coefficients of what is known of a row. Products are those
// of the kernels.
class QueryTerms {
 public:
  /// sum            of its values: of unit length (cosine), less the center (euclidean)
  /// center_dot     with the center (cosine, dot)
  /// spread_square  sum((value - mean)^2) (euclidean)
  QueryTerms(double dim, double sum, double center_dot, double spread_square, const QueryGrid& grid)
      : dim_(dim),
        inverse_dim_(1 / dim),
        sum_(sum),
        mean_(sum / dim),
        center_dot_(center_dot),
        spread_square_(spread_square),
        step_(grid.step),
        shift_(grid.step * grid.offset),
        level_mean_(grid.step * grid.level_sum / dim),
        sum_share_(mean_ - level_mean_) {}

  float cosine(double product, const RowConstants& rows, size_t row) const {
    const double norm = rows.norm(row);
    const double similarity = inner_product(product, rows, row) / norm;
    const double bounded = std::min(std::max(similarity, -1.0), 1.0);
    return static_cast<float>(1.0 - (norm > 0 ? bounded : 0.0));
  }

  // Cosine distances in float, which tells rows apart far better than the coarse grid of a query does, and whether they
  // could be told in it.
  bool rough_cosines(const int32_t* products, const RowConstants& rows, size_t row_count,
                     float* distances) const {
    const float center_dot = float_or_infinity(center_dot_);
    const float sum = float_or_infinity(sum_);
    const float step = float_or_infinity(step_);
    const float shift = float_or_infinity(shift_);
    const float sum_share = float_or_infinity(sum_share_);
    for (size_t row = 0; row < row_count; ++row) {
      const auto narrow = [](double value) { return static_cast<float>(value); };  // from float, and back
      const float levels =
          step * static_cast<float>(products[row]) + shift + sum_share * narrow(rows.code_sum(row));
      const float product = center_dot + sum * narrow(rows.low(row)) + narrow(rows.step(row)) * levels;
      distances[row] = product / narrow(rows.norm(row));
    }
    if (!all_finite(distances, row_count)) return false;
    for (size_t row = 0; row < row_count; ++row)
      distances[row] = 1.0f - std::min(std::max(distances[row], -1.0f), 1.0f);
    return true;
  }

  float dot(double product, const RowConstants& rows, size_t row) const {
    return saturate(0.0 - inner_product(product, rows, row));
  }

  float euclidean(double product, const RowConstants& rows, size_t row) const {
    const double norm = rows.norm(row);
    const double mean_difference = mean_ - row_mean(rows, row);
    const double square = dim_ * mean_difference * mean_difference + spread_square_ + norm * norm -
                          2 * shared(product, rows, row);
    return saturate(std::sqrt(std::max(square, 0.0)));
  }

 private:
  double row_mean(const RowConstants& rows, size_t row) const {
    return rows.low(row) + rows.step(row) * (rows.code_sum(row) * inverse_dim_);
  }
  // step * sum((q - mean(q)) * (c - mean(c)))
  double shared(double product, const RowConstants& rows, size_t row) const {
    return rows.step(row) * (step_ * product + shift_ - level_mean_ * rows.code_sum(row));
  }
  // center_dot + sum(q) * row_mean + shared
  double inner_product(double product, const RowConstants& rows, size_t row) const {
    return center_dot_ + sum_ * rows.low(row) +
           rows.step(row) * (step_ * product + shift_ + sum_share_ * rows.code_sum(row));
  }

  double dim_, inverse_dim_, sum_, mean_, center_dot_, spread_square_;
  double step_, shift_, level_mean_;
  double sum_share_;  // of the sum of a row's codes
};

// Cosine, dot and euclidean, by integer dot products.
class DotScorer final : public CodeScorer {
 public:
  DotScorer(const ScalarCodeShape& shape, const float* queries, size_t query_count)
      : shape_(shape), planes_(shape.dim, shape.bits, query_count) {
    coarse_.reserve(query_count);
    fine_.reserve(query_count);
    std::vector<double> values(shape.dim);
    for (size_t number = 0; number < query_count; ++number) {
      add_query(number, queries + number * shape.dim, values);
    }
  }

  void score(const uint8_t* codes, const float* constants, size_t row_count, float* distances) override {
    products_.resize(std::max(products_.size(), coarse_.size() * row_count));
    planes_.dot_coarse(codes, row_count, *shape_.kernels, products_.data());
    const RowConstants rows(shape_, constants);
    for (size_t number = 0; number < coarse_.size(); ++number) {
      const int32_t* products = products_.data() + number * row_count;
      finish_coarse(coarse_[number], products, rows, row_count, distances + number * row_count);
    }
  }

  void score_scattered(const uint8_t* const* codes, const float* const* constants, size_t row_count,
                       float* distances) override {
    products_.resize(std::max(products_.size(), row_count));
    // Copied before the codes are read, so that the memory of both is waited for together.
    const size_t stride = shape_.constant_count;
    constants_.resize(std::max(constants_.size(), row_count * stride));
    for (size_t row = 0; row < row_count; ++row) {
      for (size_t i = 0; i < stride; ++i) constants_[row * stride + i] = constants[row][i];
    }
    planes_.dot_coarse_scattered(codes, row_count, *shape_.kernels, products_.data());
    finish_coarse(coarse_[0], products_.data(), RowConstants(shape_, constants_.data()), row_count,
                  distances);
  }

  CandidatePlan candidates_for(size_t count, bool rescored) const override {
    if (!planes_.has_fine()) return {count, false};
    if (rescored) return {count + kSpareToRescore, false};
    return {count + count / kSpareShare + kSpareCandidates, true};
  }

  float fine(size_t query, const uint8_t* code, const float* constants) override {
    const double product = static_cast<double>(planes_.dot_fine(query, code, *shape_.kernels));
    float distance;
    finish(fine_[query], &product, RowConstants(shape_, constants), 1, &distance);
    return distance;
  }

 private:
  // A scan on the coarse grid confuses few rows.
  static constexpr size_t kSpareCandidates = 32;
  static constexpr size_t kSpareShare = 4;
  static constexpr size_t kSpareToRescore = 4;

  void add_query(size_t number, const float* query, std::vector<double>& values) {
    const size_t dim = shape_.dim;
    const double scale = shape_.metric == Metric::kCosine ? 1 / norm_double(query, dim) : 1.0;
    for (size_t i = 0; i < dim; ++i) values[i] = double{query[i]} * scale;
    if (shape_.metric == Metric::kEuclidean) {
      for (size_t i = 0; i < dim; ++i) values[i] -= double{shape_.center[i]};
    }
    const double center_dot = dot_double(values.data(), shape_.center, dim);
    const double sum = sum_of(dim, [&](size_t i) { return values[i]; });
    const double mean = sum / static_cast<double>(dim);
    const double spread_square =
        sum_of(dim, [&](size_t i) { return (values[i] - mean) * (values[i] - mean); });
    planes_.set_query(number, values.data());
    const double count = static_cast<double>(dim);
    coarse_.emplace_back(count, sum, center_dot, spread_square, planes_.coarse(number));
    fine_.emplace_back(count, sum, center_dot, spread_square, planes_.fine(number));
  }

  // A function of its own, called per block: engines put optimised code in place only between calls.
  [[gnu::noinline]] void finish_coarse(const QueryTerms& query, const int32_t* products,
                                       const RowConstants& rows, size_t row_count, float* distances) const {
    const bool rough = shape_.metric == Metric::kCosine && planes_.has_fine();
    if (rough && query.rough_cosines(products, rows, row_count, distances)) return;
    finish(query, products, rows, row_count, distances);
  }

  template <typename Product>
  void finish(const QueryTerms& query, const Product* products, const RowConstants& rows, size_t row_count,
              float* distances) const {
    switch (shape_.metric) {
      case Metric::kEuclidean:
        for (size_t row = 0; row < row_count; ++row) {
          distances[row] = query.euclidean(static_cast<double>(products[row]), rows, row);
        }
        break;
      case Metric::kDot:
        for (size_t row = 0; row < row_count; ++row) {
          distances[row] = query.dot(static_cast<double>(products[row]), rows, row);
        }
        break;
      default:
        for (size_t row = 0; row < row_count; ++row) {
          distances[row] = query.cosine(static_cast<double>(products[row]), rows, row);
        }
    }
  }

  ScalarCodeShape shape_;
  QueryPlanes planes_;
  std::vector<QueryTerms> coarse_;  // [query_count]
  std::vector<QueryTerms> fine_;    // [query_count]
  std::vector<int32_t> products_;   // [query_count x row_count] of a block
  std::vector<float> constants_;    // [row_count x constant_count] of scattered rows
};

// Manhattan, on codes unpacked to bytes.
class L1Scorer final : public CodeScorer {
 public:
  L1Scorer(const ScalarCodeShape& shape, const float* queries, size_t query_count)
      : shape_(shape), query_count_(query_count), queries_(query_count * shape.dim) {
    for (size_t i = 0; i < queries_.size(); ++i) {
      queries_[i] = saturate(double{queries[i]} - double{shape.center[i % shape.dim]});
    }
  }

  void score(const uint8_t* codes, const float* constants, size_t row_count, float* distances) override {
    const size_t dim = shape_.dim;
    levels_.resize(std::max(levels_.size(), row_count * dim));
    lows_.resize(std::max(lows_.size(), row_count));
    steps_.resize(std::max(steps_.size(), row_count));
    const size_t code_bytes = packed_bytes(dim, shape_.bits);
    const RowConstants rows(shape_, constants);
    for (size_t row = 0; row < row_count; ++row) {
      unpack_codes(codes + row * code_bytes, dim, shape_.bits, *shape_.kernels, &levels_[row * dim]);
      lows_[row] = static_cast<float>(rows.low(row));
      steps_[row] = static_cast<float>(rows.step(row));
    }
    for (size_t number = 0; number < query_count_; ++number) {
      float* out = distances + number * row_count;
      shape_.kernels->l1_affine_u8(&queries_[number * dim], levels_.data(), lows_.data(), steps_.data(),
                                   row_count, dim, out);
      // Infinite, where the sum is past the range of float. Never NaN: a query is finite, and low is too.
      for (size_t row = 0; row < row_count; ++row) out[row] = std::min(out[row], FLT_MAX);
    }
  }

 private:
  ScalarCodeShape shape_;
  size_t query_count_;
  std::vector<float> queries_;   // [query_count x dim] less the center
  std::vector<uint8_t> levels_;  // [row_count x dim] of a block
  std::vector<float> lows_;      // [row_count] of a block
  std::vector<float> steps_;     // [row_count] of a block
};

}  // namespace

// Not inlined, since its caller is built to be small.
[[gnu::noinline]] std::unique_ptr<CodeScorer> make_scalar_scorer(const ScalarCodeShape& shape,
                                                                 const float* queries, size_t query_count) {
  if (shape.metric == Metric::kManhattan) return std::make_unique<L1Scorer>(shape, queries, query_count);
  return std::make_unique<DotScorer>(shape, queries, query_count);
}

}  // namespace vicinal
