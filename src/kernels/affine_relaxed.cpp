// L1 distance to affine byte codes, relaxed SIMD.
#include "kernels/affine_vector.h"
#include "kernels/kernel_parts.h"
#include "kernels/multiply_add_relaxed.h"

namespace vicinal {

void set_affine_relaxed(KernelTable& table) {
  table.l1_affine_u8 = L1Affine<MultiplyAddRelaxed>::one_to_many;
}

}  // namespace vicinal
