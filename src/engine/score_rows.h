// Scores of many queries with many rows, all of them: float kernels on blocks of rows that fit the cache, and
// double precision for the few values that float cannot hold on the way.
#pragma once

#include <cstddef>

#include "base/metric.h"
#include "kernels/kernel_table.h"

namespace vicinal {

/// queries, rows  [query_count x dim], [row_count x dim] finite, none of them zero when the metric is cosine
/// out            [query_count x row_count] scores as base/metric.h defines them, within float rounding
void score_rows(Metric metric, const float* queries, size_t query_count, const float* rows, size_t row_count,
                size_t dim, const KernelTable& kernels, float* out);

}  // namespace vicinal
