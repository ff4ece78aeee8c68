#include "engine/batch_processor.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "embedding/normalize.h"
#include "engine/score_rows.h"
#include "rows/vector_rows.h"

namespace vicinal {
namespace {

// Rows that need a length or not; all of them must be finite.
Status check_finite(const float* rows, size_t row_count, size_t dim) {
  return check_rows(rows, row_count, dim, Metric::kDot);
}
Status check_directed(const float* rows, size_t row_count, size_t dim) {
  return check_rows(rows, row_count, dim, Metric::kCosine);
}

Error nothing_to_pool(size_t group) {
  return {ErrorCode::kInvalidArgument, 1, static_cast<int64_t>(group)};
}

Status check_weights(Pooling pooling, const float* weights, size_t row_count) {
  if (pooling != Pooling::kWeighted || row_count == 0) return {};
  if (weights == nullptr) return Error{ErrorCode::kInvalidArgument, static_cast<int64_t>(row_count), 0};
  const float* bad = std::find_if_not(weights, weights + row_count,
                                      [](float weight) { return weight >= 0 && std::isfinite(weight); });
  if (bad == weights + row_count) return {};
  return Error{ErrorCode::kInvalidArgument, 0, bad - weights};
}

}  // namespace

Result<BatchProcessor> BatchProcessor::create(size_t dim, const KernelTable& kernels) {
  const Status checked = check_dim(dim);
  if (!checked.ok()) return checked.error();
  return BatchProcessor(dim, kernels);
}

Status BatchProcessor::normalize(const float* rows, size_t row_count, float* out) const {
  const Status checked = check_directed(rows, row_count, dim_);
  if (!checked.ok()) return checked;
  normalize_rows(rows, row_count, dim_, out);
  return {};
}

Status BatchProcessor::pool(const float* rows, size_t row_count, const PoolOptions& options,
                            float* out) const {
  const size_t group_size = options.group_size;
  if (group_size == 0) return Error{ErrorCode::kInvalidArgument, 1, 0};
  if (row_count % group_size != 0) {
    const size_t whole_groups = (row_count / group_size + 1) * group_size;
    return Error{ErrorCode::kDimensionMismatch, static_cast<int64_t>(whole_groups),
                 static_cast<int64_t>(row_count)};
  }
  Status checked = check_finite(rows, row_count, dim_);
  if (!checked.ok()) return checked;
  checked = check_weights(options.pooling, options.weights, row_count);
  if (!checked.ok()) return checked;
  PoolAccumulator accumulator(dim_, options.pooling);
  for (size_t group = 0; group < row_count / group_size; ++group) {
    const size_t first = group * group_size;
    accumulator.add(rows + first * dim_, group_size, options.mask == nullptr ? nullptr : options.mask + first,
                    options.weights == nullptr ? nullptr : options.weights + first);
    if (accumulator.empty()) return nothing_to_pool(group);
    accumulator.finish(out + group * dim_);
  }
  return {};
}

Status BatchProcessor::similarity(const float* queries, size_t query_count, const float* rows,
                                  size_t row_count, Metric metric, float* out) const {
  Status checked = check_rows(rows, row_count, dim_, metric);
  if (!checked.ok()) return checked;
  checked = check_rows(queries, query_count, dim_, metric);
  if (!checked.ok()) return checked;
  if (query_count > 0 && row_count > 0) {
    score_rows(metric, queries, query_count, rows, row_count, dim_, *kernels_, out);
  }
  return {};
}

Status BatchProcessor::measure(const float* query, const float* rows, size_t row_count, Metric metric,
                               float* out) const {
  const Status scored = similarity(query, 1, rows, row_count, metric, out);
  if (!scored.ok()) return scored;
  if (metric == Metric::kEuclidean || metric == Metric::kManhattan) {
    std::transform(out, out + row_count, out, [](float score) { return 0.0f - score; });
  }
  return {};
}

Status BatchProcessor::project(const float* rows, size_t row_count, const float* mean,
                               const float* components, size_t component_count, float* out) const {
  Status checked = check_finite(rows, row_count, dim_);
  if (checked.ok()) checked = check_finite(mean, 1, dim_);
  if (checked.ok()) checked = check_finite(components, component_count, dim_);
  if (checked.ok()) project_rows(rows, row_count, dim_, mean, components, component_count, out);
  return checked;
}

Result<std::unique_ptr<GroupPooling>> GroupPooling::create(size_t dim, Pooling pooling) {
  const Status checked = check_dim(dim);
  if (!checked.ok()) return checked.error();
  return std::unique_ptr<GroupPooling>(new GroupPooling(dim, pooling));
}

Status GroupPooling::add(const float* rows, size_t row_count, const uint8_t* mask, const float* weights) {
  Status checked = check_finite(rows, row_count, dim_);
  if (checked.ok()) checked = check_weights(pooling_, weights, row_count);
  if (checked.ok()) pooled_.add(rows, row_count, mask, weights);
  return checked;
}

Status GroupPooling::finish(float* out) {
  if (pooled_.empty()) return nothing_to_pool(0);
  pooled_.finish(out);
  return {};
}

Result<std::unique_ptr<StatisticsFit>> StatisticsFit::create(size_t dim) {
  const Status checked = check_dim(dim);
  if (!checked.ok()) return checked.error();
  return std::unique_ptr<StatisticsFit>(new StatisticsFit(dim));
}

Status StatisticsFit::add(const float* rows, size_t row_count) {
  const Status checked = check_finite(rows, row_count, dim_);
  if (checked.ok()) statistics_.add(rows, row_count);
  return checked;
}

Status StatisticsFit::finish(float* mean, float* deviation, float* smallest, float* largest) const {
  if (row_count() == 0) return Error{ErrorCode::kInvalidArgument, 1, 0};
  statistics_.write(mean, deviation, smallest, largest);
  return {};
}

Result<std::unique_ptr<PcaFit>> PcaFit::create(size_t dim, size_t component_count, size_t row_count) {
  const Status checked = check_dim(dim);
  if (!checked.ok()) return checked.error();
  if (row_count < 2) return Error{ErrorCode::kInvalidArgument, 2, static_cast<int64_t>(row_count)};
  const size_t order = std::min(dim, row_count);
  if (component_count < 1 || component_count > order) {
    return Error{ErrorCode::kInvalidArgument, static_cast<int64_t>(order),
                 static_cast<int64_t>(component_count)};
  }
  if (order > kMaxPcaOrder) {
    return Error{ErrorCode::kCapacityExceeded, static_cast<int64_t>(kMaxPcaOrder),
                 static_cast<int64_t>(order)};
  }
  // The largest array of the fit; what addresses cannot even count must not reach the allocator.
  const uint64_t bytes = uint64_t{order} * dim * sizeof(double);
  if (bytes > static_cast<uint64_t>(PTRDIFF_MAX)) {
    return Error{ErrorCode::kOutOfMemory, 0, static_cast<int64_t>(bytes)};
  }
  return std::unique_ptr<PcaFit>(new PcaFit(dim, component_count, row_count));
}

Status PcaFit::add(const float* rows, size_t row_count) {
  const size_t total = pca_.added_row_count() + row_count;
  if (total > pca_.row_count()) {
    return Error{ErrorCode::kDimensionMismatch, static_cast<int64_t>(pca_.row_count()),
                 static_cast<int64_t>(total)};
  }
  const Status checked = check_finite(rows, row_count, pca_.dim());
  if (checked.ok()) pca_.add(rows, row_count);
  return checked;
}

Result<PcaProgress> PcaFit::step() {
  if (pca_.added_row_count() != pca_.row_count()) {
    return Error{ErrorCode::kDimensionMismatch, static_cast<int64_t>(pca_.row_count()),
                 static_cast<int64_t>(pca_.added_row_count())};
  }
  return pca_.step();
}

Status PcaFit::finish(float* mean, float* components, float* explained_variance,
                      float* explained_variance_ratio) const {
  if (!pca_.finished()) return Error{ErrorCode::kInvalidArgument, 1, 0};
  pca_.write(mean, components, explained_variance, explained_variance_ratio);
  return {};
}

}  // namespace vicinal
