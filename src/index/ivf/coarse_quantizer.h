// Which list a row belongs to, and which lists lie nearest to a query.
//
//   metric      rows are clustered            lists are probed by
//   cosine      at unit length, spherically   the query's dot product with their centroids
//   dot         likewise, with one value more the same
//   euclidean   as they are                   L2 distance to their centroids
//   manhattan   as they are, by L2            L1 distance to their centroids
//
// Under dot, rows are divided by a bound of their norms and get one value more that brings them to unit length; the
// query gets a zero. Then the angle between them orders as the dot product does (Bachrach, Finkelstein, Gilad-Bachrach,
// Katzir, Koenigstein, Nice, Paquet. Speeding Up the Xbox Recommender System Using a Euclidean Transformation for
// Inner-Product Spaces. RecSys 2014). By L2 distance as they are, long rows, which most queries want, would lie in
// lists that few queries are near to. Departs from it: the bound is one that some rows exceed, which are then clustered
// by their direction alone (ivf_training.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/metric.h"
#include "base/result.h"
#include "embedding/centered_frame.h"
#include "embedding/nearest_centroid.h"
#include "kernels/kernel_table.h"
#include "rows/top_k.h"
#include "rows/vector_rows.h"

namespace vicinal {

class CoarseQuantizer {
 public:
  /// Without centroids.
  CoarseQuantizer(size_t dim, Metric metric, const KernelTable& kernels);

  size_t list_count() const { return centroids_.size() / width(); }
  /// Values of a centroid: dim, under dot one more.
  size_t width() const { return dim_ + (metric_ == Metric::kDot ? 1 : 0); }
  /// Whether centroids are at unit length.
  bool is_spherical() const { return metric_ == Metric::kCosine || metric_ == Metric::kDot; }
  const std::vector<float>& centroids() const { return centroids_; }
  float norm_bound() const { return norm_bound_; }
  uint64_t held_bytes() const;

  /// centroids     [lists x width] finite
  /// norm_bound  under dot, as `to_clustered` was given it
  /// Errors  kOutOfMemory, or std::bad_alloc; unchanged then
  Status set_centroids(std::vector<float> centroids, float norm_bound);

  /// A row [dim] as it is clustered, out [width]. norm_bound only counts under dot.
  void to_clustered(const float* row, float norm_bound, float* out) const;

  /// The list of each row; rows [row_count] pointers to rows [dim]. The same on every machine.
  void assign(const float* const* rows, size_t row_count, uint32_t* lists) const;

  /// The `nprobe` nearest lists to each query, nearest first, as the slots of candidates.
  /// queries [query_count x dim]
  std::vector<std::vector<Candidate>> probe(const float* queries, size_t query_count, size_t nprobe) const;

 private:
  size_t dim_;
  Metric metric_;
  const KernelTable* kernels_;
  std::vector<float> centroids_;  // [lists x width]
  float norm_bound_ = 0;
  // Made from these.
  CenteredFrame frame_;
  NearestCentroid nearest_;
  VectorRows probed_;  // in the frame, [dim]
};

}  // namespace vicinal
