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

struct CodecOptions {
  CodecKind kind = CodecKind::kScalar;
  /// scalar: 8, 4, 2 or 1 a value.
  uint32_t bits = 8;
};

/// dim  1..65536
/// Errors  kInvalidArgument
Result<std::unique_ptr<Codec>> make_codec(const CodecOptions& options, size_t dim, Metric metric,
                                          const KernelTable& kernels);

}  // namespace vicinal
