// What codes tell of a row: how far it is from a common center, scaled by a power of two so that no arithmetic on it
// overflows, and turned, where there is a rotation.
#pragma once

#include <cstddef>
#include <vector>

#include "base/metric.h"
#include "quantize/rotation_matrix.h"

namespace vicinal {

class ResidualFrame {
 public:
  ResidualFrame() = default;
  /// center    [dim] finite
  /// rotation  [dim x dim], or null: none
  ResidualFrame(Metric metric, const float* center, size_t dim, const float* rotation);

  size_t dim() const { return center_.size(); }
  const RotationMatrix& rotation() const { return rotation_; }
  size_t held_bytes() const { return center_.capacity() * sizeof(float) + rotation_.held_bytes(); }

  /// Length that rows are divided by: under cosine their own, else 1.
  double length(const float* row) const;

  /// A scale under which the largest magnitude of a residual (or of many) is 1/2 to 1; 1 for zero.
  static double scale_for(double largest);
  /// Largest magnitude of a value of row / length - center.
  double largest_residual(const float* row, double length) const;

  /// Residuals of rows [row_count x dim], in the frame: out [row_count x dim].
  /// lengths, scales [row_count]
  void enter(const float* rows, size_t row_count, const double* lengths, const double* scales,
             float* out) const;
  /// The row whose residual in the frame, under `scale`, is this: row [dim]
  void leave(const double* residual, double length, double scale, float* row) const;

  /// Length of row / length - center, not in the frame: all of it, also where a rotation leaves something out.
  double residual_length(const float* row, double length) const;

  /// Dot product of the center with a row, and with the row's residual; of rows of length 1 under the metric.
  double center_dot(const float* row) const;
  double center_dot_residual(const float* row) const;

 private:
  bool unit_length_ = false;
  std::vector<float> center_;
  RotationMatrix rotation_;
};

}  // namespace vicinal
