// Rows of unit length.
#pragma once

#include <cstddef>

namespace vicinal {

/// Divides every row by its L2 norm, taken in double precision, so that no magnitude of float is too small or
/// large.
/// rows  [row_count x dim] finite, none of them zero
/// out   [row_count x dim]; may be `rows` itself
void normalize_rows(const float* rows, size_t row_count, size_t dim, float* out);

}  // namespace vicinal
