// Eigenvalues and eigenvectors of a real symmetric matrix, in pieces, so that a long decomposition can show
// progress and be stopped.
// Based on: Martin, Reinsch, Wilkinson. Householder's Tridiagonalization of a Symmetric Matrix. Numer. Math.
// 1968 (tred2); Dubrulle, Martin, Wilkinson. The Implicit QL Algorithm. Numer. Math. 1968 (imtql2).
// Departs from them: eigenvectors are kept as rows, so that every inner loop runs over contiguous memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace vicinal {

class SymmetricEigen {
 public:
  SymmetricEigen() = default;

  /// matrix [order x order], row-major, finite; only its lower triangle is read.
  SymmetricEigen(std::vector<double> matrix, size_t order);

  /// Multiplications that the decomposition of a matrix takes, about.
  static uint64_t total_work(size_t order);
  uint64_t total_work() const { return total_work(order_); }
  /// Those done so far; total_work() at the end, never falling.
  uint64_t done_work() const { return done_work_; }

  /// Goes on until about `work` more multiplications are done, or all.
  /// Errors  kInternal (no convergence)
  Status advance(uint64_t work);

  bool finished() const { return phase_ == Phase::kFinished; }

  /// Once finished: eigenvalue `number`, in falling order, and its eigenvector [order] of unit length.
  double value(size_t number) const { return diagonal_[by_falling_value_[number]]; }
  const double* vector(size_t number) const { return &matrix_[by_falling_value_[number] * order_]; }

 private:
  enum class Phase { kReduce, kAccumulate, kDiagonalize, kFinished };

  void reduce_row(size_t row);
  void accumulate_row(size_t row);
  Status diagonalize_value(size_t number);
  void rotate_rows(size_t row, double cosine, double sine);
  void sort_values();

  size_t order_ = 0;
  Phase phase_ = Phase::kFinished;
  size_t position_ = 0;  // row or eigenvalue that the phase is at
  uint64_t done_work_ = 0;
  double smallest_off_diagonal_ = 0.0;  // below it an off-diagonal value counts as zero

  std::vector<double> matrix_;        // the matrix, then reflections, then eigenvectors as rows
  std::vector<double> diagonal_;      // [order] of the tridiagonal form, then the eigenvalues
  std::vector<double> off_diagonal_;  // [order] value i joins rows i - 1 and i; later i and i + 1
  std::vector<double> half_square_;   // [order] |v|^2 / 2 of each row's reflection, 0: no reflection
  std::vector<double> scratch_;       // [order]
  std::vector<size_t> by_falling_value_;
};

}  // namespace vicinal
