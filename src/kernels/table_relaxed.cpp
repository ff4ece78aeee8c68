// The relaxed SIMD table: the SIMD128 one with every slot that relaxed instructions make faster replaced.
#include "kernels/affine_relaxed.h"
#include "kernels/bits_relaxed.h"
#include "kernels/f32_relaxed.h"
#include "kernels/i8_relaxed.h"
#include "kernels/lookup_relaxed.h"
#include "kernels/packed_relaxed.h"
#include "kernels/table_simd128.h"

namespace vicinal {
namespace {

constexpr KernelTable relaxed_table() {
  KernelTable slots = simd128_table();
  slots.name = "relaxed";
  set_f32_relaxed(slots);
  set_i8_relaxed(slots);
  set_packed_relaxed(slots);
  set_bits_relaxed(slots);
  set_affine_relaxed(slots);
  set_lookup_relaxed(slots);
  return slots;
}

}  // namespace

const KernelTable& relaxed_kernels() {
  static constexpr KernelTable table = relaxed_table();
  return table;
}

}  // namespace vicinal
