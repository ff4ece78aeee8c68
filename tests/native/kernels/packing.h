// Packs plain values into the element layouts of kernel_table.h, written from their description alone, so
// that the tests do not rest on the code they test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vicinal::test {

/// values [dim], each below 2^bits; bits 4 or 2; returns ceil(dim * bits / 8) bytes.
inline std::vector<uint8_t> pack_codes(const std::vector<uint8_t>& values, unsigned bits) {
  const size_t per_byte = 8 / bits;
  const size_t run = 16 * per_byte;
  std::vector<uint8_t> packed;
  size_t start = 0;
  for (; start + run <= values.size(); start += run) {
    for (size_t byte = 0; byte < 16; ++byte) {
      unsigned packed_byte = 0;
      for (size_t part = 0; part < per_byte; ++part)
        packed_byte |= values[start + byte + 16 * part] << (bits * part);
      packed.push_back(static_cast<uint8_t>(packed_byte));
    }
  }
  for (; start < values.size(); start += per_byte) {
    unsigned packed_byte = 0;
    for (size_t part = 0; part < per_byte && start + part < values.size(); ++part) {
      packed_byte |= values[start + part] << (bits * part);
    }
    packed.push_back(static_cast<uint8_t>(packed_byte));
  }
  return packed;
}

/// values [dim]; bit `plane` of each, value i in bit i % 8 of byte i / 8.
inline std::vector<uint8_t> pack_bits(const std::vector<uint8_t>& values, unsigned plane = 0) {
  std::vector<uint8_t> packed((values.size() + 7) / 8);
  for (size_t i = 0; i < values.size(); ++i) {
    packed[i / 8] = static_cast<uint8_t>(packed[i / 8] | ((values[i] >> plane) & 1) << (i % 8));
  }
  return packed;
}

/// values [dim] in runs of 128, the last one filled with zeros; value i of a run at 16 * (i % 8) + i / 8.
inline std::vector<int8_t> pack_for_bits(const std::vector<int8_t>& values) {
  std::vector<int8_t> packed((values.size() + 127) / 128 * 128);
  for (size_t i = 0; i < values.size(); ++i) packed[i - i % 128 + 16 * (i % 8) + i % 128 / 8] = values[i];
  return packed;
}

/// values [dim] in 0..15; four planes of ceil(dim / 8) bytes, lowest bits first.
inline std::vector<uint8_t> pack_planes(const std::vector<uint8_t>& values) {
  std::vector<uint8_t> planes;
  for (unsigned plane = 0; plane < 4; ++plane) {
    const std::vector<uint8_t> packed = pack_bits(values, plane);
    planes.insert(planes.end(), packed.begin(), packed.end());
  }
  return planes;
}

}  // namespace vicinal::test
