#include "embedding/double_arithmetic.h"

#include <cmath>

namespace vicinal {
namespace {

template <typename A, typename B>
double dot(const A* a, const B* b, size_t count) {
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

}  // namespace

double dot_double(const float* a, const float* b, size_t count) {
  return dot(a, b, count);
}
double dot_double(const double* a, const float* b, size_t count) {
  return dot(a, b, count);
}
double dot_double(const double* a, const double* b, size_t count) {
  return dot(a, b, count);
}

double norm_double(const float* values, size_t count) {
  return std::sqrt(dot(values, values, count));
}

void add_scaled(const float* values, double factor, size_t count, double* sums) {
  for (size_t i = 0; i < count; ++i) sums[i] += factor * static_cast<double>(values[i]);
}
void add_scaled(const double* values, double factor, size_t count, double* sums) {
  for (size_t i = 0; i < count; ++i) sums[i] += factor * values[i];
}

void add_four_scaled(const double* rows, size_t width, size_t last, double* sums) {
  const double* a = rows;
  const double* b = a + width;
  const double* c = b + width;
  const double* d = c + width;
  const double a_last = a[last];
  const double b_last = b[last];
  const double c_last = c[last];
  const double d_last = d[last];
  for (size_t i = 0; i <= last; ++i) {
    sums[i] += (a_last * a[i] + b_last * b[i]) + (c_last * c[i] + d_last * d[i]);
  }
}

void rotate_pair(double* upper, double* lower, double cosine, double sine, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const double u = upper[i];
    const double l = lower[i];
    lower[i] = sine * u + cosine * l;
    upper[i] = cosine * u - sine * l;
  }
}

}  // namespace vicinal
