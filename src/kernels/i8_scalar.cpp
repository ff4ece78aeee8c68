// Signed byte kernels, portable reference.
#include "kernels/kernel_parts.h"
#include "kernels/scalar_forms.h"

namespace vicinal {
namespace {

struct DotI8 {
  using Query = int8_t;
  using Element = int8_t;
  using Score = int32_t;
  static size_t query_width(size_t dim) { return dim; }
  static size_t row_width(size_t dim) { return dim; }
  static int32_t one(const int8_t* query, const int8_t* row, size_t dim) {
    int32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += query[i] * row[i];
    return sum;
  }
};

}  // namespace

void set_i8_scalar(KernelTable& table) {
  table.dot_i8 = scalar_family<DotI8>();
}

}  // namespace vicinal
