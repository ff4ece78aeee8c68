// Exact search of rows that are in a file. Reading them takes longer than exact distances do, and of their norms nothing is
// known: so each is read once, and compared in double with all queries.
#pragma once

#include <cstddef>
#include <vector>

#include "rows/allowed_slots.h"
#include "rows/top_k.h"
#include "rows/vector_rows.h"

namespace vicinal {

/// As `search_flat` and `rescore_flat` (flat_search.h), of rows that are stored. What could not be read,
/// `rows.take_failure` tells.
std::vector<std::vector<Candidate>> search_stored(const VectorRows& rows, const float* queries,
                                                  size_t query_count, size_t k, const AllowedSlots& allowed);
std::vector<Candidate> rescore_stored(const VectorRows& rows, const float* query, size_t k,
                                      const std::vector<Candidate>& candidates);

}  // namespace vicinal
