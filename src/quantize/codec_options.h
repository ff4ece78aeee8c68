// Which codec, and its options; the one place that knows all codecs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/metric.h"
#include "base/result.h"
#include "kernels/kernel_table.h"
#include "quantize/codec.h"

namespace vicinal {

enum class CodecKind : uint32_t { kScalar = 0, kBinary = 1, kProduct = 2 };  // stored in files

/// What a codec has no use for keeps its default.
struct CodecOptions {
  CodecKind kind = CodecKind::kScalar;
  /// scalar: 8, 4, 2 or 1 a value. binary: 1. product: 8 or 4 a segment.
  uint32_t bits = 8;
  /// product: parts that a row is cut into, each with a code of its own, 1..dim; 0 for one bit a value, which is
  /// dim / bits, rounded up.
  uint32_t segments = 0;
  /// binary: turn rows by a random rotation; without it codes are plain sign bits.
  /// product: turn rows by a rotation that is learned, which about halves the bytes that a recall takes, at a matrix of
  /// dim x dim floats and as many multiplications a row and query. dim up to 4096; not under Manhattan.
  bool rotation = false;
  /// scalar, 8 or 4 bits: 0 for a grid of every row; 0.5 to 1 for one grid of all rows, which spans this share of
  /// the values that it was trained with: less to keep beside each code, coarser where rows differ in their range
  float quantile = 0;
  /// Of what is random in training and in rotations.
  uint64_t seed = 0;
};

/// dim  1..65536
/// Errors  kInvalidArgument, also for a metric that the codec cannot tell (binary: Manhattan)
Result<std::unique_ptr<Codec>> make_codec(const CodecOptions& options, size_t dim, Metric metric,
                                          const KernelTable& kernels);

}  // namespace vicinal
