// Whether any of many floats is infinite or NaN, in a loop over integers, which compilers turn into vector code.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace vicinal {

inline bool all_finite(const float* values, size_t count) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; ++i)
    largest = std::max(largest, std::bit_cast<uint32_t>(values[i]) & 0x7FFFFFFFu);
  return largest < 0x7F800000u;
}

}  // namespace vicinal
