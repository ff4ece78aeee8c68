// Float kernels, portable reference.
#include <algorithm>
#include <cmath>

#include "kernels/kernel_parts.h"
#include "kernels/scalar_forms.h"

namespace vicinal {
namespace {

struct F32Pair {
  using Query = float;
  using Element = float;
  using Score = float;
  static size_t query_width(size_t dim) { return dim; }
  static size_t row_width(size_t dim) { return dim; }
};

struct DotF32 : F32Pair {
  static float one(const float* query, const float* row, size_t dim) {
    float sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += query[i] * row[i];
    return sum;
  }
};

struct L2SquaredF32 : F32Pair {
  static float one(const float* query, const float* row, size_t dim) {
    float sum = 0;
    for (size_t i = 0; i < dim; ++i) {
      const float difference = query[i] - row[i];
      sum += difference * difference;
    }
    return sum;
  }
};

struct L1F32 : F32Pair {
  static float one(const float* query, const float* row, size_t dim) {
    float sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += std::fabs(query[i] - row[i]);
    return sum;
  }
};

struct MaxSumF32 : F32Pair {
  static float one(const float* query, const float* row, size_t dim) {
    float sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += std::max(query[i], row[i]);
    return sum;
  }
};

}  // namespace

void set_f32_scalar(KernelTable& table) {
  table.dot_f32 = scalar_family<DotF32>();
  table.l2_squared_f32 = scalar_family<L2SquaredF32>();
  table.l1_f32 = scalar_family<L1F32>();
  table.max_sum_f32 = scalar_tiles<MaxSumF32>();
}

}  // namespace vicinal
