// Float scans compiled natively, the reference of the benchmarks: in the forms that native libraries have, and in the
// form of the WebAssembly kernels.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace vicinal::bench {

constexpr size_t kCacheLineBytes = 64;

using F32x4 = float __attribute__((vector_size(16)));
using F32x8 = float __attribute__((vector_size(32)));

template <typename Vector>
Vector load(const float* values) {
  Vector vector;
  std::memcpy(&vector, values, sizeof vector);
  return vector;
}

// Multiplications and additions are joined by the compiler (-mfma).
struct Dot {
  template <typename Vector>
  static Vector term(Vector sum, Vector query, Vector row) {
    return sum + query * row;
  }
};

struct L2Squared {
  template <typename Vector>
  static Vector term(Vector sum, Vector query, Vector row) {
    const Vector difference = query - row;
    return sum + difference * difference;
  }
};

struct L1 {
  static float term(float sum, float query, float row) { return sum + std::fabs(query - row); }
  template <typename Vector>
  static Vector term(Vector sum, Vector query, Vector row) {
    using Bits = std::conditional_t<sizeof(Vector) == 32, int32_t __attribute__((vector_size(32))),
                                    int32_t __attribute__((vector_size(16)))>;
    return sum + reinterpret_cast<Vector>(reinterpret_cast<Bits>(query - row) & 0x7FFFFFFF);
  }
};

/// Scores kRows rows that lie `jump` floats apart, for each of kQueries queries that follow one another.
/// out  score of query q and row r at q * query_jump + r * row_jump
template <typename Op, typename Vector, size_t kQueries, size_t kRows, size_t kAccumulators>
void score_tile(const float* queries, const float* rows, size_t jump, size_t dim, float* out,
                size_t query_jump, size_t row_jump) {
  constexpr size_t kLanes = sizeof(Vector) / sizeof(float);
  Vector sums[kQueries][kRows][kAccumulators] = {};
  size_t i = 0;
  for (; i + kAccumulators * kLanes <= dim; i += kAccumulators * kLanes) {
    for (size_t a = 0; a < kAccumulators; ++a) {
      Vector parts[kQueries];
      for (size_t q = 0; q < kQueries; ++q) parts[q] = load<Vector>(queries + q * dim + i + a * kLanes);
      for (size_t r = 0; r < kRows; ++r) {
        const Vector row = load<Vector>(rows + r * jump + i + a * kLanes);
        for (size_t q = 0; q < kQueries; ++q) sums[q][r][a] = Op::term(sums[q][r][a], parts[q], row);
      }
    }
  }
  for (size_t q = 0; q < kQueries; ++q) {
    for (size_t r = 0; r < kRows; ++r) {
      float sum = 0;
      for (const Vector& part : sums[q][r]) {
        for (size_t lane = 0; lane < kLanes; ++lane) sum += part[lane];
      }
      for (size_t j = i; j < dim; ++j) sum = Op::term(sum, queries[q * dim + j], rows[r * jump + j]);
      out[q * query_jump + r * row_jump] = sum;
    }
  }
}

/// One query against a block of rows, read as kStreams streams side by side: 1 is the plain loop over one row after
/// another, 4 what the WebAssembly kernels do.
template <typename Op, typename Vector, size_t kStreams, size_t kAccumulators>
[[gnu::noinline]] void scan_block(const float* query, const float* rows, size_t row_count, size_t dim,
                                  float* out) {
  const size_t stream = row_count / kStreams;
  for (size_t row = 0; row < stream; ++row) {
    score_tile<Op, Vector, 1, kStreams, kAccumulators>(query, rows + row * dim, stream * dim, dim, out + row,
                                                       0, stream);
  }
  for (size_t row = stream * kStreams; row < row_count; ++row) {
    score_tile<Op, Vector, 1, 1, 4>(query, rows + row * dim, 0, dim, out + row, 0, 0);
  }
}

/// Many queries against a block of rows that stays in a cache meanwhile, in tiles that fill the registers.
/// out  [query_count x row_count]
template <typename Op>
[[gnu::noinline]] void score_block(const float* queries, size_t query_count, const float* rows,
                                   size_t row_count, size_t dim, float* out) {
  constexpr size_t kQueries = 2, kRows = 4;
  for (size_t q = 0; q < query_count;) {
    const bool pair = q + kQueries <= query_count;
    const float* query = queries + q * dim;
    float* scores = out + q * row_count;
    size_t row = 0;
    for (; row + kRows <= row_count; row += kRows) {
      if (pair) {
        score_tile<Op, F32x8, kQueries, kRows, 1>(query, rows + row * dim, dim, dim, scores + row, row_count,
                                                  1);
      } else {
        score_tile<Op, F32x8, 1, kRows, 1>(query, rows + row * dim, dim, dim, scores + row, 0, 1);
      }
    }
    for (; row < row_count; ++row) {
      if (pair) {
        score_tile<Op, F32x8, kQueries, 1, 1>(query, rows + row * dim, 0, dim, scores + row, row_count, 0);
      } else {
        score_tile<Op, F32x8, 1, 1, 1>(query, rows + row * dim, 0, dim, scores + row, 0, 0);
      }
    }
    q += pair ? kQueries : 1;
  }
}

/// The read bound: one byte of every cache line, in four streams too, since so memory gives the most. Returns what
/// must be used, so that the reading is done.
[[gnu::noinline]] inline uint32_t touch_lines(const float* rows, size_t value_count) {
  const volatile uint8_t* bytes = reinterpret_cast<const volatile uint8_t*>(rows);
  const size_t quarter = value_count * sizeof(float) / 4;
  uint32_t sum = 0;
  for (size_t i = 0; i < quarter; i += kCacheLineBytes) {
    for (size_t stream = 0; stream < 4; ++stream) sum += bytes[stream * quarter + i];
  }
  return sum;
}

}  // namespace vicinal::bench
