#include "quantize/rotation_matrix.h"

#include <algorithm>

namespace vicinal {
namespace {

// Two rows and four vectors of results make eight sums: with what they are summed from they fit the 16 registers
// that engines have.
constexpr size_t kLanes = 4;
constexpr size_t kPanelVectors = 4;
constexpr size_t kPanelRows = kLanes * kPanelVectors;

using Floats = float __attribute__((vector_size(16)));

Floats load(const float* values) {
  return Floats{values[0], values[1], values[2], values[3]};
}

// A function of its own: engines put optimised code in place only between calls.
[[gnu::noinline]] void pass_panel(const float* panel, size_t dim, const float* first, const float* second,
                                  Floats (&sums)[2][kPanelVectors]) {
  Floats running[2][kPanelVectors] = {};
  for (size_t j = 0; j < dim; ++j, panel += kPanelRows) {
    const Floats a = Floats{} + first[j];
    const Floats b = Floats{} + second[j];
    for (size_t vector = 0; vector < kPanelVectors; ++vector) {
      const Floats values = load(panel + vector * kLanes);
      running[0][vector] += values * a;
      running[1][vector] += values * b;
    }
  }
  for (size_t row = 0; row < 2; ++row) std::copy_n(running[row], kPanelVectors, sums[row]);
}

}  // namespace

RotationMatrix::RotationMatrix(const float* matrix, size_t dim) : dim_(dim) {
  const size_t panel_count = (dim + kPanelRows - 1) / kPanelRows;
  panels_.resize(panel_count * kPanelRows * dim);
  for (size_t i = 0; i < dim; ++i) {
    float* panel = &panels_[i / kPanelRows * kPanelRows * dim + i % kPanelRows];
    for (size_t j = 0; j < dim; ++j) panel[j * kPanelRows] = std::clamp(matrix[i * dim + j], -1.0f, 1.0f);
  }
}

void RotationMatrix::turn(const float* rows, size_t row_count, float* out) const {
  for (size_t first = 0; first < dim_; first += kPanelRows) {
    const size_t count = std::min(kPanelRows, dim_ - first);
    for (size_t row = 0; row < row_count; row += 2) {
      // The last row of an odd number goes with itself.
      const size_t second = std::min(row + 1, row_count - 1);
      Floats sums[2][kPanelVectors];
      pass_panel(&panels_[first * dim_], dim_, rows + row * dim_, rows + second * dim_, sums);
      for (size_t i = 0; i < count; ++i) {
        out[row * dim_ + first + i] = sums[0][i / kLanes][i % kLanes];
        out[second * dim_ + first + i] = sums[1][i / kLanes][i % kLanes];
      }
    }
  }
}

void RotationMatrix::turn_back(const double* row, double* out) const {
  for (size_t j = 0; j < dim_; ++j) {
    double sum = 0;
    for (size_t i = 0; i < dim_; ++i)
      sum += double{panels_[(i / kPanelRows * dim_ + j) * kPanelRows + i % kPanelRows]} * row[i];
    out[j] = sum;
  }
}

}  // namespace vicinal
