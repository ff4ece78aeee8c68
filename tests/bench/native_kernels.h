// Kernels compiled for this very machine, for what a graph's walk calls: the reference in C++ is built without
// vectorisation, and what WebAssembly runs exists only there.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kernel_table.h"
#include "native_scan.h"

namespace vicinal::bench {

template <typename Op>
struct NativeFloats {
  static float one(const float* query, const float* row, size_t dim) {
    float score;
    score_tile<Op, F32x8, 1, 1, 4>(query, {row}, dim, &score, 0, 0);
    return score;
  }

  static void scattered(const float* query, const float* const* rows, size_t row_count, size_t dim,
                        float* out) {
    constexpr size_t kTogether = 4;  // so that their cache misses overlap
    size_t row = 0;
    for (; row + kTogether <= row_count; row += kTogether) {
      const float* const together[kTogether] = {rows[row], rows[row + 1], rows[row + 2], rows[row + 3]};
      score_tile<Op, F32x8, 1, kTogether, 2>(query, together, dim, out + row, 0, 1);
    }
    for (; row < row_count; ++row) out[row] = one(query, rows[row], dim);
  }

  static void take_over(KernelFamily<float, float, float>& family) {
    family.one = one;
    family.scattered = scattered;
    family.one_to_many = scan_streams<Op, F32x8>;
    family.many_to_many = score_block<Op>;
  }
};

struct NativeBytes {
  static int32_t one(const int8_t* query, const int8_t* row, size_t dim) {
    int32_t sum = 0;
    for (size_t i = 0; i < dim; ++i) sum += query[i] * row[i];
    return sum;
  }

  static void scattered(const int8_t* query, const int8_t* const* rows, size_t row_count, size_t dim,
                        int32_t* out) {
    for (size_t row = 0; row < row_count; ++row) out[row] = one(query, rows[row], dim);
  }

  static void one_to_many(const int8_t* query, const int8_t* rows, size_t row_count, size_t dim,
                          int32_t* out) {
    for (size_t row = 0; row < row_count; ++row) out[row] = one(query, rows + row * dim, dim);
  }

  static void many_to_many(const int8_t* queries, size_t query_count, const int8_t* rows, size_t row_count,
                           size_t dim, int32_t* out) {
    for (size_t query = 0; query < query_count; ++query)
      one_to_many(queries + query * dim, rows, row_count, dim, out + query * row_count);
  }
};

inline KernelTable native_kernels() {
  KernelTable table = scalar_kernels();
  table.name = "native";
  NativeFloats<Dot>::take_over(table.dot_f32);
  NativeFloats<L2Squared>::take_over(table.l2_squared_f32);
  table.dot_i8.one = NativeBytes::one;
  table.dot_i8.scattered = NativeBytes::scattered;
  table.dot_i8.one_to_many = NativeBytes::one_to_many;
  table.dot_i8.many_to_many = NativeBytes::many_to_many;
  return table;
}

}  // namespace vicinal::bench
