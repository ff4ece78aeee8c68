// Arithmetic in double precision on arrays of either width: the inner loops of all that is computed so. Their file
// is built for speed where others are built to be small.
#pragma once

#include <cstddef>

namespace vicinal {

double dot_double(const float* a, const float* b, size_t count);
double dot_double(const double* a, const float* b, size_t count);
double dot_double(const double* a, const double* b, size_t count);

/// L2 norm. Neither overflows nor underflows for any floats.
double norm_double(const float* values, size_t count);

/// sums[i] += factor * values[i].
void add_scaled(const float* values, double factor, size_t count, double* sums);
void add_scaled(const double* values, double factor, size_t count, double* sums);

/// Four rows, each scaled by its own value at `last`: sums[i] += row[last] * row[i] for i up to `last`, added up
/// over the rows first, so that each sum is loaded and stored once.
/// rows  [4 x width]
void add_four_scaled(const double* rows, size_t width, size_t last, double* sums);

/// A rotation of the plane: (upper, lower) = (cosine * upper - sine * lower, sine * upper + cosine * lower).
void rotate_pair(double* upper, double* lower, double cosine, double sine, size_t count);

}  // namespace vicinal
