// Seeded vectors for tests.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "base/random.h"

namespace vicinal {

/// Values in [-1, 1).
inline std::vector<float> uniform_values(Random& random, size_t count) {
  std::vector<float> values(count);
  for (float& value : values) value = 2 * random.unit_float() - 1;
  return values;
}

/// Whole numbers in -4 .. 4, never all zero: sums of their products are exact in any order, and ties are
/// common.
inline std::vector<float> small_integers(Random& random, size_t count) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(static_cast<int>(random.below(9)) - 4);
  if (values[0] == 0) values[0] = 1;
  return values;
}

/// Values of every magnitude that a float has, from the smallest to the largest.
inline std::vector<float> extreme_values(Random& random, size_t count) {
  std::vector<float> values(count);
  for (float& value : values) {
    const float mantissa = random.unit_float() < 0.5f ? -1 - random.unit_float() : 1 + random.unit_float();
    value = std::ldexp(mantissa, static_cast<int>(random.below(276)) - 149);
    if (!std::isfinite(value)) value = std::ldexp(mantissa, 126);
  }
  return values;
}

}  // namespace vicinal
