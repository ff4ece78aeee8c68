// Seeded random numbers: the same seed gives the same sequence on every machine.
// Source: Blackman, Vigna. Scrambled Linear Pseudorandom Number Generators. TOMS 2021 (xoshiro256**,
// seeded by splitmix64).
#pragma once

#include <cstdint>

namespace vicinal {

class Random {
 public:
  explicit Random(uint64_t seed) {
    for (uint64_t& word : state_) {
      seed += 0x9E3779B97F4A7C15ull;
      uint64_t mixed = seed;
      mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ull;
      mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
      word = mixed ^ (mixed >> 31);
    }
  }

  uint64_t next_u64() {
    const uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate_left(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound), bound > 0. The bias of the multiply is below bound / 2^32.
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(((next_u64() >> 32) * bound) >> 32); }

  /// Uniform in [0, 1).
  float unit_float() { return static_cast<float>(next_u64() >> 40) * 0x1p-24f; }

 private:
  static uint64_t rotate_left(uint64_t value, int count) {
    return (value << count) | (value >> (64 - count));
  }

  uint64_t state_[4];
};

}  // namespace vicinal
