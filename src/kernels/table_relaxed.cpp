// The relaxed SIMD table: the SIMD128 one with every slot that relaxed instructions make faster replaced.
#include "kernels/kernel_parts.h"

namespace vicinal {

const KernelTable& relaxed_kernels() {
  static const KernelTable table = [] {
    KernelTable slots = simd128_kernels();
    slots.name = "relaxed";
    set_f32_relaxed(slots);
    set_i8_relaxed(slots);
    set_packed_relaxed(slots);
    set_affine_relaxed(slots);
    return slots;
  }();
  return table;
}

}  // namespace vicinal
