// The inner loops of product codes that are no kernels: plain arithmetic, in one order. Their file is built for speed
// where others are built to be small.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vicinal {

/// Sums of values looked up by 8-bit codes: tables [segments x 256], rows [row_count x segments]; out [row_count].
void lookup_u8(const uint8_t* tables, const uint8_t* rows, size_t row_count, size_t segments, uint32_t* out);

/// sums[i] += |from - values[i]|.
void add_differences(const float* values, double from, size_t count, double* sums);

}  // namespace vicinal
