#include "embedding/symmetric_eigen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "embedding/double_arithmetic.h"

namespace vicinal {
namespace {

using Matrix = std::vector<double>;

SymmetricEigen decompose(const Matrix& matrix, size_t order, uint64_t work_a_call = UINT64_MAX / 2) {
  SymmetricEigen eigen(matrix, order);
  uint64_t done = 0;
  while (!eigen.finished()) {
    EXPECT_TRUE(eigen.advance(work_a_call).ok());
    EXPECT_GT(eigen.done_work(), done);
    done = eigen.done_work();
  }
  EXPECT_EQ(eigen.done_work(), eigen.total_work());
  return eigen;
}

// A v = lambda v, the vectors are orthonormal, the values fall.
void expect_decomposition(const SymmetricEigen& eigen, const Matrix& matrix, size_t order) {
  double norm = 0;
  for (const double value : matrix) norm = std::max(norm, std::abs(value));
  const double tolerance = 1e-13 * static_cast<double>(order) * (norm + 1e-300);
  for (size_t number = 0; number < order; ++number) {
    const double* vector = eigen.vector(number);
    if (number > 0) {
      EXPECT_LE(eigen.value(number), eigen.value(number - 1));
    }
    for (size_t row = 0; row < order; ++row) {
      const double product = dot_double(&matrix[row * order], vector, order);
      ASSERT_NEAR(product, eigen.value(number) * vector[row], tolerance) << order;
    }
    for (size_t other = 0; other <= number; ++other) {
      ASSERT_NEAR(dot_double(vector, eigen.vector(other), order), other == number ? 1.0 : 0.0, 1e-12)
          << order;
    }
  }
}

Matrix symmetric(size_t order, auto&& value_at) {
  Matrix matrix(order * order);
  for (size_t row = 0; row < order; ++row) {
    for (size_t column = 0; column <= row; ++column) {
      matrix[row * order + column] = matrix[column * order + row] = value_at(row, column);
    }
  }
  return matrix;
}

TEST(SymmetricEigen, DecomposesRandomMatricesOfEveryOrder) {
  Random random(5);
  for (size_t order = 1; order <= 40; ++order) {
    const Matrix matrix = symmetric(order, [&](size_t, size_t) { return 2.0 * random.unit_float() - 1.0; });
    expect_decomposition(decompose(matrix, order), matrix, order);
  }
}

TEST(SymmetricEigen, FindsKnownEigenvalues) {
  // 2 on the diagonal, -1 beside it: 2 - 2 cos(j pi / (n + 1)).
  constexpr size_t kOrder = 50;
  const Matrix matrix = symmetric(kOrder, [](size_t row, size_t column) {
    return row == column ? 2.0 : (row == column + 1 ? -1.0 : 0.0);
  });
  const SymmetricEigen eigen = decompose(matrix, kOrder);
  for (size_t number = 0; number < kOrder; ++number) {
    const double angle = 3.14159265358979323846 * static_cast<double>(kOrder - number) / (kOrder + 1);
    EXPECT_NEAR(eigen.value(number), 2 - 2 * std::cos(angle), 1e-13);
  }
}

TEST(SymmetricEigen, HandlesDegenerateMatrices) {
  constexpr size_t kOrder = 12;
  const auto check = [](const Matrix& matrix) {
    expect_decomposition(decompose(matrix, kOrder), matrix, kOrder);
  };
  check(symmetric(kOrder, [](size_t, size_t) { return 0.0; }));
  check(symmetric(kOrder, [](size_t row, size_t column) { return row == column ? 1.0 : 0.0; }));
  check(symmetric(kOrder, [](size_t, size_t) { return 3.0; }));  // rank 1
  check(symmetric(
      kOrder, [](size_t row, size_t column) { return row == column ? static_cast<double>(row / 4) : 0.0; }));
  check(symmetric(kOrder, [](size_t row, size_t column) { return (row + column) % 2 == 0 ? 0.0 : 1.0; }));
  for (const double scale : {1e-150, 1e-80, 1e80, 1e150}) {
    Random random(6);
    check(symmetric(kOrder, [&](size_t, size_t) { return scale * (random.unit_float() - 0.5f); }));
  }
  // Values from 1 to 10^-22.
  check(symmetric(
      kOrder, [](size_t row, size_t column) { return std::pow(10.0, -static_cast<double>(row + column)); }));
}

TEST(SymmetricEigen, SmallPiecesGiveTheSameAsOneCall) {
  Random random(7);
  constexpr size_t kOrder = 30;
  const Matrix matrix = symmetric(kOrder, [&](size_t, size_t) { return 2.0 * random.unit_float() - 1.0; });
  const SymmetricEigen whole = decompose(matrix, kOrder);
  const SymmetricEigen pieces = decompose(matrix, kOrder, 1);
  for (size_t number = 0; number < kOrder; ++number) {
    EXPECT_EQ(whole.value(number), pieces.value(number));
    for (size_t i = 0; i < kOrder; ++i) EXPECT_EQ(whole.vector(number)[i], pieces.vector(number)[i]);
  }
}

}  // namespace
}  // namespace vicinal
