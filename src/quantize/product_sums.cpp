#include "quantize/product_sums.h"

#include <cmath>
#include <cstring>

namespace vicinal {

void lookup_u8(const uint8_t* tables, const uint8_t* rows, size_t row_count, size_t segments, uint32_t* out) {
  // Eight codes are loaded at a time: what is left to load is the values.
  constexpr size_t kWord = sizeof(uint64_t);
  for (size_t row = 0; row < row_count; ++row, rows += segments) {
    const uint8_t* table = tables;
    uint32_t sums[2] = {};
    size_t segment = 0;
    for (; segment + kWord <= segments; segment += kWord, table += kWord * 256) {
      uint64_t codes;
      std::memcpy(&codes, rows + segment, kWord);
      for (size_t i = 0; i < kWord; ++i) sums[i % 2] += table[i * 256 + (codes >> 8 * i & 255)];
    }
    for (; segment < segments; ++segment, table += 256) sums[0] += table[rows[segment]];
    out[row] = sums[0] + sums[1];
  }
}

void add_differences(const float* values, double from, size_t count, double* sums) {
  for (size_t i = 0; i < count; ++i) sums[i] += std::fabs(from - double{values[i]});
}

}  // namespace vicinal
