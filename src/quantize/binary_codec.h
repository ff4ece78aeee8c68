// Binary codes: one bit a value, with an unbiased estimate of inner products.
//
// A row, less a common center, is a length times a direction. The direction is rotated at random, and its code is the
// signs of what comes out. So each sign tells about as much as any other, and a query's inner product with the signs
// tells, to within a factor that is known for each row, its inner product with the direction.
//
// Based on: Gao, Long. RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound for Approximate
// Nearest Neighbor Search. SIGMOD 2024 (arXiv 2405.12497).
// Departs from it: one center, the mean, rather than one for each cluster; the rotation is a fast one (rotation.h), and
// rounds the number of bits up to whole words; queries are rounded to the nearest level, not at random.
//
// Without the rotation bits are the signs as they are, and queries are rounded to signs too: plain Hamming distances,
// scaled by the constants below.
//
// Constants of a row, floats; D is the number of bits, o the rotated direction:
//   0  length       of the row less the center
//   1  sharpness    1 / sum(|o|), from 1 / sqrt(D) to 1: in the paper 1 / (<o_bar, o> sqrt(D))
//   2  scale        cosine: length of the row
//      center_dot   dot: inner product of the row less the center with the center
#pragma once

#include <optional>

#include "base/metric.h"
#include "kernels/kernel_table.h"
#include "quantize/codec.h"
#include "quantize/rotation.h"

namespace vicinal {

namespace binary_constant {
enum : size_t { kLength = 0, kSharpness = 1, kScale = 2, kCenterDot = 2 };
}

class BinaryCodec final : public Codec {
 public:
  /// dim 1..65536; metric any but Manhattan; seed of the rotation, if there is to be one
  BinaryCodec(size_t dim, std::optional<uint64_t> seed, Metric metric, const KernelTable& kernels);

  size_t code_bytes() const override;
  size_t constant_count() const override { return metric_ == Metric::kEuclidean ? 2 : 3; }
  const std::vector<float>& parameters() const override { return center_; }
  SampleSize sample_size() const override { return {64, 4096}; }
  std::unique_ptr<CodecTraining> train(const float* rows, size_t row_count) const override;
  void set_parameters(std::vector<float> parameters) override;
  void encode(const float* rows, size_t row_count, uint8_t* codes, float* constants) const override;
  void decode(const uint8_t* code, const float* constants, float* row) const override;
  bool valid(const uint8_t* code, const float* constants) const override;
  std::unique_ptr<CodeScorer> scorer(const float* queries, size_t query_count) const override;
  uint64_t held_bytes() const override;

  size_t dim() const { return dim_; }
  size_t bit_count() const { return rotation_ ? rotation_->rotated_dim() : dim_; }
  bool rotates() const { return rotation_.has_value(); }
  Metric metric() const { return metric_; }
  const KernelTable& kernels() const { return *kernels_; }
  const std::vector<float>& center() const { return center_; }
  /// [bit_count + 1] cosine of the angle that so many differing signs tell.
  const float* angle_cosines() const { return angle_cosines_.data(); }

  /// A vector less the center.
  struct Offset {
    double length;
    double center_dot;  // inner product with the center
  };
  /// vector [dim], under cosine taken at unit length; direction [bit_count] of the offset, rotated, zeros where it has
  /// no length.
  Offset offset(const float* vector, float* direction) const;

 private:
  size_t dim_;
  Metric metric_;
  const KernelTable* kernels_;
  std::optional<Rotation> rotation_;
  std::vector<float> center_;         // [dim]
  std::vector<float> angle_cosines_;  // [bit_count + 1]
};

}  // namespace vicinal
