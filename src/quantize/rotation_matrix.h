// A matrix that turns rows, as a table of panels that rows are multiplied with in one order of operations: the results
// are the same, to the last bit, on every machine.
#pragma once

#include <cstddef>
#include <vector>

namespace vicinal {

class RotationMatrix {
 public:
  /// No turn at all.
  RotationMatrix() = default;
  /// matrix  [dim x dim], row-major; values past 1 in magnitude, which no rotation has, count as 1
  RotationMatrix(const float* matrix, size_t dim);

  bool is_identity() const { return dim_ == 0; }
  size_t held_bytes() const { return panels_.capacity() * sizeof(float); }

  /// out[r][i] = sum over j of matrix[i][j] * rows[r][j]: rows, out [row_count x dim], not the same; magnitudes up
  /// to 2^40.
  void turn(const float* rows, size_t row_count, float* out) const;
  /// out[j] = sum over i of matrix[i][j] * row[i]: back again, [dim].
  void turn_back(const double* row, double* out) const;

 private:
  size_t dim_ = 0;
  std::vector<float> panels_;  // [panels x dim x 16]: values of 16 rows of the matrix together
};

}  // namespace vicinal
