// The inner loops of product codes that are no kernels: plain arithmetic, in one order. Their file is built for speed
// where others are built to be small.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vicinal {

/// Sums of values looked up by 8-bit codes: tables [segments x 256], rows [row_count x segments]; out [row_count].
void lookup_u8(const uint8_t* tables, const uint8_t* rows, size_t row_count, size_t segments, uint32_t* out);

/// Dot products of a query [width] with centroids; `count` of them, a multiple of 16.
/// columns  [width x count]: a value of all centroids after another
void dot_columns(const float* query, const float* columns, size_t width, size_t count, float* products);

struct ValueRange {
  float low;
  float high;
};
/// Of values [count], a multiple of 4.
ValueRange range_of(const float* values, size_t count);

/// levels[i] = (values[i] - low) * to_level, rounded, up to `last_level`. to_level is finite, no value below low.
void round_to_levels(const float* values, size_t count, float low, float to_level, float last_level,
                     uint8_t* levels);

/// Sum of values looked up by a code; 4-bit codes two to a byte, the earlier one in its low half.
/// tables  [segments x 16] or [segments x 256]
double lookup_f32_u4(const float* tables, const uint8_t* code, size_t segments);
double lookup_f32_u8(const float* tables, const uint8_t* code, size_t segments);

/// sums[i] += |from - values[i]|.
void add_differences(const float* values, double from, size_t count, double* sums);

}  // namespace vicinal
