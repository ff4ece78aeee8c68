#include "quantize/scalar_pair_scorer.h"

#include <algorithm>
#include <vector>

#include "base/saturate.h"
#include "embedding/double_arithmetic.h"
#include "quantize/code_packing.h"
#include "quantize/scalar_row_constants.h"

namespace vicinal {
namespace {

// Codes of 8 bits are stored less this (code_packing.h).
constexpr double kSignedOffset = 128;

// Halves codes of 8 bits as they are stored. Returns the sum of the halves, below 2^23.
uint32_t halve(const uint8_t* stored, size_t dim, uint8_t* halves) {
  uint32_t sum = 0;
  for (size_t i = 0; i < dim; ++i) {
    halves[i] = static_cast<uint8_t>((stored[i] ^ 0x80u) >> 1);
    sum += halves[i];
  }
  return sum;
}

class ScalarPairScorer final : public CodePairScorer {
 public:
  explicit ScalarPairScorer(const ScalarCodeShape& shape)
      : shape_(shape), dim_(static_cast<double>(shape.dim)), center_square_(0), levels_(shape.dim) {
    for (size_t i = 0; i < shape.dim; ++i)
      center_square_ += double{shape.center[i]} * double{shape.center[i]};
  }

  void move_to(const uint8_t* code, const float* constants, float pair_constant) override {
    const RowConstants row(shape_, constants);
    double level_step = row.step(0);
    double level_sum = row.code_sum(0);
    double offset = 0;
    if (shape_.bits == 8) {
      level_sum = halve(code, shape_.dim, levels_.data());
      level_step *= 2;
      offset = kSignedOffset;
    } else {
      unpack_codes(code, shape_.dim, shape_.bits, *shape_.kernels, levels_.data());
    }
    step_ = level_step;
    shift_ = level_step * offset * level_sum;
    level_mean_ = level_step * level_sum / dim_;
    mean_ = mean_of(row);
    norm_ = shape_.metric == Metric::kDot ? 0 : row.norm(0);
    with_center_ = center_square_ + double{pair_constant};
  }

  void score(const uint8_t* const* codes, const float* const* constants, const float* pair_constants,
             size_t row_count, float* distances) override {
    products_.resize(std::max(products_.size(), row_count));
    const int8_t* levels = reinterpret_cast<const int8_t*>(levels_.data());
    if (shape_.bits == 8) {
      shape_.kernels->dot_i8.scattered(levels, reinterpret_cast<const int8_t* const*>(codes), row_count,
                                       shape_.dim, products_.data());
    } else {
      shape_.kernels->dot_u4.scattered(levels, codes, row_count, shape_.dim, products_.data());
    }
    for (size_t i = 0; i < row_count; ++i) {
      const RowConstants row(shape_, constants[i]);
      const double mean = mean_of(row);
      // step_a * step_b * sum((c_a - mean(c_a)) * (c_b - mean(c_b)))
      const double shared = row.step(0) * (step_ * products_[i] + shift_ - level_mean_ * row.code_sum(0));
      if (shape_.metric == Metric::kEuclidean) {
        const double norm = row.norm(0);
        const double square =
            dim_ * (mean_ - mean) * (mean_ - mean) + norm_ * norm_ + norm * norm - 2 * shared;
        distances[i] = saturate(std::max(square, 0.0));
      } else {
        const double product = with_center_ + double{pair_constants[i]} + dim_ * mean_ * mean + shared;
        distances[i] = shape_.metric == Metric::kDot ? saturate(0.0 - product) : cosine(product, row.norm(0));
      }
    }
  }

 private:
  double mean_of(const RowConstants& row) const {
    return row.low(0) + row.step(0) * (row.code_sum(0) / dim_);
  }
  float cosine(double product, double norm) const {
    const double norms = norm_ * norm;
    const double bounded = norms > 0 ? std::clamp(product / norms, -1.0, 1.0) : 0.0;
    return static_cast<float>(1.0 - bounded);
  }

  ScalarCodeShape shape_;
  double dim_;
  double center_square_;
  std::vector<uint8_t> levels_;  // [dim] of the row that is measured from
  double step_ = 0, shift_ = 0, level_mean_ = 0, mean_ = 0, norm_ = 0, with_center_ = 0;
  std::vector<int32_t> products_;
};

}  // namespace

std::unique_ptr<CodePairScorer> make_scalar_pair_scorer(const ScalarCodeShape& shape) {
  return std::make_unique<ScalarPairScorer>(shape);
}

float scalar_pair_constant(const ScalarCodeShape& shape, const uint8_t* code, const float* constants) {
  if (shape.metric == Metric::kEuclidean) return 0;
  std::vector<uint8_t> levels(shape.dim);
  unpack_codes(code, shape.dim, shape.bits, *shape.kernels, levels.data());
  const RowConstants row(shape, constants);
  double sum = 0;
  for (size_t i = 0; i < shape.dim; ++i)
    sum += double{shape.center[i]} * (row.low(0) + row.step(0) * levels[i]);
  return saturate(sum);
}

}  // namespace vicinal
