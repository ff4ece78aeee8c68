// The pieces that the portable table is put together from: each file of kernels fills the slots of its family.
#pragma once

#include "kernels/kernel_table.h"

namespace vicinal {

void set_f32_scalar(KernelTable& table);
void set_i8_scalar(KernelTable& table);
void set_packed_scalar(KernelTable& table);
void set_bits_scalar(KernelTable& table);
void set_hamming_scalar(KernelTable& table);
void set_affine_scalar(KernelTable& table);
void set_lookup_scalar(KernelTable& table);

}  // namespace vicinal
