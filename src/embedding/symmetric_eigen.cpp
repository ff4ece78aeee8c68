#include "embedding/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "embedding/double_arithmetic.h"

namespace vicinal {
namespace {

// Each eigenvalue takes 1.3 to 1.7 iterations on average; one that is not found after so many never will be.
constexpr int kMaxIterationCount = 60;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

uint64_t square(uint64_t value) {
  return value * value;
}

// Work of one row or eigenvalue in each phase, in multiplications. The last counts 1.5 iterations of `count`
// rotations of two rows.
uint64_t reduce_work(uint64_t row) {
  return 2 * square(row) + 1;
}
uint64_t accumulate_work(uint64_t row) {
  return 2 * square(row) + 1;
}
uint64_t diagonalize_work(uint64_t order, uint64_t count) {
  return 6 * order * count + 1;
}

}  // namespace

SymmetricEigen::SymmetricEigen(std::vector<double> matrix, size_t order)
    : order_(order),
      phase_(Phase::kReduce),
      position_(order),
      matrix_(std::move(matrix)),
      diagonal_(order),
      off_diagonal_(order),
      half_square_(order),
      scratch_(order),
      by_falling_value_(order) {
  if (order_ == 0) {
    phase_ = Phase::kFinished;
  }
}

uint64_t SymmetricEigen::total_work(size_t order) {
  uint64_t work = 0;
  for (uint64_t i = 0; i < order; ++i) {
    work += reduce_work(i) + accumulate_work(i) + diagonalize_work(order, order - i);
  }
  return work;
}

Status SymmetricEigen::advance(uint64_t work) {
  const uint64_t goal = done_work_ + std::max<uint64_t>(work, 1);
  while (phase_ != Phase::kFinished && done_work_ < goal) {
    switch (phase_) {
      case Phase::kReduce:
        --position_;
        reduce_row(position_);
        done_work_ += reduce_work(position_);
        if (position_ == 0) {
          phase_ = Phase::kAccumulate;
        }
        break;
      case Phase::kAccumulate:
        accumulate_row(position_);
        done_work_ += accumulate_work(position_);
        if (++position_ == order_) {
          // From here on, value i joins rows i and i + 1.
          std::rotate(off_diagonal_.begin(), off_diagonal_.begin() + 1, off_diagonal_.end());
          off_diagonal_[order_ - 1] = 0.0;
          double norm = 0.0;
          for (size_t i = 0; i < order_; ++i) {
            norm = std::max(norm, std::abs(diagonal_[i]) + std::abs(off_diagonal_[i]));
          }
          // Between two zeros on the diagonal the relative test below would never pass.
          smallest_off_diagonal_ = norm * kEpsilon * kEpsilon;
          phase_ = Phase::kDiagonalize;
          position_ = 0;
        }
        break;
      case Phase::kDiagonalize: {
        const Status status = diagonalize_value(position_);
        if (!status.ok()) {
          return status;
        }
        done_work_ += diagonalize_work(order_, order_ - position_);
        if (++position_ == order_) {
          sort_values();
          phase_ = Phase::kFinished;
        }
        break;
      }
      case Phase::kFinished:
        break;
    }
  }
  return {};
}

// Reflects the first `row` coordinates so that of the values left of the diagonal in this row only the last
// stays. The reflection I - v v' / h is kept: v in the row itself, h in half_square_.
void SymmetricEigen::reduce_row(size_t row) {
  double* v = &matrix_[row * order_];
  diagonal_[row] = v[row];
  half_square_[row] = 0.0;
  off_diagonal_[row] = 0.0;
  if (row == 0) {
    return;
  }
  const size_t last = row - 1;
  double scale = 0.0;
  for (size_t i = 0; i < last; ++i) {
    scale = std::max(scale, std::abs(v[i]));
  }
  if (scale == 0.0) {
    off_diagonal_[row] = v[last];
    return;
  }
  scale = std::max(scale, std::abs(v[last]));
  for (size_t i = 0; i < row; ++i) {
    v[i] /= scale;
  }
  double h = dot_double(v, v, row);
  const double length = std::copysign(std::sqrt(h), -v[last]);
  off_diagonal_[row] = scale * length;
  h -= v[last] * length;
  v[last] -= length;
  half_square_[row] = h;

  // p = A v, from the lower triangle alone.
  double* p = scratch_.data();
  std::fill(p, p + row, 0.0);
  for (size_t i = 0; i < row; ++i) {
    const double* a = &matrix_[i * order_];
    p[i] += dot_double(a, v, i + 1);
    add_scaled(a, v[i], i, p);
  }
  // A := A - v q' - q v', with q = p / h - v (p . v) / (2 h^2).
  const double half_projection = dot_double(p, v, row) / (2.0 * h * h);
  for (size_t i = 0; i < row; ++i) {
    p[i] = p[i] / h - half_projection * v[i];
  }
  for (size_t i = 0; i < row; ++i) {
    double* a = &matrix_[i * order_];
    const double v_i = v[i];
    const double q_i = p[i];
    for (size_t j = 0; j <= i; ++j) {
      a[j] -= v_i * p[j] + q_i * v[j];
    }
  }
}

// Rows 0 to row - 1 hold the product of the reflections so far; multiplies it by this row's, and lets it grow
// by one row and column of the identity.
void SymmetricEigen::accumulate_row(size_t row) {
  double* v = &matrix_[row * order_];
  if (half_square_[row] != 0.0) {
    for (size_t i = 0; i < row; ++i) {
      double* product = &matrix_[i * order_];
      add_scaled(v, -dot_double(product, v, row) / half_square_[row], row, product);
    }
  }
  for (size_t i = 0; i < row; ++i) {
    v[i] = 0.0;
    matrix_[i * order_ + row] = 0.0;
  }
  v[row] = 1.0;
}

// Rotates until the off-diagonal value beside eigenvalue `number` vanishes.
Status SymmetricEigen::diagonalize_value(size_t number) {
  double* d = diagonal_.data();
  double* e = off_diagonal_.data();
  for (int iteration = 0;; ++iteration) {
    // The block that starts here ends at the first value that counts as zero.
    size_t end = number;
    while (end + 1 < order_ && std::abs(e[end]) > kEpsilon * (std::abs(d[end]) + std::abs(d[end + 1])) &&
           std::abs(e[end]) > smallest_off_diagonal_) {
      ++end;
    }
    if (end == number) {
      return {};
    }
    if (iteration == kMaxIterationCount) {
      return Error{ErrorCode::kInternal, kMaxIterationCount, static_cast<int64_t>(number)};
    }

    // Wilkinson's shift: the eigenvalue of the leading 2 x 2 block that is nearer to d[number].
    double g = (d[number + 1] - d[number]) / (2.0 * e[number]);
    double r = std::hypot(g, 1.0);
    g = d[end] - d[number] + e[number] / (g + std::copysign(r, g));
    double sine = 1.0;
    double cosine = 1.0;
    double p = 0.0;
    bool split = false;
    for (size_t i = end; i-- > number;) {
      double f = sine * e[i];
      const double b = cosine * e[i];
      r = std::hypot(f, g);
      e[i + 1] = r;
      if (r == 0.0) {
        // The matrix fell into two parts: begin again with the smaller one.
        d[i + 1] -= p;
        e[end] = 0.0;
        split = true;
        break;
      }
      sine = f / r;
      cosine = g / r;
      g = d[i + 1] - p;
      r = (d[i] - g) * sine + 2.0 * cosine * b;
      p = sine * r;
      d[i + 1] = g + p;
      g = cosine * r - b;
      rotate_rows(i, cosine, sine);
    }
    if (!split) {
      d[number] -= p;
      e[number] = g;
      e[end] = 0.0;
    }
  }
}

void SymmetricEigen::rotate_rows(size_t row, double cosine, double sine) {
  double* upper = &matrix_[row * order_];
  rotate_pair(upper, upper + order_, cosine, sine, order_);
}

// By insertion: the square of the order is nothing next to the decomposition's cube, and it is the least code.
void SymmetricEigen::sort_values() {
  for (size_t number = 0; number < order_; ++number) {
    size_t place = number;
    for (; place > 0 && diagonal_[by_falling_value_[place - 1]] < diagonal_[number]; --place)
      by_falling_value_[place] = by_falling_value_[place - 1];
    by_falling_value_[place] = number;
  }
}

}  // namespace vicinal
