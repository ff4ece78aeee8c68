#include "quantize/code_packing.h"

#include <algorithm>

#include "kernels/code_layout.h"

namespace vicinal {
namespace {

// From 0..255 to -128..127, and back: both subtract 128 modulo 256.
constexpr uint8_t kSignBit = 0x80;

}  // namespace

size_t packed_bytes(size_t dim, uint32_t bits) {
  switch (bits) {
    case 8:
      return dim;
    case 4:
      return u4_row_bytes(dim);
    case 2:
      return u2_row_bytes(dim);
    default:
      return bits_row_bytes(dim);
  }
}

void pack_codes(const uint8_t* codes, size_t dim, uint32_t bits, uint8_t* packed) {
  if (bits == 8) {
    std::transform(codes, codes + dim, packed,
                   [](uint8_t code) { return static_cast<uint8_t>(code ^ kSignBit); });
    return;
  }
  std::fill_n(packed, packed_bytes(dim, bits), uint8_t{0});
  for (size_t i = 0; i < dim; ++i) {
    CodePlace place{i / 8, static_cast<unsigned>(i % 8)};
    if (bits == 4) place = u4_place(i, dim);
    if (bits == 2) place = u2_place(i, dim);
    packed[place.byte] = static_cast<uint8_t>(packed[place.byte] | codes[i] << place.shift);
  }
}

void unpack_codes(const uint8_t* packed, size_t dim, uint32_t bits, const KernelTable& kernels,
                  uint8_t* codes) {
  switch (bits) {
    case 8:
      std::transform(packed, packed + dim, codes,
                     [](uint8_t code) { return static_cast<uint8_t>(code ^ kSignBit); });
      break;
    case 4:
      kernels.unpack_u4(packed, dim, codes);
      break;
    case 2:
      kernels.unpack_u2(packed, dim, codes);
      break;
    default:
      kernels.unpack_bits(packed, dim, codes);
  }
}

bool spare_bits_are_zero(const uint8_t* packed, size_t dim, uint32_t bits) {
  // Spare bits lie only above the last code, in the last byte.
  const size_t used_bits = dim * bits % 8;
  return used_bits == 0 || packed[packed_bytes(dim, bits) - 1] >> used_bits == 0;
}

}  // namespace vicinal
