// One bit of every value, as a row of bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vicinal {

/// Bit `plane` (0 to 7) of values [count]: that of value i goes to bit i % 8 of byte i / 8. bits [ceil(count / 8)];
/// those of no value are zero.
inline void pack_bit_plane(const uint8_t* values, size_t count, size_t plane, uint8_t* bits) {
  for (size_t done = 0; done < count; done += 8) {
    uint64_t eight = 0;
    if (done + 8 <= count) {
      std::memcpy(&eight, values + done, 8);
    } else {
      std::memcpy(&eight, values + done, count - done);
    }
    // The product moves the lowest bit of byte i (of a little-endian word) to bit 56 + i; no two of its terms meet.
    const uint64_t lowest = eight >> plane & 0x0101010101010101;
    bits[done / 8] = static_cast<uint8_t>(lowest * 0x0102040810204080 >> 56);
  }
}

}  // namespace vicinal
