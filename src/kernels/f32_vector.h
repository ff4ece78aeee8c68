// Steps of the float kernels, for every instruction set that has a multiply-add of four lanes.
//
// `Isa` has `multiply_add(a, b, sum)`, which gives a * b + sum, rounded once or twice.
#pragma once

#include "kernels/vector_forms.h"

namespace vicinal {

struct F32Steps {
  using Query = float;
  using Element = float;
  using Score = float;
  using QueryPart = v128_t;
  using RowPart = v128_t;
  static constexpr size_t kStep = 4;
  static constexpr size_t kStepsToWiden = 0;
  static constexpr int kAccumulators = 4;
  static constexpr int kSideBySideAccumulators = 2;
  static constexpr int kTileQueries = 2;
  static constexpr int kTileRows = 0;

  VICINAL_INLINE static size_t unit_count(size_t dim) { return dim; }
  VICINAL_INLINE static size_t query_width(size_t dim) { return dim; }
  VICINAL_INLINE static size_t row_width(size_t dim) { return dim; }

  VICINAL_INLINE static const float* query_at(const float* query, size_t units) { return query + units; }
  VICINAL_INLINE static const float* row_at(const float* row, size_t units) { return row + units; }
  VICINAL_INLINE static v128_t query_part(const float* query, size_t) { return wasm_v128_load(query); }
  VICINAL_INLINE static v128_t row_part(const float* row) { return wasm_v128_load(row); }
  VICINAL_INLINE static v128_t query_rest(const float* query, size_t units, size_t) {
    return row_rest(query, units);
  }
  VICINAL_INLINE static v128_t row_rest(const float* row, size_t units) {
    v128_t part_f32x4 = zero_vector();
    if (units & 2) part_f32x4 = wasm_v128_load64_zero(row);
    if (units & 1) part_f32x4 = wasm_v128_load32_lane(row + (units & 2), part_f32x4, 3);
    return part_f32x4;
  }

  VICINAL_INLINE static v128_t widen(v128_t sum_f32x4) { return sum_f32x4; }
  VICINAL_INLINE static v128_t add(v128_t a_f32x4, v128_t b_f32x4) {
    return wasm_f32x4_add(a_f32x4, b_f32x4);
  }
  VICINAL_INLINE static float score(v128_t sum_f32x4) { return sum_of_lanes_f32(sum_f32x4); }
};

template <typename Isa>
struct DotF32Steps : F32Steps {
  static constexpr int kTileRows = 6;

  VICINAL_INLINE static v128_t add_step(v128_t sum_f32x4, v128_t query_f32x4, v128_t row_f32x4) {
    return Isa::multiply_add(query_f32x4, row_f32x4, sum_f32x4);
  }
};

template <typename Isa>
struct L2SquaredF32Steps : F32Steps {
  VICINAL_INLINE static v128_t add_step(v128_t sum_f32x4, v128_t query_f32x4, v128_t row_f32x4) {
    const v128_t difference_f32x4 = wasm_f32x4_sub(query_f32x4, row_f32x4);
    return Isa::multiply_add(difference_f32x4, difference_f32x4, sum_f32x4);
  }
};

struct L1F32Steps : F32Steps {
  const v128_t magnitude_bits = hidden_constant(0x7FFFFFFF);

  VICINAL_INLINE v128_t add_step(v128_t sum_f32x4, v128_t query_f32x4, v128_t row_f32x4) const {
    return wasm_f32x4_add(sum_f32x4, wasm_v128_and(wasm_f32x4_sub(query_f32x4, row_f32x4), magnitude_bits));
  }
};

struct MaxSumF32Steps : F32Steps {
  static constexpr int kTileRows = 6;

  VICINAL_INLINE static v128_t add_step(v128_t sum_f32x4, v128_t query_f32x4, v128_t row_f32x4) {
    return wasm_f32x4_add(sum_f32x4, wasm_f32x4_pmax(query_f32x4, row_f32x4));
  }
};

}  // namespace vicinal
