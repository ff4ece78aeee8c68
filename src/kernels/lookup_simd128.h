// Sums of looked-up values, SIMD128.
#pragma once

#include "kernels/lookup_vector.h"

namespace vicinal {

struct SwizzleSimd128 {
  VICINAL_INLINE static v128_t look_up(v128_t table, v128_t index) {
    return wasm_i8x16_swizzle(table, index);
  }
};

constexpr void set_lookup_simd128(KernelTable& table) {
  table.lookup_u4 = LookupU4<SwizzleSimd128>::lookup;
}

}  // namespace vicinal
