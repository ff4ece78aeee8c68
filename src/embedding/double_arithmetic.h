// Sums in double precision over arrays of either width.
#pragma once

#include <cmath>
#include <cstddef>

namespace vicinal {

template <typename A, typename B>
double dot_double(const A* a, const B* b, size_t count) {
  // Four sums, so that additions need not wait for each other.
  double sums[4] = {0.0, 0.0, 0.0, 0.0};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      sums[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
    }
  }
  for (; i < count; ++i) sums[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// L2 norm. Neither overflows nor underflows for any floats.
inline double norm_double(const float* values, size_t count) {
  return std::sqrt(dot_double(values, values, count));
}

/// sums[i] += factor * values[i].
template <typename Value>
void add_scaled(const Value* values, double factor, size_t count, double* sums) {
  for (size_t i = 0; i < count; ++i) sums[i] += factor * static_cast<double>(values[i]);
}

}  // namespace vicinal
