// The point that codes are taken relative to: values around it are smaller than values around zero, so the
// same bits tell them more exactly. (Sentence embeddings share a large mean: at 4 bits the error falls to a
// tenth.)
#pragma once

#include <cstddef>

namespace vicinal {

/// The mean of rows [row_count x dim], drawn towards zero by as much as the mean of so few rows is uncertain:
/// all the way for one row, hardly for hundreds. center [dim]. Based on: James, Stein. Estimation with
/// Quadratic Loss. Berkeley Symposium 1961 (positive part).
void shrunken_mean(const float* rows, size_t row_count, size_t dim, float* center);

}  // namespace vicinal
