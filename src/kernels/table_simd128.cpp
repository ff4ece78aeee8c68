// The SIMD128 table: the portable one with every slot that vectors make faster replaced.
#include "kernels/kernel_parts.h"

namespace vicinal {

const KernelTable& simd128_kernels() {
  static const KernelTable table = [] {
    KernelTable slots = scalar_kernels();
    slots.name = "simd128";
    set_f32_simd128(slots);
    set_i8_simd128(slots);
    set_packed_simd128(slots);
    set_bits_simd128(slots);
    set_affine_simd128(slots);
    return slots;
  }();
  return table;
}

}  // namespace vicinal
