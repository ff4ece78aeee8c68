// Narrowing from double to float without infinities.
#pragma once

#include <algorithm>
#include <limits>

namespace vicinal {

/// The nearest float; past the range of float its largest finite value. `value` is not NaN.
inline float saturate(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kLargest, kLargest));
}

}  // namespace vicinal
