#include "engine/score_rows.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "embedding/double_arithmetic.h"
#include "embedding/normalize.h"
#include "index/flat/exact_distance.h"
#include "rows/vector_rows.h"

namespace vicinal {
namespace {

// A block of rows and a tile of queries stay together in a small L2 cache.
constexpr size_t kBlockBytes = size_t{128} * 1024;
constexpr size_t kTileQueries = 32;
constexpr size_t kMaxBlockRows = 256;  // bounds the buffer of results where rows are short

// Squared distances below this may have lost digits to underflow.
constexpr float kSmallestPlainSquare = 0x1p-90f;

const KernelFamily<float, float, float>& family_of(Metric metric, const KernelTable& kernels) {
  switch (metric) {
    case Metric::kEuclidean:
      return kernels.l2_squared_f32;
    case Metric::kManhattan:
      return kernels.l1_f32;
    case Metric::kCosine:
    case Metric::kDot:
      break;
  }
  return kernels.dot_f32;
}

// Score from what the kernel gave, or false when float arithmetic does not do. row_norm is read under cosine.
bool score_from_kernel(Metric metric, float value, double row_norm, float* score) {
  switch (metric) {
    case Metric::kCosine:
      *score = static_cast<float>(std::clamp(value / row_norm, -1.0, 1.0));
      return is_plain_norm(row_norm);
    case Metric::kEuclidean:
      *score = -std::sqrt(value);
      return value >= kSmallestPlainSquare && value <= FLT_MAX;
    case Metric::kManhattan:
      *score = 0.0f - value;
      return value <= FLT_MAX;
    case Metric::kDot:
      *score = value;
      return std::fabs(value) <= FLT_MAX;
  }
  return false;
}

}  // namespace

void score_rows(Metric metric, const float* queries, size_t query_count, const float* rows, size_t row_count,
                size_t dim, const KernelTable& kernels, float* out) {
  const size_t block_rows =
      std::min({row_count, kMaxBlockRows, std::max<size_t>(1, kBlockBytes / (dim * sizeof(float)))});
  std::vector<float> values(std::min(query_count, kTileQueries) * block_rows);
  std::vector<double> norms(block_rows, 1.0);
  std::vector<float> unit_queries;
  const float* kernel_queries = queries;
  if (metric == Metric::kCosine) {
    unit_queries.resize(query_count * dim);
    normalize_rows(queries, query_count, dim, unit_queries.data());
    kernel_queries = unit_queries.data();
  }
  const KernelFamily<float, float, float>& family = family_of(metric, kernels);

  for (size_t first = 0; first < row_count; first += block_rows) {
    const size_t count = std::min(block_rows, row_count - first);
    const float* block = rows + first * dim;
    if (metric == Metric::kCosine) {
      for (size_t row = 0; row < count; ++row) norms[row] = norm_double(block + row * dim, dim);
    }
    for (size_t query = 0; query < query_count; ++query) {
      const size_t in_tile = query % kTileQueries;
      if (in_tile == 0) {
        const size_t tile = std::min(kTileQueries, query_count - query);
        const float* tile_queries = kernel_queries + query * dim;
        if (tile == 1) {
          family.one_to_many(tile_queries, block, count, dim, values.data());
        } else {
          family.many_to_many(tile_queries, tile, block, count, dim, values.data());
        }
      }
      float* scores = out + query * row_count + first;
      for (size_t row = 0; row < count; ++row) {
        if (score_from_kernel(metric, values[in_tile * count + row], norms[row], &scores[row])) continue;
        const ExactDistance distance(metric, queries + query * dim, dim);
        scores[row] = score_from_distance(metric, distance(block + row * dim));
      }
    }
  }
}

}  // namespace vicinal
