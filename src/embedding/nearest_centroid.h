// Which of many centroids is nearest to a row, by squared L2 distance.
//
// Centroids lie transposed, 16 to a panel, so that a vector register holds one dimension of four of them: no sum is
// taken across lanes, narrow rows (4 values) are as quick to compare as wide ones, and every score is summed in one
// order, dimension by dimension. So the answer is the same, to the last bit, on every machine; that is why the float
// kernels of kernels/, whose last bits differ, have no part in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vicinal {

class NearestCentroid {
 public:
  NearestCentroid() = default;
  /// centroids [count x width], count >= 1; they are copied. Magnitudes are to be far below the root of the
  /// largest float, here and in rows (see CenteredFrame).
  NearestCentroid(const float* centroids, size_t count, size_t width);

  size_t count() const { return count_; }
  size_t width() const { return width_; }
  uint64_t held_bytes() const { return panels_.capacity() * sizeof(float); }

  /// rows     [row_count] pointers to rows [width]
  /// nearest  [row_count] numbers of the centroids, ties by smaller number
  /// scores   [row_count] half the squared distance less half the row's squared norm; null when not wanted
  void find(const float* const* rows, size_t row_count, uint32_t* nearest, float* scores) const;

 private:
  size_t count_ = 0;
  size_t width_ = 0;
  std::vector<float> panels_;  // [panels x (1 + width) x 16]: half the squared norms, then the dimensions
};

}  // namespace vicinal
