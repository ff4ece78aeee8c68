// Hamming distances of bit rows, SIMD128: 128 bits a step, counted by i8x16.popcnt. Relaxed SIMD has nothing to add.
#pragma once

#include "kernels/code_layout.h"
#include "kernels/vector_forms.h"

namespace vicinal {

/// Units are bytes. Sums are 8-bit lanes until widened: a step adds at most 8 to each, and 31 * 8 < 2^8.
struct HammingSteps {
  using Query = uint8_t;
  using Element = uint8_t;
  using Score = int32_t;
  using QueryPart = v128_t;
  using RowPart = v128_t;
  static constexpr size_t kStep = 16;
  static constexpr size_t kStepsToWiden = 31;
  static constexpr int kAccumulators = 1;
  static constexpr int kSideBySideAccumulators = 1;
  static constexpr int kTileQueries = 1;
  static constexpr int kTileRows = 4;

  VICINAL_INLINE static size_t unit_count(size_t dim) { return bits_row_bytes(dim); }
  VICINAL_INLINE static size_t query_width(size_t dim) { return bits_row_bytes(dim); }
  VICINAL_INLINE static size_t row_width(size_t dim) { return bits_row_bytes(dim); }
  VICINAL_INLINE static const uint8_t* query_at(const uint8_t* query, size_t units) { return query + units; }
  VICINAL_INLINE static const uint8_t* row_at(const uint8_t* row, size_t units) { return row + units; }
  VICINAL_INLINE static v128_t query_part(const uint8_t* query, size_t) { return wasm_v128_load(query); }
  VICINAL_INLINE static v128_t query_rest(const uint8_t* query, size_t units, size_t) {
    return load_part(query, units);
  }
  VICINAL_INLINE static v128_t row_part(const uint8_t* row) { return wasm_v128_load(row); }
  VICINAL_INLINE static v128_t row_rest(const uint8_t* row, size_t units) { return load_part(row, units); }

  VICINAL_INLINE static v128_t add_step(v128_t sum_u8x16, v128_t query, v128_t row) {
    return wasm_i8x16_add(sum_u8x16, wasm_i8x16_popcnt(wasm_v128_xor(query, row)));
  }
  VICINAL_INLINE static v128_t widen(v128_t sum_u8x16) {
    return wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(sum_u8x16));
  }
  VICINAL_INLINE static v128_t add(v128_t a_i32x4, v128_t b_i32x4) {
    return wasm_i32x4_add(a_i32x4, b_i32x4);
  }
  VICINAL_INLINE static Score score(v128_t sum_i32x4) {
    return static_cast<Score>(sum_of_lanes_i32(sum_i32x4));
  }
};

constexpr void set_hamming_simd128(KernelTable& table) {
  table.hamming = vector_scans<HammingSteps>();
}

}  // namespace vicinal
