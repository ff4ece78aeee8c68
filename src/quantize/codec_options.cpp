#include "quantize/codec_options.h"

#include "quantize/product_codec.h"
#include "quantize/scalar_codec.h"

namespace vicinal {
namespace {

Error invalid(int64_t expected, int64_t actual) {
  return {ErrorCode::kInvalidArgument, expected, actual};
}

Result<std::unique_ptr<Codec>> make_product_codec(const CodecOptions& options, size_t dim, Metric metric,
                                                  const KernelTable& kernels) {
  if (options.bits != 8 && options.bits != 4) return invalid(8, options.bits);
  if (options.quantile != 0) return invalid(0, 1);
  if (options.segments > dim) return invalid(static_cast<int64_t>(dim), options.segments);
  if (options.rotation && metric == Metric::kManhattan) return invalid(0, 1);
  if (options.rotation && dim > ProductCodec::kMaxRotatedDim) {
    return invalid(ProductCodec::kMaxRotatedDim, static_cast<int64_t>(dim));
  }
  return std::unique_ptr<Codec>(std::make_unique<ProductCodec>(
      ProductOptions{options.bits, options.segments, options.rotation, options.seed}, dim, metric, kernels));
}

}  // namespace

Result<std::unique_ptr<Codec>> make_codec(const CodecOptions& options, size_t dim, Metric metric,
                                          const KernelTable& kernels) {
  if (options.kind == CodecKind::kProduct) return make_product_codec(options, dim, metric, kernels);
  if (options.kind != CodecKind::kScalar) return invalid(0, static_cast<int64_t>(options.kind));
  if (options.segments != 0 || options.rotation) return invalid(0, 1);
  if (options.bits != 8 && options.bits != 4 && options.bits != 2 && options.bits != 1) {
    return invalid(8, options.bits);
  }
  if (options.quantile != 0) {
    if (options.bits < 4) return invalid(4, options.bits);
    if (!(options.quantile >= 0.5f && options.quantile <= 1)) return invalid(1, 0);
  }
  return std::unique_ptr<Codec>(
      std::make_unique<ScalarCodec>(dim, options.bits, options.quantile, metric, kernels));
}

}  // namespace vicinal
