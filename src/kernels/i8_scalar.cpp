// Signed byte kernels, portable reference.
#include "kernels/kernel_parts.h"
#include "kernels/scalar_forms.h"

namespace vicinal {
namespace {

template <typename ScoreType>
struct I8Pair {
  using Query = int8_t;
  using Element = int8_t;
  using Score = ScoreType;
  static size_t query_width(size_t dim) { return dim; }
  static size_t row_width(size_t dim) { return dim; }
};

struct DotI8 : I8Pair<int32_t> {
  static int32_t one(const int8_t* query, const int8_t* row, size_t dim) {
    int32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += query[i] * row[i];
    return sum;
  }
};

struct L2SquaredI8 : I8Pair<uint32_t> {
  static uint32_t one(const int8_t* query, const int8_t* row, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) {
      const int difference = query[i] - row[i];
      sum += static_cast<uint32_t>(difference * difference);
    }
    return sum;
  }
};

struct L1I8 : I8Pair<uint32_t> {
  static uint32_t one(const int8_t* query, const int8_t* row, size_t dim) {
    uint32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) {
      const int difference = query[i] - row[i];
      sum += static_cast<uint32_t>(difference < 0 ? -difference : difference);
    }
    return sum;
  }
};

}  // namespace

void set_i8_scalar(KernelTable& table) {
  table.dot_i8 = scalar_family<DotI8>();
  table.l2_squared_i8 = scalar_family<L2SquaredI8>();
  table.l1_i8 = scalar_family<L1I8>();
}

}  // namespace vicinal
