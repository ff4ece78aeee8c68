// Scalar codes of 8, 4, 2 or 1 bits a value: every row, less a common center, is rounded to a grid of its own
// (affine_fit.h). Under cosine rows are scaled to unit length first, and the scale is kept beside the code.
//
// Constants of a row, floats:
//   0  low         of its grid
//   1  step        of its grid
//   2  code_sum    sum of its codes; below 2^24, so exact
//   3  norm        cosine: length of the decoded row of unit scale
//                  euclidean: length of the decoded row less the center, less its own mean value
//   4  scale       cosine: length of the row
#pragma once

#include "base/metric.h"
#include "kernels/kernel_table.h"
#include "quantize/codec.h"

namespace vicinal {

namespace scalar_constant {
enum : size_t { kLow = 0, kStep = 1, kCodeSum = 2, kNorm = 3, kScale = 4 };
}

class ScalarCodec final : public Codec {
 public:
  /// dim 1..65536; bits 8, 4, 2 or 1
  ScalarCodec(size_t dim, uint32_t bits, Metric metric, const KernelTable& kernels);

  size_t code_bytes() const override;
  size_t constant_count() const override;
  const std::vector<float>& parameters() const override { return center_; }
  SampleSize sample_size() const override { return {64, 4096}; }
  std::unique_ptr<CodecTraining> train(const float* rows, size_t row_count) const override;
  void set_parameters(std::vector<float> parameters) override;
  void encode(const float* rows, size_t row_count, uint8_t* codes, float* constants) const override;
  void decode(const uint8_t* code, const float* constants, float* row) const override;
  bool valid(const uint8_t* code, const float* constants) const override;
  std::unique_ptr<CodeScorer> scorer(const float* queries, size_t query_count) const override;
  uint64_t held_bytes() const override;

 private:
  uint32_t level_count() const { return 1u << bits_; }

  // levels, residual [dim] are scratch.
  void encode_row(const float* row, uint8_t* code, float* constants, std::vector<double>& residual,
                  std::vector<uint8_t>& levels) const;

  size_t dim_;
  uint32_t bits_;
  Metric metric_;
  const KernelTable* kernels_;
  std::vector<float> center_;  // [dim]
};

}  // namespace vicinal
