// Codes of 8, 4, 2 and 1 bits as rows of bytes, laid out as the kernels read them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kernel_table.h"

namespace vicinal {

/// Bytes of one row of `dim` codes of 8, 4, 2 or 1 bits.
size_t packed_bytes(size_t dim, uint32_t bits);

/// Packs codes [dim], each below 2^bits, into packed [packed_bytes]. Codes of 8 bits are stored less 128, as
/// signed bytes (kernel_table.h, i8); the others as u4, u2, bits.
void pack_codes(const uint8_t* codes, size_t dim, uint32_t bits, uint8_t* packed);

/// Takes them apart again.
void unpack_codes(const uint8_t* packed, size_t dim, uint32_t bits, const KernelTable& kernels,
                  uint8_t* codes);

/// Whether the bits of a packed row that belong to no code are zero.
bool spare_bits_are_zero(const uint8_t* packed, size_t dim, uint32_t bits);

}  // namespace vicinal
