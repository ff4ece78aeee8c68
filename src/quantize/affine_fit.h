// The grid of one row: low and step of the levels low, low + step, low + 2 step, ... that its values are
// rounded to. Based on: Aguerrebere, Bhati, Hildebrand, Tepper, Willke. Similarity Search in the Blink of an
// Eye with Compressed Indices. VLDB 2023 (locally-adaptive vector quantization: a grid for every row).
// Departs from it: with 16 levels or fewer, the grid is not spanned from the smallest value to the largest,
// since most of it would then serve outliers, but fitted by least squares.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace vicinal {

struct AffineGrid {
  float low = 0;
  float step = 0;  // 0 or more
};

/// From the smallest value to the largest: no value is farther than step / 2 from the grid.
/// values [count], count >= 1
AffineGrid span_grid(const double* values, size_t count, uint32_t level_count);

/// A grid with a small sum of squared errors, found by alternating between the nearest levels and the best
/// grid for them (Lloyd. Least Squares Quantization in PCM. IEEE Transactions on Information Theory 1982).
AffineGrid least_squares_grid(const double* values, size_t count, uint32_t level_count);

/// Number of the level that is nearest to a value, 0 .. level_count - 1.
class NearestLevel {
 public:
  NearestLevel(const AffineGrid& grid, uint32_t level_count)
      : low_(grid.low),
        inverse_step_(grid.step > 0 ? 1.0 / double{grid.step} : 0.0),
        largest_(static_cast<double>(level_count) - 0.5) {}

  uint32_t operator()(double value) const {
    return static_cast<uint32_t>(std::clamp((value - low_) * inverse_step_ + 0.5, 0.0, largest_));
  }

 private:
  double low_;
  double inverse_step_;
  double largest_;
};

}  // namespace vicinal
