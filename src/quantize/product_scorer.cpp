#include "quantize/product_scorer.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "base/saturate.h"
#include "quantize/product_codec.h"
#include "quantize/product_sums.h"

namespace vicinal {
namespace {

using namespace product_constant;

class ProductScorer final : public CodeScorer {
 public:
  ProductScorer(const ProductCodes& codes, const float* queries, size_t query_count)
      : codes_(codes),
        shape_(codes.codebooks->shape()),
        // Codes of 4 bits come in pairs: the last may have none beside it.
        level_count_((shape_.bits == 4 ? 2 * shape_.code_bytes() : shape_.segments) *
                     shape_.centroid_count()),
        value_count_(shape_.segments * shape_.centroid_count()),
        unit_(1 / codes.scale),
        half_square_unit_(unit_ * unit_ / 2),
        queries_(query_count),
        levels_(query_count * level_count_),
        values_(query_count * value_count_) {
    std::vector<float> entered(shape_.dim);
    for (size_t number = 0; number < query_count; ++number) {
      Query& query = queries_[number];
      const double scale = enter(queries + number * shape_.dim, query, entered.data());
      float* values = &values_[number * value_count_];
      if (codes_.metric == Metric::kManhattan) {
        l1_values(entered.data(), scale, values);
      } else {
        codes_.codebooks->dot_tables(entered.data(), values);
        query.unit = codes_.scale / scale;
      }
      round(values, query, &levels_[number * level_count_]);
    }
  }

  void score(const uint8_t* codes, const float* constants, size_t row_count, float* distances) override {
    const size_t group_count = (row_count + kLookupGroupRows - 1) / kLookupGroupRows;
    sums_.resize(std::max(sums_.size(), group_count * kLookupGroupRows));
    for (size_t number = 0; number < queries_.size(); ++number) {
      const uint8_t* levels = &levels_[number * level_count_];
      if (shape_.bits == 4) {
        codes_.kernels->lookup_u4(levels, codes, group_count, shape_.code_bytes(), sums_.data());
      } else {
        lookup_u8(levels, codes, row_count, shape_.segments, sums_.data());
      }
      distances_of_sums(queries_[number], constants, row_count, distances + number * row_count);
    }
  }

  CandidatePlan candidates_for(size_t count, bool rescored) const override {
    if (rescored) return {count + kSpareToRescore, false};
    return {count + count / kSpareShare + kSpareCandidates, true};
  }

  float fine(size_t query, const uint8_t* code, const float* constants) override {
    const float* values = &values_[query * value_count_];
    const double sum = shape_.bits == 4 ? lookup_f32_u4(values, code, shape_.segments)
                                        : lookup_f32_u8(values, code, shape_.segments);
    return distance(queries_[query], sum * queries_[query].unit, constants);
  }

 private:
  // With fewer, the levels of 4-bit tables cost up to 1 % of recall@10 by code alone.
  static constexpr size_t kSpareCandidates = 8;
  static constexpr size_t kSpareShare = 4;
  // For levels that confuse a row with the next.
  static constexpr size_t kSpareToRescore = 4;

  struct Query {
    double square = 0;      // of its residual's length, in the frame
    double center_dot = 0;  // under dot
    double unit = 1;        // of the values, in the frame
    double low_sum = 0;     // of the lowest values of all segments, in the frame
    double step = 0;        // between levels, in the frame
  };

  // The residual of a query in the frame of the rows, but in a scale of its own, which is returned: queries may be as
  // far from the rows as they like.
  double enter(const float* asked, Query& query, float* entered) {
    const ResidualFrame& frame = *codes_.frame;
    const double length = frame.length(asked);
    const double scale = ResidualFrame::scale_for(frame.largest_residual(asked, length));
    frame.enter(asked, 1, &length, &scale, entered);
    const double residual_length = frame.residual_length(asked, length) * codes_.scale;
    query.square = residual_length * residual_length;
    if (codes_.metric == Metric::kDot) query.center_dot = frame.center_dot(asked);
    return scale;
  }

  // Differences, other than products, need both in one scale.
  void l1_values(const float* entered, double scale, float* values) const {
    std::vector<double> residual(shape_.dim), table(value_count_);
    std::transform(entered, entered + shape_.dim, residual.begin(),
                   [&](float value) { return double{value} / scale * codes_.scale; });
    codes_.codebooks->l1_tables(residual.data(), table.data());
    std::transform(table.begin(), table.end(), values, saturate);
  }

  // Levels of the values, with one step for all segments.
  void round(const float* values, Query& query, uint8_t* levels) const {
    const size_t count = shape_.centroid_count();
    std::vector<float> lows(shape_.segments);
    float widest = 0;
    for (size_t segment = 0; segment < shape_.segments; ++segment) {
      const auto [low, high] = range_of(values + segment * count, count);
      lows[segment] = low;
      query.low_sum += low * query.unit;
      widest = std::max(widest, high - low);
    }
    const float last_level = shape_.bits == 4 ? 127 : 255;
    const float to_level = last_level / widest;
    // Beside values of about 1, differences that are nothing.
    if (!(to_level <= FLT_MAX)) return;
    query.step = double{widest} / double{last_level} * query.unit;
    for (size_t segment = 0; segment < shape_.segments; ++segment)
      round_to_levels(values + segment * count, count, lows[segment], to_level, last_level,
                      levels + segment * count);
  }

  void distances_of_sums(const Query& query, const float* constants, size_t row_count,
                         float* distances) const {
    const auto each = [&](auto distance_of) {
      for (size_t row = 0; row < row_count; ++row, constants += codes_.constant_count)
        distances[row] = distance_of(query.low_sum + query.step * sums_[row], constants);
    };
    switch (codes_.metric) {
      case Metric::kCosine:
        return each([&](double sum, const float* of_row) { return cosine(query, sum, of_row); });
      case Metric::kEuclidean:
        return each([&](double sum, const float* of_row) { return euclidean(query, sum, of_row); });
      case Metric::kManhattan:
        return each([&](double sum, const float*) { return manhattan(sum); });
      case Metric::kDot:
        return each([&](double sum, const float* of_row) { return negative_dot(query, sum, of_row); });
    }
  }

  float distance(const Query& query, double sum, const float* constants) const {
    switch (codes_.metric) {
      case Metric::kCosine:
        return cosine(query, sum, constants);
      case Metric::kEuclidean:
        return euclidean(query, sum, constants);
      case Metric::kManhattan:
        return manhattan(sum);
      case Metric::kDot:
        return negative_dot(query, sum, constants);
    }
    return 0;
  }

  // Squared distance, in the frame.
  static double square(const Query& query, double sum, const float* constants) {
    const double length = constants[kLength];
    return std::max(query.square + length * length - 2 * sum * double{constants[kStretch]}, 0.0);
  }
  float cosine(const Query& query, double sum, const float* constants) const {
    return static_cast<float>(std::min(square(query, sum, constants) * half_square_unit_, 2.0));
  }
  float euclidean(const Query& query, double sum, const float* constants) const {
    return saturate(std::sqrt(square(query, sum, constants)) * unit_);
  }
  float manhattan(double sum) const { return saturate(sum * unit_); }
  float negative_dot(const Query& query, double sum, const float* constants) const {
    const double shared = sum * double{constants[kStretch]} * unit_ * unit_;
    return saturate(0.0 - (query.center_dot + double{constants[kCenter]} + shared));
  }

  ProductCodes codes_;
  ProductShape shape_;
  size_t level_count_;
  size_t value_count_;
  double unit_;              // of the frame
  double half_square_unit_;  // of the frame, under cosine
  std::vector<Query> queries_;
  std::vector<uint8_t> levels_;  // [query_count x segments x centroid_count], and what fills the last byte
  std::vector<float> values_;    // [query_count x segments x centroid_count]
  std::vector<uint32_t> sums_;   // [rows of whole groups] of a block
};

}  // namespace

// Not inlined, since its caller is built to be small.
[[gnu::noinline]] std::unique_ptr<CodeScorer> make_product_scorer(const ProductCodes& codes,
                                                                  const float* queries, size_t query_count) {
  return std::make_unique<ProductScorer>(codes, queries, query_count);
}

}  // namespace vicinal
