#include "persist/crc32c.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "base/random.h"

namespace vicinal {
namespace {

// Vectors of RFC 3720, section B.4, and the check value of the CRC catalogue.
TEST(Crc32c, AgreesWithPublishedValues) {
  EXPECT_EQ(crc32c(0, "123456789", 9), 0xE3069283u);
  const std::vector<unsigned char> zeros(32, 0x00);
  const std::vector<unsigned char> ones(32, 0xFF);
  std::vector<unsigned char> rising(32), falling(32);
  for (size_t i = 0; i < 32; ++i) {
    rising[i] = static_cast<unsigned char>(i);
    falling[i] = static_cast<unsigned char>(31 - i);
  }
  EXPECT_EQ(crc32c(0, zeros.data(), 32), 0x8A9136AAu);
  EXPECT_EQ(crc32c(0, ones.data(), 32), 0x62A8AB43u);
  EXPECT_EQ(crc32c(0, rising.data(), 32), 0x46DD794Eu);
  EXPECT_EQ(crc32c(0, falling.data(), 32), 0x113FDB5Cu);
}

TEST(Crc32c, OfNothingIsTheChecksumSoFar) {
  EXPECT_EQ(crc32c(0, nullptr, 0), 0u);
  EXPECT_EQ(crc32c(0xE3069283u, nullptr, 0), 0xE3069283u);
}

TEST(Crc32c, IsTheSameInPieces) {
  Random random(1);
  std::vector<unsigned char> bytes(1000);
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random.next_u64());
  const uint32_t whole = crc32c(0, bytes.data(), bytes.size());
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(crc32c(crc32c(0, bytes.data(), cut), bytes.data() + cut, bytes.size() - cut), whole);
  }
}

TEST(Crc32c, IsFoundBeforeZeros) {
  const unsigned char bytes[] = {7, 0, 255, 1};
  for (size_t size = 0; size <= 4; ++size) {
    const uint32_t before = crc32c(0, bytes, size);
    for (size_t zeros = 0; zeros <= 70; ++zeros) {
      const unsigned char none[70] = {};
      ASSERT_EQ(crc32c_before_zeros(crc32c(before, none, zeros), zeros), before);
    }
  }
}

// A bit at a time, as the polynomial says.
uint32_t crc32c_of_bits(uint32_t crc, const unsigned char* bytes, size_t size) {
  crc = ~crc;
  for (size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
  }
  return ~crc;
}

// Around the lengths from which bytes are folded, and from which they are so in several turns.
TEST(Crc32c, OfManyBytesIsThatOfTheirBits) {
  Random random(2);
  std::vector<unsigned char> bytes(70000);
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random.next_u64());
  for (const size_t length : {5280u, 10560u, 13472u, 18752u, 21664u, 65536u}) {
    for (size_t size = length - 20; size <= length + 20; ++size) {
      const size_t start = random.next_u64() % 100;
      const auto before = static_cast<uint32_t>(random.next_u64());
      ASSERT_EQ(crc32c(before, bytes.data() + start, size),
                crc32c_of_bits(before, bytes.data() + start, size))
          << size;
    }
  }
}

}  // namespace
}  // namespace vicinal
