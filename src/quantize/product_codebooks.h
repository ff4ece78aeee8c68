// The codebooks of product codes: for every segment, which centroid is nearest, and how queries compare with all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "embedding/nearest_centroid.h"
#include "quantize/product_shape.h"

namespace vicinal {

class ProductCodebooks {
 public:
  /// centroids  [segments x centroid_count x width of the segment]
  /// scale      they are multiplied by it
  ProductCodebooks(const ProductShape& shape, const float* centroids, double scale);

  const ProductShape& shape() const { return shape_; }
  size_t held_bytes() const;

  /// residuals [row_count x dim]; codes [row_count x code_bytes]
  void encode(const float* residuals, size_t row_count, uint8_t* codes) const;
  /// residual [dim]: the centroids that a code names.
  void decode(const uint8_t* codes, double* residual) const;

  /// tables [segments x centroid_count]: of each segment of a query [dim] and each centroid, the dot product, or
  /// the L1 distance.
  void dot_tables(const float* query, float* tables) const;
  void l1_tables(const double* query, double* tables) const;

 private:
  ProductShape shape_;
  std::vector<NearestCentroid> nearest_;  // [segments]
  std::vector<float> columns_;            // [dim x centroid_count]: a value of all centroids of its segment
};

}  // namespace vicinal
