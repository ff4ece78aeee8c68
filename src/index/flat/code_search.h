// Search of rows in codes: a scan of all codes by coarse distances, then fine distances of the candidates that it
// leaves (quantize/codec.h).
#pragma once

#include <cstddef>
#include <vector>

#include "index/flat/coded_rows.h"
#include "rows/allowed_slots.h"
#include "rows/top_k.h"

namespace vicinal {

/// What follows a search.
enum class AfterCodes {
  kNothing,    // hits are nearest first, ties by smaller slot
  kRescoring,  // of the floats of all hits: they come in no order, and may be some more than asked for
};

/// The allowed rows that are nearest to each query, by code.
/// queries  [query_count x dim] finite floats; not zero when the metric is cosine
/// count    rows wanted, >= 1; fewer where fewer are allowed
/// Returns  [query_count]; what one query finds does not depend on the others. May throw std::bad_alloc.
std::vector<std::vector<Candidate>> search_codes(const CodedRows& rows, const float* queries,
                                                 size_t query_count, size_t dim, size_t count,
                                                 const AllowedSlots& allowed,
                                                 AfterCodes after = AfterCodes::kNothing);

}  // namespace vicinal
