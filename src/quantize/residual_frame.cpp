#include "quantize/residual_frame.h"

#include <algorithm>
#include <cmath>

#include "base/saturate.h"
#include "embedding/double_arithmetic.h"

namespace vicinal {
namespace {

// Rows may be so much farther from the center than what the scale was chosen for: the squares of 2^16 such values, and
// of sums of 2^16, are far from the end of the range of float.
constexpr double kFarthest = 0x1p30;

}  // namespace

ResidualFrame::ResidualFrame(Metric metric, const float* center, size_t dim, const float* rotation)
    : unit_length_(metric == Metric::kCosine), center_(center, center + dim) {
  if (rotation != nullptr) rotation_ = RotationMatrix(rotation, dim);
}

double ResidualFrame::length(const float* row) const {
  return unit_length_ ? norm_double(row, dim()) : 1.0;
}

double ResidualFrame::scale_for(double largest) {
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, -exponent);
}

double ResidualFrame::largest_residual(const float* row, double length) const {
  const double inverse_length = 1 / length;
  // Two, which do not wait for each other.
  double largest[2] = {};
  for (size_t i = 0; i < dim(); ++i)
    largest[i % 2] =
        std::max(largest[i % 2], std::fabs(double{row[i]} * inverse_length - double{center_[i]}));
  return std::max(largest[0], largest[1]);
}

void ResidualFrame::enter(const float* rows, size_t row_count, const double* lengths, const double* scales,
                          float* out) const {
  std::vector<float> straight(rotation_.is_identity() ? 0 : row_count * dim());
  float* residuals = rotation_.is_identity() ? out : straight.data();
  for (size_t row = 0; row < row_count; ++row) {
    const double inverse_length = 1 / lengths[row];
    for (size_t i = 0; i < dim(); ++i) {
      const double residual = double{rows[row * dim() + i]} * inverse_length - double{center_[i]};
      residuals[row * dim() + i] =
          static_cast<float>(std::clamp(residual * scales[row], -kFarthest, kFarthest));
    }
  }
  if (!rotation_.is_identity()) rotation_.turn(residuals, row_count, out);
}

void ResidualFrame::leave(const double* residual, double length, double scale, float* row) const {
  std::vector<double> straight(dim());
  if (rotation_.is_identity()) {
    std::copy_n(residual, dim(), straight.data());
  } else {
    rotation_.turn_back(residual, straight.data());
  }
  for (size_t i = 0; i < dim(); ++i) row[i] = saturate((straight[i] / scale + double{center_[i]}) * length);
}

double ResidualFrame::residual_length(const float* row, double length) const {
  const double inverse_length = 1 / length;
  double squares[4] = {};
  for (size_t i = 0; i < dim(); ++i) {
    const double residual = double{row[i]} * inverse_length - double{center_[i]};
    squares[i % 4] += residual * residual;
  }
  return std::sqrt((squares[0] + squares[1]) + (squares[2] + squares[3]));
}

double ResidualFrame::center_dot(const float* row) const {
  return dot_double(center_.data(), row, dim());
}

double ResidualFrame::center_dot_residual(const float* row) const {
  double sum = 0;
  for (size_t i = 0; i < dim(); ++i) sum += double{center_[i]} * (double{row[i]} - double{center_[i]});
  return sum;
}

}  // namespace vicinal
