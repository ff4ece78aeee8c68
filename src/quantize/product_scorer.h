// Distances of queries to rows in product codes, by tables: what every centroid of a segment adds.
//
// Of a query q and a row x, both less the center, |q - x|^2 = |q|^2 + |x|^2 - 2 q . x; |x| is kept beside the code, and
// q . x is the sum of the table's values that the code names, stretched by the length of x (product_codec.h). Under
// cosine both are of unit length, and the distance is half of that. L1 distances are sums of such values themselves.
//
// Coarse distances look up values rounded to levels, so that tables fit a register (4 bits: 2^7 levels) or the nearest
// cache (8 bits: 2^8). Integers make them the same, to the last bit, with every kernel table. Fine distances take the
// values as floats.
#pragma once

#include <cstddef>
#include <memory>

#include "base/metric.h"
#include "kernels/kernel_table.h"
#include "quantize/codec.h"
#include "quantize/product_codebooks.h"
#include "quantize/residual_frame.h"

namespace vicinal {

/// What a scorer needs of its codec.
struct ProductCodes {
  Metric metric;
  size_t constant_count;  // floats a row, as product_codec.h lists them
  double scale;           // of the frame, for rows
  const ResidualFrame* frame;
  const ProductCodebooks* codebooks;
  const KernelTable* kernels;
};

/// queries [query_count x dim], as Codec::scorer takes them.
std::unique_ptr<CodeScorer> make_product_scorer(const ProductCodes& codes, const float* queries,
                                                size_t query_count);

}  // namespace vicinal
