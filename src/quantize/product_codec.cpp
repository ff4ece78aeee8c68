#include "quantize/product_codec.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/saturate.h"
#include "embedding/double_arithmetic.h"
#include "quantize/product_scorer.h"

namespace vicinal {

using namespace product_constant;

namespace {

// Rows encoded together.
constexpr size_t kBlockRows = 64;

// Rows to train with, for each centroid: with half as many the error is 1 to 2 % larger.
constexpr size_t kRowsPerCentroid4 = 256;
constexpr size_t kRowsPerCentroid8 = 64;
// A rotation wants several rows for each dimension, too.
constexpr size_t kRowsPerRotatedDim = 8;

}  // namespace

ProductCodec::ProductCodec(const ProductOptions& options, size_t dim, Metric metric,
                           const KernelTable& kernels)
    : shape_{dim,
             options.segments == 0 ? ProductShape::default_segments(dim, options.bits) : options.segments,
             options.bits},
      metric_(metric),
      has_rotation_(options.rotation),
      seed_(options.seed),
      kernels_(&kernels),
      places_(shape_, has_rotation_) {
  assert(options.bits == 4 || options.bits == 8);
  assert(shape_.segments <= dim && (!has_rotation_ || dim <= kMaxRotatedDim));
  set_parameters(std::vector<float>(places_.size));
}

size_t ProductCodec::constant_count() const {
  switch (metric_) {
    case Metric::kCosine:
      return kScale + 1;
    case Metric::kManhattan:
      return 0;
    default:
      return kLength + 1;
  }
}

Codec::SampleSize ProductCodec::sample_size() const {
  const size_t count = shape_.centroid_count();
  const size_t for_codebooks = count * (shape_.bits == 4 ? kRowsPerCentroid4 : kRowsPerCentroid8);
  const size_t for_rotation = has_rotation_ ? shape_.dim * kRowsPerRotatedDim : 0;
  return {4 * count, std::max(for_codebooks, for_rotation)};
}

std::unique_ptr<CodecTraining> ProductCodec::train(const float* rows, size_t row_count) const {
  return std::make_unique<ProductTraining>(shape_, metric_, has_rotation_, seed_, rows, row_count);
}

void ProductCodec::set_parameters(std::vector<float> parameters) {
  assert(parameters.size() == places_.size);
  parameters_ = std::move(parameters);
  const float* rotation = has_rotation_ ? &parameters_[places_.rotation] : nullptr;
  frame_ = ResidualFrame(metric_, &parameters_[ProductParameters::center], shape_.dim, rotation);
  double largest = 0;
  for (size_t i = places_.codebooks; i < places_.size; ++i)
    largest = std::max(largest, std::fabs(double{parameters_[i]}));
  scale_ = ResidualFrame::scale_for(largest);
  codebooks_ = std::make_unique<ProductCodebooks>(shape_, &parameters_[places_.codebooks], scale_);
}

void ProductCodec::encode(const float* rows, size_t row_count, uint8_t* codes, float* constants) const {
  for (size_t first = 0; first < row_count; first += kBlockRows) {
    encode_block(rows + first * shape_.dim, std::min(kBlockRows, row_count - first),
                 codes + first * code_bytes(), constants + first * constant_count());
  }
}

void ProductCodec::encode_block(const float* rows, size_t row_count, uint8_t* codes, float* constants) const {
  const size_t dim = shape_.dim;
  std::vector<double> lengths(row_count);
  for (size_t row = 0; row < row_count; ++row) lengths[row] = frame_.length(rows + row * dim);
  const std::vector<double> scales(row_count, scale_);
  std::vector<float> residuals(row_count * dim);
  frame_.enter(rows, row_count, lengths.data(), scales.data(), residuals.data());
  codebooks_->encode(residuals.data(), row_count, codes);
  if (metric_ == Metric::kManhattan) return;

  std::vector<double> coded(dim);
  for (size_t row = 0; row < row_count; ++row, constants += constant_count()) {
    codebooks_->decode(codes + row * code_bytes(), coded.data());
    const double coded_length = std::sqrt(dot_double(coded.data(), coded.data(), dim));
    const double length = norm_double(&residuals[row * dim], dim);
    constants[kStretch] = coded_length > 0 ? saturate(length / coded_length) : 1.0f;
    constants[kLength] = saturate(frame_.residual_length(rows + row * dim, lengths[row]) * scale_);
    if (metric_ == Metric::kDot) constants[kCenter] = saturate(frame_.center_dot_residual(rows + row * dim));
    if (metric_ == Metric::kCosine) constants[kScale] = saturate(lengths[row]);
  }
}

void ProductCodec::decode(const uint8_t* code, const float* constants, float* row) const {
  std::vector<double> residual(shape_.dim);
  codebooks_->decode(code, residual.data());
  frame_.leave(residual.data(), metric_ == Metric::kCosine ? double{constants[kScale]} : 1.0, scale_, row);
}

bool ProductCodec::valid(const uint8_t* code, const float* constants) const {
  for (size_t i = 0; i < constant_count(); ++i) {
    const bool is_length = metric_ != Metric::kDot || i != kCenter;
    if (!std::isfinite(constants[i]) || (is_length && constants[i] < 0)) return false;
  }
  // Codes name centroids, whatever they are; half a byte may name none.
  const bool has_spare_half = shape_.bits == 4 && shape_.segments % 2 != 0;
  return !has_spare_half || code[code_bytes() - 1] < 16;
}

void ProductCodec::put_in_group(uint8_t* group, size_t index, const uint8_t* code) const {
  for (size_t byte = 0; byte < code_bytes(); ++byte) group[byte * group_rows() + index] = code[byte];
}

void ProductCodec::take_from_group(const uint8_t* group, size_t index, uint8_t* code) const {
  for (size_t byte = 0; byte < code_bytes(); ++byte) code[byte] = group[byte * group_rows() + index];
}

std::unique_ptr<CodeScorer> ProductCodec::scorer(const float* queries, size_t query_count) const {
  return make_product_scorer({metric_, constant_count(), scale_, &frame_, codebooks_.get(), kernels_},
                             queries, query_count);
}

uint64_t ProductCodec::held_bytes() const {
  return sizeof(*this) + parameters_.capacity() * sizeof(float) + frame_.held_bytes() +
         codebooks_->held_bytes();
}

}  // namespace vicinal
