// Sums of looked-up values, relaxed SIMD: a swizzle that leaves open what indices past the table give is one
// instruction on x86 too, where the other takes two. Indices here are never past it.
#pragma once

#include "kernels/lookup_vector.h"

namespace vicinal {

struct SwizzleRelaxed {
  VICINAL_INLINE static v128_t look_up(v128_t table, v128_t index) {
    return wasm_i8x16_relaxed_swizzle(table, index);
  }
};

constexpr void set_lookup_relaxed(KernelTable& table) {
  table.lookup_u4 = LookupU4<SwizzleRelaxed>::lookup;
}

}  // namespace vicinal
