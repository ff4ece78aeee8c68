#include "quantize/scalar_scorer.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "base/saturate.h"
#include "embedding/double_arithmetic.h"
#include "quantize/code_packing.h"
#include "quantize/query_planes.h"
#include "quantize/scalar_codec.h"

namespace vicinal {
namespace {

using namespace scalar_constant;

// Cosine, dot and euclidean, by integer dot products.
class DotScorer final : public CodeScorer {
 public:
  DotScorer(const ScalarCodeShape& shape, const float* queries, size_t query_count)
      : shape_(shape), planes_(shape.dim, shape.bits, query_count) {
    queries_.reserve(query_count);
    std::vector<double> values(shape.dim);
    for (size_t number = 0; number < query_count; ++number) {
      add_query(queries + number * shape.dim, values);
      planes_.set_query(number, values.data());
    }
  }

  void score(const uint8_t* codes, const float* constants, size_t row_count, float* distances) override {
    products_.resize(std::max(products_.size(), queries_.size() * row_count));
    planes_.dot(codes, row_count, *shape_.kernels, products_.data());
    for (size_t number = 0; number < queries_.size(); ++number) {
      for (size_t row = 0; row < row_count; ++row) {
        const size_t index = number * row_count + row;
        distances[index] =
            distance(number, static_cast<double>(products_[index]), constants + row * shape_.constant_count);
      }
    }
  }

 private:
  struct Query {
    double sum = 0;            // of its values: of unit length (cosine), less the center (euclidean)
    double center_dot = 0;     // with the center (cosine, dot)
    double spread_square = 0;  // sum((value - mean)^2) (euclidean)
  };

  // Notes what the scores need of a query, and writes the values that go on its grid.
  void add_query(const float* query, std::vector<double>& values) {
    const size_t dim = shape_.dim;
    const double scale = shape_.metric == Metric::kCosine ? norm_double(query, dim) : 1.0;
    const bool less_center = shape_.metric == Metric::kEuclidean;
    Query noted;
    for (size_t i = 0; i < dim; ++i) {
      values[i] = double{query[i]} / scale - (less_center ? double{shape_.center[i]} : 0.0);
      noted.sum += values[i];
    }
    noted.center_dot = dot_double(values.data(), shape_.center, dim);
    const double mean = noted.sum / static_cast<double>(dim);
    for (const double value : values) noted.spread_square += (value - mean) * (value - mean);
    queries_.push_back(noted);
  }

  float distance(size_t number, double product, const float* constants) const {
    const Query& query = queries_[number];
    const double dim = static_cast<double>(shape_.dim);
    const double code_sum = constants[kCodeSum];
    const double step = constants[kStep];
    const double row_mean = constants[kLow] + step * code_sum / dim;
    const double shared =
        step * planes_.step(number) * (product - planes_.level_sum(number) * code_sum / dim);
    if (shape_.metric == Metric::kEuclidean) {
      const double norm = constants[kNorm];
      const double mean_difference = query.sum / dim - row_mean;
      const double square =
          dim * mean_difference * mean_difference + query.spread_square + norm * norm - 2 * shared;
      return saturate(std::sqrt(std::max(square, 0.0)));
    }
    const double inner_product = query.center_dot + query.sum * row_mean + shared;
    if (shape_.metric == Metric::kDot) return saturate(0.0 - inner_product);
    const double norm = constants[kNorm];
    return static_cast<float>(1.0 - (norm > 0 ? std::clamp(inner_product / norm, -1.0, 1.0) : 0.0));
  }

  ScalarCodeShape shape_;
  QueryPlanes planes_;
  std::vector<Query> queries_;
  std::vector<int64_t> products_;  // [query_count x row_count] of a block
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
    for (size_t row = 0; row < row_count; ++row) {
      unpack_codes(codes + row * code_bytes, dim, shape_.bits, *shape_.kernels, &levels_[row * dim]);
      lows_[row] = constants[row * shape_.constant_count + kLow];
      steps_[row] = constants[row * shape_.constant_count + kStep];
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

std::unique_ptr<CodeScorer> make_scalar_scorer(const ScalarCodeShape& shape, const float* queries,
                                               size_t query_count) {
  if (shape.metric == Metric::kManhattan) return std::make_unique<L1Scorer>(shape, queries, query_count);
  return std::make_unique<DotScorer>(shape, queries, query_count);
}

}  // namespace vicinal
