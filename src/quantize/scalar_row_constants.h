// The constants of rows in scalar codes, as scalar_codec.h lists them, in double.
#pragma once

#include <cstddef>

#include "quantize/scalar_codec.h"
#include "quantize/scalar_scorer.h"

namespace vicinal {

/// The grids of rows one after another, and what follows them.
struct RowConstants {
  RowConstants(const ScalarCodeShape& shape, const float* constants)
      : stride(shape.constant_count),
        grid_stride(shape.grid == nullptr ? stride : 0),
        grid(shape.grid == nullptr ? constants : shape.grid),
        others(shape.grid == nullptr ? constants + scalar_constant::kGridCount : constants) {}

  double low(size_t row) const { return grid[row * grid_stride + scalar_constant::kLow]; }
  double step(size_t row) const { return grid[row * grid_stride + scalar_constant::kStep]; }
  double code_sum(size_t row) const { return others[row * stride + scalar_constant::kCodeSum]; }
  double norm(size_t row) const { return others[row * stride + scalar_constant::kNorm]; }

  size_t stride;
  size_t grid_stride;
  const float* grid;
  const float* others;
};

}  // namespace vicinal
