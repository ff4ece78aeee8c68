#include "quantize/codec_options.h"

#include <optional>

#include "quantize/binary_codec.h"
#include "quantize/product_codec.h"
#include "quantize/scalar_codec.h"

namespace vicinal {
namespace {

using MadeCodec = Result<std::unique_ptr<Codec>>;

Error invalid(int64_t expected, int64_t actual) {
  return {ErrorCode::kInvalidArgument, expected, actual};
}

MadeCodec make_scalar(const CodecOptions& options, size_t dim, Metric metric, const KernelTable& kernels) {
  if (options.bits != 8 && options.bits != 4 && options.bits != 2 && options.bits != 1) {
    return invalid(8, options.bits);
  }
  if (options.segments != 0 || options.rotation) return invalid(0, 1);
  const float quantile = options.quantile;
  if (quantile != 0 && !(quantile >= 0.5f && quantile <= 1)) return invalid(1, 0);
  if (quantile != 0 && options.bits < 4) return invalid(4, options.bits);
  return std::unique_ptr<Codec>(std::make_unique<ScalarCodec>(dim, options.bits, quantile, metric, kernels));
}

MadeCodec make_binary(const CodecOptions& options, size_t dim, Metric metric, const KernelTable& kernels) {
  if (options.bits != 1) return invalid(1, options.bits);
  if (options.segments != 0 || options.quantile != 0) return invalid(0, 1);
  if (metric == Metric::kManhattan) return invalid(0, static_cast<int64_t>(metric));
  const std::optional<uint64_t> seed = options.rotation ? std::optional(options.seed) : std::nullopt;
  return std::unique_ptr<Codec>(std::make_unique<BinaryCodec>(dim, seed, metric, kernels));
}

MadeCodec make_product(const CodecOptions& options, size_t dim, Metric metric, const KernelTable& kernels) {
  if (options.bits != 8 && options.bits != 4) return invalid(8, options.bits);
  if (options.quantile != 0) return invalid(0, 1);
  if (options.segments > dim) return invalid(static_cast<int64_t>(dim), options.segments);
  if (options.rotation && metric == Metric::kManhattan) return invalid(0, 1);
  if (options.rotation && dim > ProductCodec::kMaxRotatedDim) {
    return invalid(ProductCodec::kMaxRotatedDim, static_cast<int64_t>(dim));
  }
  const ProductOptions product{options.bits, options.segments, options.rotation, options.seed};
  return std::unique_ptr<Codec>(std::make_unique<ProductCodec>(product, dim, metric, kernels));
}

}  // namespace

Result<std::unique_ptr<Codec>> make_codec(const CodecOptions& options, size_t dim, Metric metric,
                                          const KernelTable& kernels) {
  switch (options.kind) {
    case CodecKind::kScalar:
      return make_scalar(options, dim, metric, kernels);
    case CodecKind::kBinary:
      return make_binary(options, dim, metric, kernels);
    case CodecKind::kProduct:
      return make_product(options, dim, metric, kernels);
  }
  return invalid(static_cast<int64_t>(CodecKind::kProduct), static_cast<int64_t>(options.kind));
}

}  // namespace vicinal
