// Distances of queries to rows in binary codes, in two steps.
//
// With o the rotated direction of a row, s its signs as +1 and -1, and q that of a query,
//   <s, q> / <s, o>  estimates  <o, q>
// without bias, and distances follow from it by the lengths of both (binary_codec.h).
//   coarse  q by its signs alone, t, scaled to keep <t, q> right: <s, t> = D - 2 hamming(s, t)
//   fine    q in 16 levels, bit-sliced: dot_bits, and a count of the bits of the row
// Integers make the result the same, to the last bit, with every kernel table.
#pragma once

#include <cstddef>
#include <memory>

#include "quantize/codec.h"

namespace vicinal {

class BinaryCodec;

/// queries [query_count x dim], as Codec::scorer takes them; the codec must outlive the scorer.
std::unique_ptr<CodeScorer> make_binary_scorer(const BinaryCodec& codec, const float* queries,
                                               size_t query_count);

}  // namespace vicinal
