// Eight bytes a step by eight tables.
// Based on: Kounavis, Berry. Novel Table Lookup-Based Algorithms for High-Performance CRC Generation. IEEE
// Transactions on Computers 2008 (slicing-by-8).
#include "persist/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

namespace vicinal {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the tables are indexed by the bytes of a loaded word");

constexpr uint32_t kReversedPolynomial = 0x82F63B78u;

using Tables = std::array<std::array<uint32_t, 256>, 8>;

// tables[n][byte]: the effect of `byte` once n more bytes have passed.
Tables make_tables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kReversedPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (size_t n = 1; n < tables.size(); ++n) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[n - 1][byte];
      tables[n][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}

// Made when first needed: 8 KB that no compression makes smaller would be a seventh of the module's download.
const Tables& tables() {
  static const Tables made = make_tables();
  return made;
}

}  // namespace

uint32_t crc32c(uint32_t crc, const void* bytes, size_t size) {
  const Tables& table = tables();
  const auto* next = static_cast<const unsigned char*>(bytes);
  crc = ~crc;
  for (; size >= 8; size -= 8, next += 8) {
    uint32_t low;
    uint32_t high;
    std::memcpy(&low, next, 4);
    std::memcpy(&high, next + 4, 4);
    low ^= crc;
    crc = table[7][low & 0xFF] ^ table[6][(low >> 8) & 0xFF] ^ table[5][(low >> 16) & 0xFF] ^
          table[4][low >> 24] ^ table[3][high & 0xFF] ^ table[2][(high >> 8) & 0xFF] ^
          table[1][(high >> 16) & 0xFF] ^ table[0][high >> 24];
  }
  for (; size > 0; --size, ++next) crc = (crc >> 8) ^ table[0][(crc ^ *next) & 0xFF];
  return ~crc;
}

}  // namespace vicinal
