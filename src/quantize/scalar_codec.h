// Scalar codes of 8, 4, 2 or 1 bits a value: every row, less a common center, is rounded to a grid: one of its own
// (affine_fit.h), or one for all rows, which spans the values of the sample but for their outermost ones. Values
// outside of it are rounded to its ends. Under cosine rows are scaled to unit length first, and the scale is kept
// beside the code.
//
// Constants of a row, floats; without the first two where one grid serves all rows:
//   low         of its grid
//   step        of its grid
//   code_sum    sum of its codes; below 2^24, so exact
//   norm        cosine: length of the decoded row of unit scale
//               euclidean: length of the decoded row less the center, less its own mean value
//   scale       cosine: length of the row
// Parameters: the center, [dim]; low and step of the grid for all rows.
#pragma once

#include "base/metric.h"
#include "kernels/kernel_table.h"
#include "quantize/affine_fit.h"
#include "quantize/codec.h"
#include "quantize/scalar_scorer.h"

namespace vicinal {

/// Places in a row's grid, and in what follows it.
namespace scalar_constant {
inline constexpr size_t kLow = 0, kStep = 1, kGridCount = 2;
inline constexpr size_t kCodeSum = 0, kNorm = 1, kScale = 2;
}  // namespace scalar_constant

class ScalarCodec final : public Codec {
 public:
  /// dim 1..65536; bits 8, 4, 2 or 1
  /// quantile  0: a grid for every row. 0.5 to 1: one grid, from the sample's quantile (1 - quantile) / 2 to the
  ///           one as far from the other end
  ScalarCodec(size_t dim, uint32_t bits, float quantile, Metric metric, const KernelTable& kernels);

  size_t code_bytes() const override;
  size_t constant_count() const override;
  const std::vector<float>& parameters() const override { return parameters_; }
  SampleSize sample_size() const override { return {64, 4096}; }
  std::unique_ptr<CodecTraining> train(const float* rows, size_t row_count) const override;
  void set_parameters(std::vector<float> parameters) override;
  void encode(const float* rows, size_t row_count, uint8_t* codes, float* constants) const override;
  void decode(const uint8_t* code, const float* constants, float* row) const override;
  bool valid(const uint8_t* code, const float* constants) const override;
  std::unique_ptr<CodeScorer> scorer(const float* queries, size_t query_count) const override;
  std::unique_ptr<CodePairScorer> pair_scorer() const override;
  float pair_constant(const uint8_t* code, const float* constants) const override;
  uint64_t held_bytes() const override;

 private:
  ScalarCodeShape shape() const;
  uint32_t level_count() const { return 1u << bits_; }
  bool has_common_grid() const { return quantile_ > 0; }
  const float* center() const { return parameters_.data(); }
  // Low and step of a row, and the constants that follow them.
  const float* grid_of(const float* constants) const {
    return has_common_grid() ? parameters_.data() + dim_ : constants;
  }
  const float* after_grid(const float* constants) const {
    return has_common_grid() ? constants : constants + scalar_constant::kGridCount;
  }

  // levels, residual [dim] are scratch.
  void encode_row(const float* row, uint8_t* code, float* constants, std::vector<double>& residual,
                  std::vector<uint8_t>& levels) const;

  size_t dim_;
  uint32_t bits_;
  float quantile_;
  Metric metric_;
  const KernelTable* kernels_;
  std::vector<float> parameters_;
};

}  // namespace vicinal
