// Queries rounded to a grid, as integers in the planes that the integer kernels read.
//
// Level numbers have 7 bits, what the kernels take of a query. For rows of 8 bits that is not enough to order the
// nearest; there they have 14, in two planes: the high one alone for a scan of all rows, both for the few that it
// leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/kernel_table.h"

namespace vicinal {

/// The grid of a query, and what products with its level numbers u lack.
struct QueryGrid {
  double step = 0;
  double level_sum = 0;  // sum(u)
  double offset = 0;     // to be added to a product, to make it sum(u * c)
};

class QueryPlanes {
 public:
  /// bits  of the rows that the queries will meet: 8, 4, 2 or 1
  QueryPlanes(size_t dim, uint32_t bits, size_t query_count);

  /// Rounds a query [dim] to the grid from its smallest value to its largest.
  void set_query(size_t query, const double* values);

  /// Whether the fine grid is another than the coarse one.
  bool has_fine() const { return plane_count_ > 1; }
  const QueryGrid& coarse(size_t query) const { return coarse_[query]; }
  const QueryGrid& fine(size_t query) const { return fine_[query]; }

  /// Products of every query, on its coarse grid, with every row: codes [row_count x packed_bytes], out
  /// [query_count x row_count].
  void dot_coarse(const uint8_t* codes, size_t row_count, const KernelTable& kernels, int32_t* out) const;
  /// Of the only query with single rows: codes [row_count] pointers to rows, out [row_count].
  void dot_coarse_scattered(const uint8_t* const* codes, size_t row_count, const KernelTable& kernels,
                            int32_t* out) const;
  /// Of one query, on its fine grid, with one row.
  int64_t dot_fine(size_t query, const uint8_t* code, const KernelTable& kernels) const;

 private:
  size_t query_count() const { return coarse_.size(); }
  uint8_t* plane(size_t index, size_t query) {
    return &planes_[(index * query_count() + query) * plane_bytes_];
  }

  size_t dim_;
  uint32_t bits_;
  size_t plane_count_;
  size_t plane_bytes_;
  std::vector<uint8_t> planes_;    // [plane_count x query_count x plane_bytes], high bits first
  std::vector<QueryGrid> coarse_;  // [query_count]
  std::vector<QueryGrid> fine_;    // [query_count]
  std::vector<int32_t> levels_;    // [dim] of the query being set
};

}  // namespace vicinal
