// The portable table.
#include "kernels/kernel_parts.h"

namespace vicinal {

const KernelTable& scalar_kernels() {
  static const KernelTable table = [] {
    KernelTable slots{};
    slots.name = "scalar";
    set_f32_scalar(slots);
    set_i8_scalar(slots);
    set_packed_scalar(slots);
    set_bits_scalar(slots);
    set_hamming_scalar(slots);
    set_affine_scalar(slots);
    set_lookup_scalar(slots);
    return slots;
  }();
  return table;
}

}  // namespace vicinal
