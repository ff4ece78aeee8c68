#include "quantize/product_sums.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vicinal {
namespace {

using Floats = float __attribute__((vector_size(16)));
constexpr size_t kLanes = 4;
// Sums that do not wait for one another, as vectors and as numbers.
constexpr size_t kSums = 4;

Floats load(const float* values) {
  Floats loaded;
  std::memcpy(&loaded, values, sizeof(loaded));
  return loaded;
}

Floats smaller(Floats a, Floats b) {
  return b < a ? b : a;
}
Floats larger(Floats a, Floats b) {
  return a < b ? b : a;
}

// code_of(segment) names a value of the segment's table.
template <size_t kTableValues, typename CodeOf>
double sum_of_values(const float* tables, size_t segments, CodeOf code_of) {
  double sums[kSums] = {};
  size_t segment = 0;
  for (; segment + kSums <= segments; segment += kSums, tables += kSums * kTableValues) {
    for (size_t i = 0; i < kSums; ++i) sums[i] += double{tables[i * kTableValues + code_of(segment + i)]};
  }
  for (; segment < segments; ++segment, tables += kTableValues) sums[0] += double{tables[code_of(segment)]};
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

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

void dot_columns(const float* query, const float* columns, size_t width, size_t count, float* products) {
  constexpr size_t kTogether = kSums * kLanes;
  for (size_t first = 0; first < count; first += kTogether) {
    Floats sums[kSums] = {};
    const float* column = columns + first;
    for (size_t i = 0; i < width; ++i, column += count) {
      const Floats factor = Floats{} + query[i];
      for (size_t part = 0; part < kSums; ++part) sums[part] += factor * load(column + part * kLanes);
    }
    std::memcpy(products + first, sums, sizeof(sums));
  }
}

ValueRange range_of(const float* values, size_t count) {
  Floats low = load(values);
  Floats high = low;
  for (size_t i = kLanes; i < count; i += kLanes) {
    const Floats next = load(values + i);
    low = smaller(low, next);
    high = larger(high, next);
  }
  // Of the two halves, then of what is left of each.
  low = smaller(low, __builtin_shufflevector(low, low, 2, 3, 0, 1));
  high = larger(high, __builtin_shufflevector(high, high, 2, 3, 0, 1));
  return {std::min(low[0], low[1]), std::max(high[0], high[1])};
}

void round_to_levels(const float* values, size_t count, float low, float to_level, float last_level,
                     uint8_t* levels) {
  for (size_t i = 0; i < count; ++i) {
    const float level = std::min((values[i] - low) * to_level + 0.5f, last_level);
    levels[i] = static_cast<uint8_t>(static_cast<int32_t>(level));
  }
}

double lookup_f32_u4(const float* tables, const uint8_t* code, size_t segments) {
  return sum_of_values<16>(tables, segments, [code](size_t segment) {
    return code[segment / 2] >> (segment % 2 == 0 ? 0 : 4) & 15;
  });
}

double lookup_f32_u8(const float* tables, const uint8_t* code, size_t segments) {
  return sum_of_values<256>(tables, segments, [code](size_t segment) { return code[segment]; });
}

void add_differences(const float* values, double from, size_t count, double* sums) {
  for (size_t i = 0; i < count; ++i) sums[i] += std::fabs(from - double{values[i]});
}

}  // namespace vicinal
