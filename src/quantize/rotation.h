// A seeded random rotation that costs little to store and to apply: it spreads every direction evenly over all
// values, so that their signs tell it about equally well.
//
// Rounds of random sign flips and a Walsh-Hadamard transform. Where the length is no power of two, the transform takes
// the largest power of two that fits, at the start in one round and at the end in the next, and each round ends by
// mixing the two halves.
// Based on: Ailon, Chazelle. The Fast Johnson-Lindenstrauss Transform and Approximate Nearest Neighbors. SIAM J. Comput.
// 2009; the rounds for other lengths as in Gao, Long: RaBitQ library (FhtKac).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vicinal {

class Rotation {
 public:
  /// dim  1..65536
  Rotation(size_t dim, uint64_t seed);

  /// Vectors are rotated in so many dimensions: 64, or `dim` rounded up to a multiple of 128, so that their signs are
  /// whole vector registers of bits. (784 values in 832 bits take 1.4 times as long as in 896, and tell less.)
  size_t rotated_dim() const { return rotated_dim_; }

  /// Rotates values [rotated_dim], zeros from dim on; lengths and angles stay. Additions and products of float, in
  /// one order: the same bits in every build. Values of unit length are far from the ends of float.
  void apply(float* values) const;
  /// Turns them back.
  void invert(float* values) const;

  /// Bytes held.
  uint64_t held_bytes() const { return multipliers_.capacity() * sizeof(float); }

 private:
  size_t transform_start(size_t round) const { return round % 2 == 0 ? 0 : rotated_dim_ - transform_size_; }
  const float* multipliers(size_t round) const { return multipliers_.data() + round * rotated_dim_; }

  size_t rotated_dim_;
  size_t transform_size_;
  size_t round_count_;
  std::vector<float> multipliers_;  // [round_count x rotated_dim] signs, and what keeps a transform's scale
};

}  // namespace vicinal
