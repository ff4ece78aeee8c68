// Kernels on bit rows, portable reference.
#include <bit>

#include "kernels/code_layout.h"
#include "kernels/kernel_parts.h"
#include "kernels/scalar_forms.h"

namespace vicinal {
namespace {

struct DotBits {
  static int32_t one(const uint8_t* query, const uint8_t* row, size_t dim) {
    const size_t width = bits_row_bytes(dim);
    int32_t sum = 0;
    for (int plane = 0; plane < 4; ++plane) {
      for (size_t i = 0; i < width; ++i) {
        sum += std::popcount(static_cast<uint8_t>(query[plane * width + i] & row[i])) << plane;
      }
    }
    return sum;
  }
};

struct DotU1 {
  using Query = int8_t;
  using Element = uint8_t;
  using Score = int32_t;
  static size_t query_width(size_t dim) { return bits_query_bytes(dim); }
  static size_t row_width(size_t dim) { return bits_row_bytes(dim); }
  static int32_t one(const int8_t* query, const uint8_t* row, size_t dim) {
    int32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += query[bits_query_place(i)] * bit_at(row, i);
    return sum;
  }
};

void unpack_bits_scalar(const uint8_t* packed, size_t dim, uint8_t* out) {
  for (size_t i = 0; i < dim; ++i) out[i] = bit_at(packed, i);
}

}  // namespace

void set_bits_scalar(KernelTable& table) {
  table.dot_bits = DotBits::one;
  table.dot_u1 = scalar_scans<DotU1>();
  table.unpack_bits = unpack_bits_scalar;
}

}  // namespace vicinal
