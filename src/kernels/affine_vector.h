// L1 distance to byte codes with a low end and a step of their own, for every instruction set that has a
// multiply-add of four lanes (`Isa`, as in f32_vector.h).
#pragma once

#include "kernels/kernel_table.h"
#include "kernels/wasm_vector.h"

namespace vicinal {

template <typename Isa>
struct L1Affine {
  v128_t low_f32x4, step_f32x4, magnitude_bits;

  VICINAL_INLINE v128_t add_four(v128_t sum_f32x4, v128_t query_f32x4, v128_t codes_u32x4) const {
    const v128_t value_f32x4 =
        Isa::multiply_add(step_f32x4, wasm_f32x4_convert_i32x4(codes_u32x4), low_f32x4);
    return wasm_f32x4_add(sum_f32x4, wasm_v128_and(wasm_f32x4_sub(query_f32x4, value_f32x4), magnitude_bits));
  }

  VICINAL_INLINE float score(const float* query, const uint8_t* codes, size_t dim) const {
    v128_t sums_f32x4[4] = {zero_vector(), zero_vector(), zero_vector(), zero_vector()};
    for (; dim >= 16; dim -= 16, query += 16, codes += 16) {
      const v128_t low_u16x8 = wasm_u16x8_load8x8(codes), high_u16x8 = wasm_u16x8_load8x8(codes + 8);
      sums_f32x4[0] = add_four(sums_f32x4[0], wasm_v128_load(query), wasm_u32x4_extend_low_u16x8(low_u16x8));
      sums_f32x4[1] =
          add_four(sums_f32x4[1], wasm_v128_load(query + 4), wasm_u32x4_extend_high_u16x8(low_u16x8));
      sums_f32x4[2] =
          add_four(sums_f32x4[2], wasm_v128_load(query + 8), wasm_u32x4_extend_low_u16x8(high_u16x8));
      sums_f32x4[3] =
          add_four(sums_f32x4[3], wasm_v128_load(query + 12), wasm_u32x4_extend_high_u16x8(high_u16x8));
    }
    float rest = 0;
    const float low = wasm_f32x4_extract_lane(low_f32x4, 0), step = wasm_f32x4_extract_lane(step_f32x4, 0);
    for (size_t i = 0; i < dim; ++i)
      rest += __builtin_fabsf(query[i] - (low + step * static_cast<float>(codes[i])));
    return rest + sum_of_lanes_f32(wasm_f32x4_add(wasm_f32x4_add(sums_f32x4[0], sums_f32x4[1]),
                                                  wasm_f32x4_add(sums_f32x4[2], sums_f32x4[3])));
  }

  static void one_to_many(const float* query, const uint8_t* codes, const float* lows, const float* steps,
                          size_t row_count, size_t dim, float* out) {
    const v128_t magnitude_bits = hidden_constant(0x7FFFFFFF);
    for (size_t row = 0; row < row_count; ++row) {
      const L1Affine affine{wasm_f32x4_splat(lows[row]), wasm_f32x4_splat(steps[row]), magnitude_bits};
      out[row] = affine.score(query, codes + row * dim, dim);
    }
  }
};

}  // namespace vicinal
