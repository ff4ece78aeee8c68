// Distances between rows in scalar codes of 8 or 4 bits.
//
// With rows a = center + r, r = low + step * c, distances need
//   a . b = |center|^2 + center . r_a + center . r_b + r_a . r_b
//   r_a . r_b = dim * mean(r_a) * mean(r_b) + step_a * step_b * (sum(c_a * c_b) - sum(c_a) * sum(c_b) / dim)
// where center . r is kept beside each row. The integer kernels take 7 bits of one side: 8-bit codes of the row that
// is measured from are halved, which costs less than half a level.
#pragma once

#include <memory>

#include "quantize/codec.h"
#include "quantize/scalar_scorer.h"

namespace vicinal {

/// shape  bits 8 or 4, metric not Manhattan
std::unique_ptr<CodePairScorer> make_scalar_pair_scorer(const ScalarCodeShape& shape);

/// center . r of a row; 0 where distances do not need it.
float scalar_pair_constant(const ScalarCodeShape& shape, const uint8_t* code, const float* constants);

}  // namespace vicinal
