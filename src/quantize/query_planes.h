// Queries rounded to a grid, as integers in the planes that the integer kernels read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/kernel_table.h"

namespace vicinal {

class QueryPlanes {
 public:
  /// bits  of the rows that the queries will meet: 8, 4, 2 or 1
  QueryPlanes(size_t dim, uint32_t bits, size_t query_count);

  /// Rounds a query [dim] to the grid from its smallest value to its largest.
  void set_query(size_t query, const double* values);

  /// Step of the grid, and the sum of the query's level numbers u.
  double step(size_t query) const { return steps_[query]; }
  double level_sum(size_t query) const { return level_sums_[query]; }

  /// sum(u * c) of every query with every row: codes [row_count x packed_bytes], out
  /// [query_count x row_count].
  void dot(const uint8_t* codes, size_t row_count, const KernelTable& kernels, int64_t* out);

 private:
  size_t dim_;
  uint32_t bits_;
  size_t plane_count_;
  unsigned plane_bits_;  // a plane holds so many bits of every level number
  size_t plane_bytes_;
  std::vector<uint8_t> planes_;     // [query_count x plane_count x plane_bytes], high bits first
  std::vector<double> steps_;       // [query_count]
  std::vector<double> level_sums_;  // [query_count]
  std::vector<uint32_t> levels_;    // [dim] of the query being set
  std::vector<int32_t> dots_;       // [query_count x plane_count x row_count]
};

}  // namespace vicinal
