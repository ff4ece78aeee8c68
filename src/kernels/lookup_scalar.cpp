// Sums of looked-up values, portable reference.
#include "kernels/kernel_parts.h"

namespace vicinal {
namespace {

void lookup_u4_scalar(const uint8_t* tables, const uint8_t* groups, size_t group_count, size_t code_bytes,
                      uint32_t* out) {
  for (size_t group = 0; group < group_count; ++group, out += kLookupGroupRows) {
    for (size_t row = 0; row < kLookupGroupRows; ++row) out[row] = 0;
    for (size_t byte = 0; byte < code_bytes; ++byte, groups += kLookupGroupRows) {
      const uint8_t* low_table = tables + byte * 32;
      const uint8_t* high_table = low_table + 16;
      for (size_t row = 0; row < kLookupGroupRows; ++row)
        out[row] += uint32_t{low_table[groups[row] & 15]} + high_table[groups[row] >> 4];
    }
  }
}

}  // namespace

void set_lookup_scalar(KernelTable& table) {
  table.lookup_u4 = lookup_u4_scalar;
}

}  // namespace vicinal
