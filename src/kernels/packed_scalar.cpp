// Kernels on 4-bit and 2-bit codes, portable reference.
#include "kernels/code_layout.h"
#include "kernels/kernel_parts.h"
#include "kernels/scalar_forms.h"

namespace vicinal {
namespace {

struct PackedPair {
  using Query = int8_t;
  using Element = uint8_t;
  using Score = int32_t;
  static size_t query_width(size_t dim) { return dim; }
};

struct DotU4 : PackedPair {
  static size_t row_width(size_t dim) { return u4_row_bytes(dim); }
  static int32_t one(const int8_t* query, const uint8_t* row, size_t dim) {
    int32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += query[i] * u4_at(row, i, dim);
    return sum;
  }
};

struct DotU2 : PackedPair {
  static size_t row_width(size_t dim) { return u2_row_bytes(dim); }
  static int32_t one(const int8_t* query, const uint8_t* row, size_t dim) {
    int32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += query[i] * u2_at(row, i, dim);
    return sum;
  }
};

void unpack_u4_scalar(const uint8_t* packed, size_t dim, uint8_t* out) {
  for (size_t i = 0; i < dim; ++i) out[i] = u4_at(packed, i, dim);
}

void unpack_u2_scalar(const uint8_t* packed, size_t dim, uint8_t* out) {
  for (size_t i = 0; i < dim; ++i) out[i] = u2_at(packed, i, dim);
}

}  // namespace

void set_packed_scalar(KernelTable& table) {
  table.dot_u4 = scalar_family<DotU4>();
  table.dot_u2 = scalar_family<DotU2>();
  table.unpack_u4 = unpack_u4_scalar;
  table.unpack_u2 = unpack_u2_scalar;
}

}  // namespace vicinal
