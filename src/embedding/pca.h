// Principal component analysis of rows that arrive in batches, in pieces that can be stopped between.
//
// With at least as many rows as dimensions, the covariance matrix [dim x dim] is summed batch by batch
// (merged as in Chan, Golub, LeVeque 1983, see statistics.h) and decomposed. With fewer, the rows are kept
// and the Gram matrix [rows x rows] of the centred rows is decomposed instead: it has the same eigenvalues,
// and its eigenvectors times the rows give the components (Turk, Pentland. Eigenfaces for Recognition. J.
// Cognitive Neuroscience 1991). All of it in double precision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "embedding/symmetric_eigen.h"

namespace vicinal {

/// Largest min(dim, rows) of a fit: its matrix takes 8 * order^2 bytes, 512 MB here.
inline constexpr size_t kMaxPcaOrder = 8192;

struct PcaProgress {
  uint64_t done = 0;
  uint64_t total = 0;
};

class Pca {
 public:
  /// component_count  1..min(dim, row_count), which is at most kMaxPcaOrder
  /// row_count        all rows that will be added; at least 2
  Pca(size_t dim, size_t component_count, size_t row_count);

  size_t dim() const { return dim_; }
  size_t row_count() const { return row_count_; }
  size_t added_row_count() const { return added_row_count_; }

  /// rows [row_count x dim] finite floats; no more in all than was announced.
  void add(const float* rows, size_t row_count);

  /// Does the next piece. Only when all rows are in.
  /// Errors  kInternal (no convergence)
  Result<PcaProgress> step();

  bool finished() const { return phase_ == Phase::kFinished; }

  /// Once finished. mean [dim]; components [component_count x dim], orthonormal, by falling variance, the
  /// value of largest magnitude (the first of several) positive; explained_variance and
  /// explained_variance_ratio [component_count], with divisor row_count - 1, saturating.
  void write(float* mean, float* components, float* explained_variance,
             float* explained_variance_ratio) const;

 private:
  enum class Phase { kStart, kGram, kDecompose, kComponents, kFinished };

  bool by_gram() const { return row_count_ < dim_; }
  void add_to_covariance(const float* rows, size_t row_count);
  void add_outer_products(size_t row_count);
  void merge_mean(const std::vector<double>& batch_mean, size_t batch_row_count);
  void begin_gram();
  void add_gram_row(size_t row);
  void begin_decomposition();
  void derive_component(size_t number);
  uint64_t total_work() const;

  size_t dim_;
  size_t component_count_;
  size_t row_count_;
  size_t added_row_count_ = 0;
  Phase phase_ = Phase::kStart;
  size_t position_ = 0;     // row or component that the phase is at
  uint64_t done_work_ = 0;  // outside the decomposition

  std::vector<double> mean_;    // [dim]
  std::vector<double> matrix_;  // [order x order] lower triangle of sum((row - mean) (row - mean)'), or Gram
  std::vector<double> centered_;  // covariance: one block of rows less the batch's mean; Gram: all rows
  SymmetricEigen eigen_;
  double total_square_sum_ = 0.0;   // sum of all eigenvalues
  std::vector<double> variance_;    // [component_count] times (row_count - 1)
  std::vector<double> components_;  // [component_count x dim]
};

/// Coordinates of rows along components: out[i][c] = (rows[i] - mean) . components[c].
/// rows [row_count x dim], mean [dim], components [component_count x dim]; out [row_count x component_count].
void project_rows(const float* rows, size_t row_count, size_t dim, const float* mean, const float* components,
                  size_t component_count, float* out);

}  // namespace vicinal
