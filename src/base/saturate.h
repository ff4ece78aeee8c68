// Narrowing from double to float, also of what is past the range of float.
#pragma once

#include <algorithm>
#include <limits>

namespace vicinal {

/// The nearest float; past the range of float its largest finite value. `value` is not NaN.
inline float saturate(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kLargest, kLargest));
}

/// The nearest float; past the range of float infinite. `value` is not NaN.
inline float float_or_infinity(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  if (value > kLargest) return std::numeric_limits<float>::infinity();
  if (value < -kLargest) return -std::numeric_limits<float>::infinity();
  return static_cast<float>(value);
}

}  // namespace vicinal
