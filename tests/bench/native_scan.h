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

/// Scores kRows rows for each of kQueries queries that follow one another.
/// out  score of query q and row r at q * query_jump + r * row_jump
template <typename Op, typename Vector, size_t kQueries, size_t kRows, size_t kAccumulators>
void score_tile(const float* queries, const float* const (&rows)[kRows], size_t dim, float* out,
                size_t query_jump, size_t row_jump) {
  constexpr size_t kLanes = sizeof(Vector) / sizeof(float);
  Vector sums[kQueries][kRows][kAccumulators] = {};
  size_t i = 0;
  for (; i + kAccumulators * kLanes <= dim; i += kAccumulators * kLanes) {
    for (size_t a = 0; a < kAccumulators; ++a) {
      Vector parts[kQueries];
      for (size_t q = 0; q < kQueries; ++q) parts[q] = load<Vector>(queries + q * dim + i + a * kLanes);
      for (size_t r = 0; r < kRows; ++r) {
        const Vector row = load<Vector>(rows[r] + i + a * kLanes);
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
      for (size_t j = i; j < dim; ++j) sum = Op::term(sum, queries[q * dim + j], rows[r][j]);
      out[q * query_jump + r * row_jump] = sum;
    }
  }
}

/// One query against a block of rows, one row after another.
template <typename Op, typename Vector>
[[gnu::noinline]] void scan_by_row(const float* query, const float* rows, size_t row_count, size_t dim,
                                   float* out) {
  for (size_t row = 0; row < row_count; ++row)
    score_tile<Op, Vector, 1, 1, 4>(query, {rows + row * dim}, dim, out + row, 0, 0);
}

/// The same as the WebAssembly kernels do it: eight streams side by side, each of them a row behind the one before.
template <typename Op, typename Vector>
[[gnu::noinline]] void scan_streams(const float* query, const float* rows, size_t row_count, size_t dim,
                                    float* out) {
  constexpr size_t kStreams = 8;
  const size_t part = row_count / kStreams;
  for (size_t turn = 0; turn < part; ++turn) {
    const float* stream_rows[kStreams];
    size_t slots[kStreams];
    for (size_t s = 0; s < kStreams; ++s) {
      slots[s] = s * part + (turn + s) % part;
      stream_rows[s] = rows + slots[s] * dim;
    }
    float scores[kStreams];
    score_tile<Op, Vector, 1, kStreams, 1>(query, stream_rows, dim, scores, 0, 1);
    for (size_t s = 0; s < kStreams; ++s) out[slots[s]] = scores[s];
  }
  const size_t done = part * kStreams;
  scan_by_row<Op, Vector>(query, rows + done * dim, row_count - done, dim, out + done);
}

/// Many queries against a block of rows that stays in a cache meanwhile, in tiles that fill the registers.
/// out  [query_count x row_count]
template <typename Op>
[[gnu::noinline]] void score_block(const float* queries, size_t query_count, const float* rows,
                                   size_t row_count, size_t dim, float* out) {
  constexpr size_t kQueries = 2, kRows = 4;
  size_t row = 0;
  for (; row + kRows <= row_count; row += kRows) {
    const float* first = rows + row * dim;
    const float* const tile[kRows] = {first, first + dim, first + 2 * dim, first + 3 * dim};
    size_t q = 0;
    for (; q + kQueries <= query_count; q += kQueries)
      score_tile<Op, F32x8, kQueries, kRows, 1>(queries + q * dim, tile, dim, out + q * row_count + row,
                                                row_count, 1);
    for (; q < query_count; ++q)
      score_tile<Op, F32x8, 1, kRows, 1>(queries + q * dim, tile, dim, out + q * row_count + row, 0, 1);
  }
  for (; row < row_count; ++row) {
    for (size_t q = 0; q < query_count; ++q)
      score_tile<Op, F32x8, 1, 1, 4>(queries + q * dim, {rows + row * dim}, dim, out + q * row_count + row, 0,
                                     0);
  }
}

/// The read bound: one byte of every cache line, in eight streams too, since so memory gives the most. Returns what
/// must be used, so that the reading is done.
[[gnu::noinline]] inline uint32_t touch_lines(const float* rows, size_t value_count) {
  constexpr size_t kStreams = 8;
  const volatile uint8_t* bytes = reinterpret_cast<const volatile uint8_t*>(rows);
  const size_t part = value_count * sizeof(float) / kStreams;
  uint32_t sum = 0;
  for (size_t i = 0; i < part; i += kCacheLineBytes) {
    for (size_t stream = 0; stream < kStreams; ++stream) sum += bytes[stream * part + i];
  }
  return sum;
}

}  // namespace vicinal::bench
