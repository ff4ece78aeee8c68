#include "quantize/code_packing.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "native/kernels/packing.h"

namespace vicinal {
namespace {

std::vector<uint8_t> random_codes(Random& random, size_t dim, uint32_t bits) {
  std::vector<uint8_t> codes(dim);
  for (uint8_t& code : codes) code = static_cast<uint8_t>(random.below(1u << bits));
  return codes;
}

std::vector<uint8_t> expected_bytes(std::vector<uint8_t> codes, uint32_t bits) {
  if (bits == 1) return test::pack_bits(codes);
  if (bits < 8) return test::pack_codes(codes, bits);
  for (uint8_t& code : codes) code = static_cast<uint8_t>(code - 128);
  return codes;
}

TEST(CodePacking, LaysCodesOutAsTheKernelsReadThem) {
  Random random(23);
  for (const uint32_t bits : {8u, 4u, 2u, 1u}) {
    for (size_t dim = 1; dim <= 200; ++dim) {
      const std::vector<uint8_t> codes = random_codes(random, dim, bits);
      // Packing overwrites what was there.
      std::vector<uint8_t> packed(packed_bytes(dim, bits), 0xAA);
      pack_codes(codes.data(), dim, bits, packed.data());
      ASSERT_EQ(packed, expected_bytes(codes, bits)) << dim << " codes of " << bits << " bits";
      std::vector<uint8_t> unpacked(dim);
      unpack_codes(packed.data(), dim, bits, best_kernels(), unpacked.data());
      ASSERT_EQ(unpacked, codes);
    }
  }
}

TEST(CodePacking, TellsSpareBits) {
  for (const uint32_t bits : {8u, 4u, 2u, 1u}) {
    for (size_t dim = 1; dim <= 140; ++dim) {
      std::vector<uint8_t> packed(packed_bytes(dim, bits));
      const std::vector<uint8_t> codes(dim, static_cast<uint8_t>((1u << bits) - 1));
      pack_codes(codes.data(), dim, bits, packed.data());
      EXPECT_TRUE(spare_bits_are_zero(packed.data(), dim, bits));
      const bool has_spare_bits = dim * bits % 8 != 0;
      packed.back() = static_cast<uint8_t>(packed.back() | 0x80);
      EXPECT_EQ(spare_bits_are_zero(packed.data(), dim, bits), !has_spare_bits) << dim << " of " << bits;
    }
  }
}

}  // namespace
}  // namespace vicinal
