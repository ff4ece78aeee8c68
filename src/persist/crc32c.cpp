// Many bytes are folded into their last few thousand, by additions without carry alone; these, and fewer, go eight a step
// by eight tables.
// Based on: Kounavis, Berry. Novel Table Lookup-Based Algorithms for High-Performance CRC Generation. IEEE
// Transactions on Computers 2008 (slicing-by-8).
// Based on: Russell. Chorba: A novel CRC32 implementation. arXiv 2412.16398 (folding by a sparse multiple of the
// polynomial).
#include "persist/crc32c.h"

#include <algorithm>
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

// In powers of x^8, and modulo the polynomial, x^5275 is x^4508 + x^2751 + 1. So a byte that more than so many follow may
// be added to those that come so far behind it, and be zero then. Of all such sums of powers above x^16, the lowest.
constexpr size_t kFar = 5275;
constexpr size_t kMiddle = kFar - 2751;
constexpr size_t kNear = kFar - 4508;

// What is added at a time. All that is added to it lies before it.
using Vector = uint64_t __attribute__((vector_size(16)));
static_assert(sizeof(Vector) <= kNear);

// Bytes that a last fold leaves.
constexpr size_t kTailBytes = (kFar + sizeof(Vector) - 1) / sizeof(Vector) * sizeof(Vector);
// Bytes between two moves of what was folded last.
constexpr size_t kFoldBytes = size_t{8} * 1024;
static_assert(kFoldBytes % sizeof(Vector) == 0 && kFoldBytes >= kTailBytes);

Vector load(const unsigned char* bytes) {
  Vector vector;
  std::memcpy(&vector, bytes, sizeof(vector));
  return vector;
}

[[gnu::always_inline]] inline uint32_t after_eight(const Tables& table, uint32_t crc,
                                                   const unsigned char* bytes) {
  uint32_t low;
  uint32_t high;
  std::memcpy(&low, bytes, 4);
  std::memcpy(&high, bytes + 4, 4);
  low ^= crc;
  return table[7][low & 0xFF] ^ table[6][(low >> 8) & 0xFF] ^ table[5][(low >> 16) & 0xFF] ^
         table[4][low >> 24] ^ table[3][high & 0xFF] ^ table[2][(high >> 8) & 0xFF] ^
         table[1][(high >> 16) & 0xFF] ^ table[0][high >> 24];
}

// The first bytes, at least kTailBytes of them, of `size`: how many there were is returned.
size_t fold(const Tables& table, uint32_t& crc, const unsigned char* bytes, size_t size) {
  // What was folded, behind the last of what was before.
  unsigned char folded[kFar + kFoldBytes];
  std::memset(folded, 0, kFar);
  // The first bytes have the checksum of those before them added.
  std::memcpy(folded, &crc, sizeof(crc));
  const auto sum = [&](size_t offset, size_t i) {
    const unsigned char* at = folded + kFar + i;
    return load(bytes + offset + i) ^ load(at - kNear) ^ load(at - kMiddle) ^ load(at - kFar);
  };
  size_t done = 0;
  while (size - done >= kTailBytes + sizeof(Vector)) {
    const size_t some = std::min(kFoldBytes, (size - done - kTailBytes) / sizeof(Vector) * sizeof(Vector));
    for (size_t i = 0; i < some; i += sizeof(Vector)) {
      const Vector vector = sum(done, i);
      std::memcpy(folded + kFar + i, &vector, sizeof(vector));
    }
    std::memmove(folded, folded + some, kFar);
    done += some;
  }
  // Nothing of the last bytes is added to others.
  std::memset(folded + kFar, 0, kTailBytes);
  crc = 0;
  for (size_t i = 0; i < kTailBytes; i += sizeof(Vector)) {
    unsigned char last[sizeof(Vector)];
    const Vector vector = sum(done, i);
    std::memcpy(last, &vector, sizeof(vector));
    crc = after_eight(table, crc, last);
    crc = after_eight(table, crc, last + 8);
  }
  return done + kTailBytes;
}

}  // namespace

uint32_t crc32c(uint32_t crc, const void* bytes, size_t size) {
  const Tables& table = tables();
  const auto* next = static_cast<const unsigned char*>(bytes);
  crc = ~crc;
  if (size >= 2 * kTailBytes) {
    const size_t folded = fold(table, crc, next, size);
    next += folded;
    size -= folded;
  }
  for (; size >= 8; size -= 8, next += 8) crc = after_eight(table, crc, next);
  for (; size > 0; --size, ++next) crc = (crc >> 8) ^ table[0][(crc ^ *next) & 0xFF];
  return ~crc;
}

uint32_t crc32c_before_zeros(uint32_t crc, size_t zero_count) {
  crc = ~crc;
  // The highest bit of the polynomial is set: that of the sum tells whether it was added.
  for (size_t bit = 0; bit < 8 * zero_count; ++bit) {
    crc = (crc >> 31) != 0 ? (crc ^ kReversedPolynomial) << 1 | 1 : crc << 1;
  }
  return ~crc;
}

}  // namespace vicinal
