// Hamming distances of bit rows, portable reference.
#include <bit>

#include "kernels/code_layout.h"
#include "kernels/kernel_parts.h"
#include "kernels/scalar_forms.h"

namespace vicinal {
namespace {

struct Hamming {
  using Query = uint8_t;
  using Element = uint8_t;
  using Score = int32_t;
  static size_t query_width(size_t dim) { return bits_row_bytes(dim); }
  static size_t row_width(size_t dim) { return bits_row_bytes(dim); }
  static int32_t one(const uint8_t* query, const uint8_t* row, size_t dim) {
    int32_t sum = 0;
    for (size_t i = 0; i < bits_row_bytes(dim); ++i)
      sum += std::popcount(static_cast<uint8_t>(query[i] ^ row[i]));
    return sum;
  }
};

}  // namespace

void set_hamming_scalar(KernelTable& table) {
  table.hamming = scalar_scans<Hamming>();
}

}  // namespace vicinal
