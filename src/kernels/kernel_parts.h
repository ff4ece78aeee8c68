// The pieces that the kernel tables are put together from: each file of kernels fills the slots of its
// family.
#pragma once

#include "kernels/kernel_table.h"

namespace vicinal {

void set_f32_scalar(KernelTable& table);
void set_i8_scalar(KernelTable& table);
void set_packed_scalar(KernelTable& table);
void set_bits_scalar(KernelTable& table);
void set_affine_scalar(KernelTable& table);

#if defined(__wasm_simd128__)
void set_f32_simd128(KernelTable& table);
void set_i8_simd128(KernelTable& table);
void set_packed_simd128(KernelTable& table);
void set_bits_simd128(KernelTable& table);
void set_affine_simd128(KernelTable& table);
#endif

#if defined(VICINAL_RELAXED)
void set_f32_relaxed(KernelTable& table);
void set_i8_relaxed(KernelTable& table);
void set_packed_relaxed(KernelTable& table);
void set_affine_relaxed(KernelTable& table);
#endif

}  // namespace vicinal
