// Steps of the signed byte kernel: 16 bytes a step. Multiplication is from `Products` (byte_products_simd128.h,
// byte_products_relaxed.h).
#pragma once

#include "kernels/vector_forms.h"

namespace vicinal {

/// Both sides as `Products` wants its bytes.
template <typename Products>
struct DotI8Steps {
  using Query = int8_t;
  using Element = int8_t;
  using Score = int32_t;
  using QueryPart = typename Products::Bytes;
  using RowPart = typename Products::Bytes;
  static constexpr size_t kStep = 16;
  static constexpr size_t kStepsToWiden = 0;
  static constexpr int kAccumulators = 2;
  static constexpr int kSideBySideAccumulators = 2;
  static constexpr int kTileQueries = 2;
  static constexpr int kTileRows = 4;

  VICINAL_INLINE static size_t unit_count(size_t dim) { return dim; }
  VICINAL_INLINE static size_t query_width(size_t dim) { return dim; }
  VICINAL_INLINE static size_t row_width(size_t dim) { return dim; }
  VICINAL_INLINE static const int8_t* query_at(const int8_t* query, size_t units) { return query + units; }
  VICINAL_INLINE static const int8_t* row_at(const int8_t* row, size_t units) { return row + units; }
  VICINAL_INLINE static QueryPart query_part(const int8_t* query, size_t) { return Products::load(query); }
  VICINAL_INLINE static RowPart row_part(const int8_t* row) { return Products::load(row); }
  VICINAL_INLINE static QueryPart query_rest(const int8_t* query, size_t units, size_t) {
    return Products::load_rest(query, units);
  }
  VICINAL_INLINE static RowPart row_rest(const int8_t* row, size_t units) {
    return Products::load_rest(row, units);
  }

  VICINAL_INLINE static v128_t add_step(v128_t sum_i32x4, const QueryPart& query, const RowPart& row) {
    return Products::add_products(sum_i32x4, row, query);
  }
  VICINAL_INLINE static v128_t widen(v128_t sum_i32x4) { return sum_i32x4; }
  VICINAL_INLINE static v128_t add(v128_t a_i32x4, v128_t b_i32x4) {
    return wasm_i32x4_add(a_i32x4, b_i32x4);
  }
  VICINAL_INLINE static Score score(v128_t sum_i32x4) {
    return static_cast<Score>(sum_of_lanes_i32(sum_i32x4));
  }
};

}  // namespace vicinal
