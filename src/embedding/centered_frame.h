// A frame in which float arithmetic on rows is safe and exact enough: around a given origin, scaled by a power of two.
// Differences of rows keep their bits however far all rows are from zero, and no square overflows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/saturate.h"

namespace vicinal {

class CenteredFrame {
 public:
  CenteredFrame() = default;
  /// origin   [width]
  /// largest  magnitude of any value less its origin; values up to 2^40 times as large are told apart
  CenteredFrame(std::vector<double> origin, double largest) : origin_(std::move(origin)) {
    int exponent = 0;
    std::frexp(largest, &exponent);
    scale_ = std::ldexp(1.0, -exponent);
  }

  size_t width() const { return origin_.size(); }

  /// row, out [width]; they may be the same.
  void enter(const float* row, float* out) const {
    constexpr double kFarthest = 0x1p40;
    for (size_t i = 0; i < origin_.size(); ++i)
      out[i] = static_cast<float>(std::clamp((row[i] - origin_[i]) * scale_, -kFarthest, kFarthest));
  }

  /// What a squared distance of 1 in the frame is outside.
  double squared_unit() const { return 1 / (scale_ * scale_); }

  void leave(const float* row, float* out) const {
    for (size_t i = 0; i < origin_.size(); ++i) out[i] = saturate(row[i] / scale_ + origin_[i]);
  }

 private:
  std::vector<double> origin_;  // [width]
  double scale_ = 1;
};

}  // namespace vicinal
