// The batch processor: operations on whole sets of embeddings, done batch by batch, so that the caller can
// show progress and stop between two of them.
//
// Row-wise work (normalize, pool, similarity, measure, project) is one stateless call a batch. Work whose
// result depends on all rows goes through an accumulator: create, `add` every batch, then finish.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/metric.h"
#include "base/result.h"
#include "embedding/pca.h"
#include "embedding/pooling.h"
#include "embedding/statistics.h"
#include "kernels/kernel_table.h"

namespace vicinal {

struct PoolOptions {
  Pooling pooling = Pooling::kMean;
  size_t group_size = 1;           // rows pooled into one, >= 1
  const uint8_t* mask = nullptr;   // [row_count] attention mask, 0 leaves a row out; null takes all
  const float* weights = nullptr;  // [row_count] finite, >= 0; needed by kWeighted, ignored by the others
};

/// Positions in errors count from the start of the arrays of the call at hand.
class BatchProcessor {
 public:
  /// dim in 1..65536.
  /// Errors  kInvalidArgument
  static Result<BatchProcessor> create(size_t dim, const KernelTable& kernels);

  size_t dim() const { return dim_; }

  /// Scales every row to unit length.
  /// rows    [row_count x dim]
  /// out     [row_count x dim]; `rows` itself, or no overlap with it. Unchanged on error.
  /// Errors  kNotFinite, kZeroVector (actual: row)
  Status normalize(const float* rows, size_t row_count, float* out) const;

  /// Pools every run of `group_size` rows into one row.
  /// rows    [row_count x dim]; row_count is a multiple of group_size
  /// out     [row_count / group_size x dim]
  /// Errors  kDimensionMismatch (rows do not fill whole groups: expected, actual row counts),
  ///         kNotFinite (rows),
  ///         kInvalidArgument (group_size; weights missing, negative or not finite, actual: position; a group
  ///         with nothing to pool, expected: 1, actual: group)
  Status pool(const float* rows, size_t row_count, const PoolOptions& options, float* out) const;

  /// Scores (larger is better, base/metric.h) of every query with every row.
  /// queries [query_count x dim], rows [row_count x dim]; out [query_count x row_count]
  /// Errors  kNotFinite, kZeroVector (cosine; actual: position or row, in `rows` first, then in `queries`)
  Status similarity(const float* queries, size_t query_count, const float* rows, size_t row_count,
                    Metric metric, float* out) const;

  /// The value that the metric is named after, of one query with every row: cosine similarity, inner product,
  /// L2 distance or L1 distance. Past the range of float it saturates.
  /// query   [dim], rows [row_count x dim]; out [row_count]
  /// Errors  as `similarity`
  Status measure(const float* query, const float* rows, size_t row_count, Metric metric, float* out) const;

  /// Projects rows by a PCA model.
  /// rows        [row_count x dim]
  /// mean        [dim], components [component_count x dim], of the model
  /// out         [row_count x component_count]
  /// Errors      kNotFinite (rows; then mean, then components)
  Status project(const float* rows, size_t row_count, const float* mean, const float* components,
                 size_t component_count, float* out) const;

 private:
  BatchProcessor(size_t dim, const KernelTable& kernels) : dim_(dim), kernels_(&kernels) {}

  size_t dim_;
  const KernelTable* kernels_;
};

/// Pools one group that is larger than a batch. By kMean, that of all rows: their centroid.
class GroupPooling {
 public:
  /// Errors  kInvalidArgument (dim)
  static Result<std::unique_ptr<GroupPooling>> create(size_t dim, Pooling pooling);

  /// rows     [row_count x dim]
  /// mask     [row_count], or null; weights [row_count], or null: as in PoolOptions
  /// Errors   kNotFinite; kInvalidArgument (weights missing, negative or not finite; actual: position)
  Status add(const float* rows, size_t row_count, const uint8_t* mask, const float* weights);

  /// out [dim].
  /// Errors  kInvalidArgument (nothing to pool; expected: 1, actual: 0)
  Status finish(float* out);

 private:
  GroupPooling(size_t dim, Pooling pooling) : dim_(dim), pooling_(pooling), pooled_(dim, pooling) {}

  size_t dim_;
  Pooling pooling_;
  PoolAccumulator pooled_;
};

/// Mean, population standard deviation, smallest and largest value of every dimension.
class StatisticsFit {
 public:
  /// Errors  kInvalidArgument (dim)
  static Result<std::unique_ptr<StatisticsFit>> create(size_t dim);

  /// rows [row_count x dim].
  /// Errors  kNotFinite
  Status add(const float* rows, size_t row_count);

  uint64_t row_count() const { return statistics_.row_count(); }

  /// Each array [dim].
  /// Errors  kInvalidArgument (no rows; expected: 1, actual: 0)
  Status finish(float* mean, float* deviation, float* smallest, float* largest) const;

 private:
  explicit StatisticsFit(size_t dim) : dim_(dim), statistics_(dim) {}

  size_t dim_;
  StatisticsAccumulator statistics_;
};

/// Principal components. Call `add` until all rows that were announced are in, `step` until it says it is
/// done, then `finish`.
class PcaFit {
 public:
  /// dim              1..65536
  /// component_count  1..min(dim, row_count)
  /// row_count        rows that will be added, in all; at least 2
  /// Errors           kInvalidArgument (expected: the bound), kCapacityExceeded (min(dim, row_count) is above
  ///                  kMaxPcaOrder), kOutOfMemory
  static Result<std::unique_ptr<PcaFit>> create(size_t dim, size_t component_count, size_t row_count);

  /// rows [row_count x dim].
  /// Errors  kNotFinite, kDimensionMismatch (more rows than announced; expected, actual: rows in all)
  Status add(const float* rows, size_t row_count);

  /// Does the next piece of the decomposition, some milliseconds long.
  /// Returns  how much of the decomposition is done, in pieces; the last call gives done == total
  /// Errors   kDimensionMismatch (rows are missing; expected, actual: rows in all), kInternal
  ///          (no convergence)
  Result<PcaProgress> step();

  /// mean [dim]; components [component_count x dim], by falling variance, orthonormal, the largest value by
  /// magnitude of each positive; explained_variance [component_count] with divisor row_count - 1;
  /// explained_variance_ratio [component_count] of the total variance, 0 where that is 0.
  /// Errors  kInvalidArgument (steps are missing)
  Status finish(float* mean, float* components, float* explained_variance,
                float* explained_variance_ratio) const;

 private:
  PcaFit(size_t dim, size_t component_count, size_t row_count) : pca_(dim, component_count, row_count) {}

  Pca pca_;
};

}  // namespace vicinal
