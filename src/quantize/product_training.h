// Training of product codes: a center, a rotation where there is one, and codebooks by k-means, segment by segment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/metric.h"
#include "embedding/k_means.h"
#include "embedding/pca.h"
#include "quantize/codec.h"
#include "quantize/product_shape.h"
#include "quantize/residual_frame.h"

namespace vicinal {

/// What is learned, one after another in Codec::parameters.
struct ProductParameters {
  explicit ProductParameters(const ProductShape& shape, bool has_rotation)
      : rotation(shape.dim),
        codebooks(rotation + (has_rotation ? shape.dim * shape.dim : 0)),
        size(codebooks + shape.dim * shape.centroid_count()) {}

  static constexpr size_t center = 0;  // [dim]
  size_t rotation;                     // [dim x dim], rows orthonormal or zero; or nothing
  size_t codebooks;                    // [segments x centroid_count x width]
  size_t size;
};

class ProductTraining final : public CodecTraining {
 public:
  /// As Codec::train.
  ProductTraining(const ProductShape& shape, Metric metric, bool has_rotation, uint64_t seed,
                  const float* rows, size_t row_count);

  bool step() override;
  double share_done() const override;
  std::vector<float> take_parameters() override { return std::move(parameters_); }

 private:
  enum class Phase { kCenter, kMeasure, kEnter, kAdd, kDecompose, kRotate, kCluster, kDone };

  float* residual(size_t row) { return &residuals_[row * shape_.dim]; }
  template <typename Pass>
  bool pass_rows(size_t row_work, Pass pass);
  void center_rows();
  void measure_rows();
  void enter_rows();
  void add_rows();
  void decompose();
  void write_rotation();
  void rotate_rows();
  void cluster();
  void end_segment();

  ProductShape shape_;
  Metric metric_;
  bool has_rotation_;
  uint64_t seed_;
  const float* rows_;
  size_t row_count_;
  ProductParameters places_;
  std::vector<float> parameters_;

  Phase phase_;
  size_t position_ = 0;           // row or segment that the phase is at
  std::vector<double> lengths_;   // [row_count] that rows are divided by
  std::vector<double> sums_;      // [dim] of the differences of rows to the first
  ResidualFrame frame_;           // not rotated
  double largest_ = 0;            // magnitude of a residual
  double scale_ = 1;              // of the frame
  std::vector<float> residuals_;  // [row_count x dim] in the frame
  std::unique_ptr<Pca> pca_;
  double decomposed_ = 0;  // share of the decomposition done
  RotationMatrix rotation_;
  std::unique_ptr<KMeans> k_means_;  // of the segment at hand
};

}  // namespace vicinal
