#include "quantize/binary_codec.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/saturate.h"
#include "embedding/double_arithmetic.h"
#include "kernels/code_layout.h"
#include "quantize/binary_scorer.h"
#include "quantize/bit_plane.h"
#include "quantize/center_training.h"
#include "quantize/code_packing.h"

namespace vicinal {

using namespace binary_constant;

namespace {

// Cosine of pi * share, 0 <= share <= 1, by its series: the library's takes 5 KB of the module.
double cosine_of_turn(double share) {
  const double nearest = std::min(share, 1 - share);
  const double square = std::numbers::pi * nearest * (std::numbers::pi * nearest);
  double sum = 1;
  double term = 1;
  for (int power = 2; power <= 20; power += 2) {
    term *= -square / (power * (power - 1));
    sum += term;
  }
  return share <= 0.5 ? sum : -sum;
}

}  // namespace

BinaryCodec::BinaryCodec(size_t dim, std::optional<uint64_t> seed, Metric metric, const KernelTable& kernels)
    : dim_(dim), metric_(metric), kernels_(&kernels), center_(dim) {
  assert(metric != Metric::kManhattan);
  if (seed) rotation_.emplace(dim, *seed);
  angle_cosines_.resize(bit_count() + 1);
  for (size_t differing = 0; differing < angle_cosines_.size(); ++differing) {
    const double share = static_cast<double>(differing) / static_cast<double>(bit_count());
    angle_cosines_[differing] = static_cast<float>(cosine_of_turn(share));
  }
}

size_t BinaryCodec::code_bytes() const {
  return bits_row_bytes(bit_count());
}

std::unique_ptr<CodecTraining> BinaryCodec::train(const float* rows, size_t row_count) const {
  return std::make_unique<CenterTraining>(rows, row_count, dim_, metric_);
}

void BinaryCodec::set_parameters(std::vector<float> parameters) {
  assert(parameters.size() == dim_);
  center_ = std::move(parameters);
}

BinaryCodec::Offset BinaryCodec::offset(const float* vector, float* direction) const {
  const double scale = metric_ == Metric::kCosine ? 1 / norm_double(vector, dim_) : 1.0;
  std::vector<double> values(dim_);
  for (size_t i = 0; i < dim_; ++i) values[i] = double{vector[i]} * scale - double{center_[i]};
  const double length = std::sqrt(dot_double(values.data(), values.data(), dim_));
  std::fill_n(direction, bit_count(), 0.0f);
  if (length > 0) {
    const double to_unit = 1 / length;
    for (size_t i = 0; i < dim_; ++i) direction[i] = static_cast<float>(values[i] * to_unit);
    if (rotation_) rotation_->apply(direction);
  }
  return {length, dot_double(values.data(), center_.data(), dim_)};
}

void BinaryCodec::encode(const float* rows, size_t row_count, uint8_t* codes, float* constants) const {
  std::vector<float> direction(bit_count());
  std::vector<uint8_t> is_positive(bit_count());
  for (size_t number = 0; number < row_count; ++number) {
    const float* row = rows + number * dim_;
    const Offset from_center = offset(row, direction.data());
    uint8_t* code = codes + number * code_bytes();
    for (size_t i = 0; i < direction.size(); ++i) is_positive[i] = direction[i] > 0;
    pack_bit_plane(is_positive.data(), is_positive.size(), 0, code);
    double sum = 0;
    for (const float value : direction) sum += double{std::fabs(value)};
    // Of no direction: any will do.
    if (sum == 0) sum = std::sqrt(static_cast<double>(bit_count()));
    float* own = constants + number * constant_count();
    own[kLength] = saturate(from_center.length);
    own[kSharpness] = static_cast<float>(1 / sum);
    if (metric_ == Metric::kCosine) own[kScale] = saturate(norm_double(row, dim_));
    if (metric_ == Metric::kDot) own[kCenterDot] = saturate(from_center.center_dot);
  }
}

void BinaryCodec::decode(const uint8_t* code, const float* constants, float* row) const {
  std::vector<float> signs(bit_count());
  for (size_t i = 0; i < signs.size(); ++i) signs[i] = bit_at(code, i) != 0 ? 1.0f : -1.0f;
  if (rotation_) rotation_->invert(signs.data());
  const double scale = metric_ == Metric::kCosine ? constants[kScale] : 1.0;
  // The multiple of the signs that is nearest to the direction.
  const double step =
      double{constants[kLength]} / (double{constants[kSharpness]} * static_cast<double>(bit_count()));
  for (size_t i = 0; i < dim_; ++i) {
    row[i] = saturate(scale * (double{center_[i]} + step * double{signs[i]}));
  }
}

bool BinaryCodec::valid(const uint8_t* code, const float* constants) const {
  const bool finite =
      std::all_of(constants, constants + constant_count(), [](float x) { return std::isfinite(x); });
  if (!finite || constants[kLength] < 0) return false;
  if (metric_ == Metric::kCosine && constants[kScale] < 0) return false;
  // A direction is of unit length, but for rounding.
  constexpr double kRounding = 1e-4;
  const double sharpness = constants[kSharpness];
  const double lowest = 1 / std::sqrt(static_cast<double>(bit_count()));
  return sharpness >= lowest * (1 - kRounding) && sharpness <= 1 + kRounding &&
         spare_bits_are_zero(code, bit_count(), 1);
}

std::unique_ptr<CodeScorer> BinaryCodec::scorer(const float* queries, size_t query_count) const {
  return make_binary_scorer(*this, queries, query_count);
}

uint64_t BinaryCodec::held_bytes() const {
  return sizeof(*this) + (center_.capacity() + angle_cosines_.capacity()) * sizeof(float) +
         (rotation_ ? rotation_->held_bytes() : 0);
}

}  // namespace vicinal
