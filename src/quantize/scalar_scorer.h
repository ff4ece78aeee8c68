// Distances of queries to rows in scalar codes.
//
// A row is center + low + step * c, with c its codes. Then
//   q . row = q . center + sum(q) * mean(low + step * c) + step * sum((q - mean(q)) * (c - mean(c)))
// and only the last sum needs the codes. With the query on a grid too, q about qlow + qstep * u, it is
//   qstep * (sum(u * c) - sum(u) * sum(c) / dim)
// where sum(u * c) is an integer dot product, and neither low end matters. Euclidean distance takes the same
// sum:
//   |q - x|^2 = dim * (mean(q) - mean(x))^2 + |q - mean(q)|^2 + |x - mean(x)|^2
//               - 2 (q - mean(q)) . (x - mean(x))
// for q and x less the center. What is left to round is the query's grid, of 2^7 levels. For rows of 8 bits these
// would cost 1 % of recall@10 (over passages in 1,024-dimensional sentence embeddings), so the rows that a scan
// leaves are compared again with 2^14; rows of fewer bits gain nothing by that.
//
// Integers make the result the same, to the last bit, with every kernel table; only L1 distances, which have no
// such form, are summed in float.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/metric.h"
#include "kernels/kernel_table.h"
#include "quantize/affine_fit.h"
#include "quantize/codec.h"

namespace vicinal {

struct ScalarCodeShape {
  size_t dim;
  uint32_t bits;
  Metric metric;
  size_t constant_count;  // floats a row, as scalar_codec.h lists them
  const float* center;    // [dim]
  const float* grid;      // low, step of all rows; null where every row has its own
  const KernelTable* kernels;
};

/// queries [query_count x dim], as Codec::scorer takes them.
std::unique_ptr<CodeScorer> make_scalar_scorer(const ScalarCodeShape& shape, const float* queries,
                                               size_t query_count);

}  // namespace vicinal
