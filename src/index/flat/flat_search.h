// Exact search: every allowed row is compared with the query.
//
// Rows are scanned with the float kernels, which only preselect: the k best rows, and with them every row
// that the rounding of the scan could hide among the k best. These are then scored again in double
// (exact_distance.h). So the answer is that of double precision, ties by smaller slot, and is the same to the
// last bit whether a query comes alone or with others, with a filter or without, and on every kernel table.
// Rows whose float arithmetic overflows are scored in double during the scan.
//
// Several queries at once are bound by arithmetic, not by memory, so Euclidean and Manhattan distances are then
// put together from sums that cost less than the differences do:
//   |q - x|^2        = sum(q q) + sum(x x) - 2 sum(q x)
//   sum(|q - x|)     = 2 sum(max(q, x)) - sum(max(q, q)) - sum(max(x, x))
// The terms cancel, so such a distance errs by a share of the query's own size. Where that hides too many rows
// (all of them far from zero and near to one another), the query is scanned again by itself.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "kernels/kernel_table.h"
#include "rows/allowed_slots.h"
#include "rows/top_k.h"
#include "rows/vector_rows.h"

namespace vicinal {

/// Finds the `k` allowed rows nearest to each query.
/// queries       [query_count x dim] finite floats, not zero when the metric is cosine
/// k             >= 1
/// max_distance  rows farther than this may be left out, to save work; they need not be
/// Returns       [query_count] lists of up to k rows, nearest first, ties by smaller slot; distances
///               as base/metric.h defines them. May throw std::bad_alloc.
std::vector<std::vector<Candidate>> search_flat(const VectorRows& rows, const KernelTable& kernels,
                                                const float* queries, size_t query_count, size_t k,
                                                const AllowedSlots& allowed,
                                                float max_distance = std::numeric_limits<float>::infinity());

/// The `k` nearest of some rows, given by their slots, each once: with the distances and in the order of `search_flat`.
/// Most of them are only compared in float.
std::vector<Candidate> rescore_flat(const VectorRows& rows, const KernelTable& kernels, const float* query,
                                    size_t k, const std::vector<Candidate>& candidates);

}  // namespace vicinal
