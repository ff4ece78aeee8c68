#include "quantize/scalar_codec.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/saturate.h"
#include "embedding/double_arithmetic.h"
#include "quantize/affine_fit.h"
#include "quantize/center_training.h"
#include "quantize/code_packing.h"
#include "quantize/common_grid_training.h"
#include "quantize/scalar_pair_scorer.h"

namespace vicinal {

using namespace scalar_constant;

ScalarCodec::ScalarCodec(size_t dim, uint32_t bits, float quantile, Metric metric, const KernelTable& kernels)
    : dim_(dim),
      bits_(bits),
      quantile_(quantile),
      metric_(metric),
      kernels_(&kernels),
      parameters_(dim + (quantile > 0 ? kGridCount : 0)) {}

size_t ScalarCodec::code_bytes() const {
  return packed_bytes(dim_, bits_);
}

size_t ScalarCodec::constant_count() const {
  const size_t grid_count = has_common_grid() ? 0 : kGridCount;
  if (metric_ == Metric::kCosine) return grid_count + kScale + 1;
  return grid_count + (metric_ == Metric::kEuclidean ? kNorm : kCodeSum) + 1;
}

std::unique_ptr<CodecTraining> ScalarCodec::train(const float* rows, size_t row_count) const {
  if (!has_common_grid()) return std::make_unique<CenterTraining>(rows, row_count, dim_, metric_);
  return std::make_unique<CommonGridTraining>(rows, row_count, dim_, metric_, quantile_, level_count());
}

void ScalarCodec::set_parameters(std::vector<float> parameters) {
  assert(parameters.size() == parameters_.size());
  parameters_ = std::move(parameters);
  if (has_common_grid()) parameters_[dim_ + kStep] = std::max(parameters_[dim_ + kStep], 0.0f);
}

void ScalarCodec::encode(const float* rows, size_t row_count, uint8_t* codes, float* constants) const {
  std::vector<double> residual(dim_);
  std::vector<uint8_t> levels(dim_);
  for (size_t row = 0; row < row_count; ++row) {
    encode_row(rows + row * dim_, codes + row * code_bytes(), constants + row * constant_count(), residual,
               levels);
  }
}

void ScalarCodec::encode_row(const float* row, uint8_t* code, float* constants, std::vector<double>& residual,
                             std::vector<uint8_t>& levels) const {
  const double scale = metric_ == Metric::kCosine ? norm_double(row, dim_) : 1.0;
  for (size_t i = 0; i < dim_; ++i) residual[i] = double{row[i]} / scale - double{center()[i]};
  AffineGrid grid;
  if (has_common_grid()) {
    grid = {parameters_[dim_ + kLow], parameters_[dim_ + kStep]};
  } else {
    grid = bits_ == 8 ? span_grid(residual.data(), dim_, level_count())
                      : least_squares_grid(residual.data(), dim_, level_count());
    constants[kLow] = grid.low;
    constants[kStep] = grid.step;
    constants += kGridCount;
  }
  const NearestLevel nearest_level(grid, level_count());
  uint64_t level_sum = 0;
  uint64_t level_square_sum = 0;
  for (size_t i = 0; i < dim_; ++i) {
    const uint32_t level = nearest_level(residual[i]);
    levels[i] = static_cast<uint8_t>(level);
    level_sum += level;
    level_square_sum += uint64_t{level} * level;
  }
  pack_codes(levels.data(), dim_, bits_, code);

  constants[kCodeSum] = static_cast<float>(level_sum);
  if (metric_ == Metric::kCosine) {
    double square_sum = 0;
    for (size_t i = 0; i < dim_; ++i) {
      const double value = double{center()[i]} + double{grid.low} + double{grid.step} * levels[i];
      square_sum += value * value;
    }
    constants[kNorm] = saturate(std::sqrt(square_sum));
    constants[kScale] = saturate(scale);
  } else if (metric_ == Metric::kEuclidean) {
    const double sum = static_cast<double>(level_sum);
    const double spread = static_cast<double>(level_square_sum) - sum * sum / static_cast<double>(dim_);
    constants[kNorm] = saturate(double{grid.step} * std::sqrt(std::max(spread, 0.0)));
  }
}

void ScalarCodec::decode(const uint8_t* code, const float* constants, float* row) const {
  std::vector<uint8_t> levels(dim_);
  unpack_codes(code, dim_, bits_, *kernels_, levels.data());
  const double scale = metric_ == Metric::kCosine ? after_grid(constants)[kScale] : 1.0;
  const double low = grid_of(constants)[kLow];
  const double step = grid_of(constants)[kStep];
  for (size_t i = 0; i < dim_; ++i) row[i] = saturate(scale * (double{center()[i]} + low + step * levels[i]));
}

bool ScalarCodec::valid(const uint8_t* code, const float* constants) const {
  const float* end = constants + constant_count();
  const bool finite = std::all_of(constants, end, [](float x) { return std::isfinite(x); });
  // All but the low end are lengths, or sums of what is not negative.
  const bool positive =
      std::all_of(has_common_grid() ? constants : constants + kStep, end, [](float x) { return x >= 0; });
  const double largest_sum = static_cast<double>(dim_) * (level_count() - 1);
  return finite && positive && after_grid(constants)[kCodeSum] <= largest_sum &&
         spare_bits_are_zero(code, dim_, bits_);
}

ScalarCodeShape ScalarCodec::shape() const {
  const float* common_grid = has_common_grid() ? parameters_.data() + dim_ : nullptr;
  return {dim_, bits_, metric_, constant_count(), center(), common_grid, kernels_};
}

std::unique_ptr<CodeScorer> ScalarCodec::scorer(const float* queries, size_t query_count) const {
  return make_scalar_scorer(shape(), queries, query_count);
}

std::unique_ptr<CodePairScorer> ScalarCodec::pair_scorer() const {
  if (bits_ < 4 || metric_ == Metric::kManhattan) return nullptr;
  return make_scalar_pair_scorer(shape());
}

float ScalarCodec::pair_constant(const uint8_t* code, const float* constants) const {
  return scalar_pair_constant(shape(), code, constants);
}

uint64_t ScalarCodec::held_bytes() const {
  return sizeof(*this) + parameters_.capacity() * sizeof(float);
}

}  // namespace vicinal
