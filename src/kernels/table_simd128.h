// The SIMD128 table. It is a constant, as the relaxed one made from it is: so a module holds the kernels of the
// one table that it uses, and none of those that it replaces.
#pragma once

#include "kernels/affine_simd128.h"
#include "kernels/bits_simd128.h"
#include "kernels/f32_simd128.h"
#include "kernels/hamming_simd128.h"
#include "kernels/i8_simd128.h"
#include "kernels/lookup_simd128.h"
#include "kernels/packed_simd128.h"

namespace vicinal {

constexpr KernelTable simd128_table() {
  KernelTable slots{};
  slots.name = "simd128";
  set_f32_simd128(slots);
  set_i8_simd128(slots);
  set_packed_simd128(slots);
  set_bits_simd128(slots);
  set_hamming_simd128(slots);
  set_affine_simd128(slots);
  set_lookup_simd128(slots);
  return slots;
}

}  // namespace vicinal
