#include "embedding/pca.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/saturate.h"
#include "embedding/double_arithmetic.h"

namespace vicinal {
namespace {

// Rows centred at a time: a block (512 KB at 1,024 dimensions) stays in cache while the matrix passes by.
constexpr size_t kBlockRowCount = 64;

// Multiplications a piece: 5 to 20 ms.
constexpr uint64_t kStepWork = 16'000'000;

// Eigenvalues below this part of the largest are rounding errors, and so would be their components.
constexpr double kRelativeRank = 1e-12;

void mean_of_rows(const float* rows, size_t row_count, size_t dim, std::vector<double>& mean) {
  std::fill(mean.begin(), mean.end(), 0.0);
  for (size_t row = 0; row < row_count; ++row) {
    add_scaled(rows + row * dim, 1.0, dim, mean.data());
  }
  for (double& value : mean) {
    value /= static_cast<double>(row_count);
  }
}

// Takes from `vector` what lies along the unit vectors before it, and scales it to unit length. Twice is
// enough (Giraud, Langou, Rozloznik. The Loss of Orthogonality in the Gram-Schmidt Process. 2005). Returns
// false, when too little is left to tell a direction.
bool orthonormalize(const double* unit_vectors, size_t count, size_t dim, double* vector) {
  for (int pass = 0; pass < 2; ++pass) {
    const double length_before = std::sqrt(dot_double(vector, vector, dim));
    for (size_t i = 0; i < count; ++i) {
      const double* unit = unit_vectors + i * dim;
      add_scaled(unit, -dot_double(unit, vector, dim), dim, vector);
    }
    const double length = std::sqrt(dot_double(vector, vector, dim));
    if (!(length > 0.0) || (pass == 0 && length < 1e-8 * length_before)) {
      return false;
    }
    for (size_t i = 0; i < dim; ++i) {
      vector[i] /= length;
    }
  }
  return true;
}

// The convention of sign that makes a fit repeatable.
void make_largest_positive(double* vector, size_t dim) {
  size_t largest = 0;
  for (size_t i = 1; i < dim; ++i) {
    if (std::abs(vector[i]) > std::abs(vector[largest])) {
      largest = i;
    }
  }
  if (vector[largest] < 0.0) {
    for (size_t i = 0; i < dim; ++i) {
      vector[i] = -vector[i];
    }
  }
}

}  // namespace

Pca::Pca(size_t dim, size_t component_count, size_t row_count)
    : dim_(dim),
      component_count_(component_count),
      row_count_(row_count),
      mean_(dim),
      variance_(component_count),
      components_(component_count * dim) {
  const size_t order = std::min(dim_, row_count_);
  matrix_.resize(order * order);
  centered_.resize(by_gram() ? row_count_ * dim_ : kBlockRowCount * dim_);
}

void Pca::add(const float* rows, size_t row_count) {
  if (row_count == 0) {
    return;
  }
  if (by_gram()) {
    std::copy_n(rows, row_count * dim_, &centered_[added_row_count_ * dim_]);
  } else {
    add_to_covariance(rows, row_count);
  }
  added_row_count_ += row_count;
}

void Pca::add_to_covariance(const float* rows, size_t row_count) {
  std::vector<double> batch_mean(dim_);
  mean_of_rows(rows, row_count, dim_, batch_mean);
  for (size_t first = 0; first < row_count; first += kBlockRowCount) {
    const size_t count = std::min(kBlockRowCount, row_count - first);
    for (size_t row = 0; row < count; ++row) {
      for (size_t i = 0; i < dim_; ++i) {
        centered_[row * dim_ + i] = rows[(first + row) * dim_ + i] - batch_mean[i];
      }
    }
    add_outer_products(count);
  }
  merge_mean(batch_mean, row_count);
}

// Adds row row' of every centred row of the block to the lower triangle: four rows at a time, to load and
// store each sum once for four products.
void Pca::add_outer_products(size_t row_count) {
  for (size_t i = 0; i < dim_; ++i) {
    double* sums = &matrix_[i * dim_];
    size_t row = 0;
    for (; row + 4 <= row_count; row += 4) {
      const double* first = &centered_[row * dim_];
      add_four_scaled(first, dim_, i, sums);
    }
    for (; row < row_count; ++row) {
      const double* a = &centered_[row * dim_];
      add_scaled(a, a[i], i + 1, sums);
    }
  }
}

void Pca::merge_mean(const std::vector<double>& batch_mean, size_t batch_row_count) {
  const double old_count = static_cast<double>(added_row_count_);
  const double batch_count = static_cast<double>(batch_row_count);
  const double count = old_count + batch_count;
  std::vector<double> difference(dim_);
  for (size_t i = 0; i < dim_; ++i) {
    difference[i] = batch_mean[i] - mean_[i];
  }
  if (added_row_count_ > 0) {
    const double factor = old_count * batch_count / count;
    for (size_t i = 0; i < dim_; ++i) {
      add_scaled(difference.data(), factor * difference[i], i + 1, &matrix_[i * dim_]);
    }
  }
  add_scaled(difference.data(), batch_count / count, dim_, mean_.data());
}

Result<PcaProgress> Pca::step() {
  uint64_t piece_work = 0;
  while (piece_work < kStepWork && phase_ != Phase::kFinished) {
    uint64_t work = 1;
    switch (phase_) {
      case Phase::kStart:
        if (by_gram()) {
          begin_gram();
        } else {
          begin_decomposition();
        }
        break;
      case Phase::kGram:
        add_gram_row(position_);
        work = (position_ + 1) * dim_;
        if (++position_ == row_count_) {
          begin_decomposition();
        }
        break;
      case Phase::kDecompose: {
        const uint64_t before = eigen_.done_work();
        const Status status = eigen_.advance(kStepWork - piece_work);
        if (!status.ok()) {
          return status.error();
        }
        piece_work += eigen_.done_work() - before;
        work = 0;
        if (eigen_.finished()) {
          phase_ = Phase::kComponents;
          position_ = 0;
        }
        break;
      }
      case Phase::kComponents:
        derive_component(position_);
        work = by_gram() ? row_count_ * dim_ : dim_;
        if (++position_ == component_count_) {
          phase_ = Phase::kFinished;
        }
        break;
      case Phase::kFinished:
        break;
    }
    done_work_ += work;
    piece_work += work;
  }
  return PcaProgress{done_work_ + eigen_.done_work(), total_work()};
}

uint64_t Pca::total_work() const {
  const uint64_t rows = row_count_;
  const uint64_t gram = by_gram() ? rows * (rows + 1) / 2 * dim_ : 0;
  const uint64_t components = component_count_ * (by_gram() ? rows * dim_ : dim_);
  return 1 + gram + SymmetricEigen::total_work(std::min(dim_, row_count_)) + components;
}

void Pca::begin_gram() {
  for (size_t row = 0; row < row_count_; ++row) {
    add_scaled(&centered_[row * dim_], 1.0, dim_, mean_.data());
  }
  for (double& value : mean_) {
    value /= static_cast<double>(row_count_);
  }
  for (size_t row = 0; row < row_count_; ++row) {
    add_scaled(mean_.data(), -1.0, dim_, &centered_[row * dim_]);
  }
  phase_ = Phase::kGram;
  position_ = 0;
}

void Pca::add_gram_row(size_t row) {
  for (size_t other = 0; other <= row; ++other) {
    matrix_[row * row_count_ + other] = dot_double(&centered_[row * dim_], &centered_[other * dim_], dim_);
  }
}

void Pca::begin_decomposition() {
  const size_t order = std::min(dim_, row_count_);
  for (size_t i = 0; i < order; ++i) {
    total_square_sum_ += matrix_[i * order + i];
  }
  eigen_ = SymmetricEigen(std::move(matrix_), order);
  phase_ = Phase::kDecompose;
}

void Pca::derive_component(size_t number) {
  double* component = &components_[number * dim_];
  // Rounding may leave a variance that is zero slightly negative.
  variance_[number] = std::max(eigen_.value(number), 0.0);
  if (by_gram()) {
    bool found = variance_[number] > kRelativeRank * eigen_.value(0);
    if (found) {
      const double* weights = eigen_.vector(number);
      for (size_t row = 0; row < row_count_; ++row) {
        add_scaled(&centered_[row * dim_], weights[row], dim_, component);
      }
      found = orthonormalize(components_.data(), number, dim_, component);
    }
    // The rows have no more directions: any that is orthogonal to the others will do.
    for (size_t axis = 0; !found && axis < dim_; ++axis) {
      std::fill_n(component, dim_, 0.0);
      component[axis] = 1.0;
      found = orthonormalize(components_.data(), number, dim_, component);
    }
  } else {
    std::copy_n(eigen_.vector(number), dim_, component);
  }
  make_largest_positive(component, dim_);
}

void Pca::write(float* mean, float* components, float* explained_variance,
                float* explained_variance_ratio) const {
  std::transform(mean_.begin(), mean_.end(), mean, saturate);
  std::transform(components_.begin(), components_.end(), components, saturate);
  for (size_t i = 0; i < component_count_; ++i) {
    explained_variance[i] = saturate(variance_[i] / static_cast<double>(row_count_ - 1));
    explained_variance_ratio[i] = total_square_sum_ > 0.0 ? saturate(variance_[i] / total_square_sum_) : 0.0f;
  }
}

void project_rows(const float* rows, size_t row_count, size_t dim, const float* mean, const float* components,
                  size_t component_count, float* out) {
  // Differences to the mean, and their products, stay within the range of double for any floats.
  std::vector<double> centered(dim);
  for (size_t row = 0; row < row_count; ++row) {
    for (size_t i = 0; i < dim; ++i) {
      centered[i] = static_cast<double>(rows[row * dim + i]) - mean[i];
    }
    for (size_t number = 0; number < component_count; ++number) {
      out[row * component_count + number] =
          saturate(dot_double(centered.data(), components + number * dim, dim));
    }
  }
}

}  // namespace vicinal
