// A map from 32-bit numbers to 32-bit numbers, that keys are only ever added to: a table of cells, each a key above its
// value, searched from the place that the key's product with a large odd number tells.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace vicinal {

class NumberMap {
 public:
  /// No value is this number.
  static constexpr uint32_t kNone = 0xFFFFFFFFu;

  uint64_t held_bytes() const { return uint64_t{cells_.capacity()} * sizeof(uint64_t); }

  /// The value of a key, or kNone.
  uint32_t find(uint32_t key) const;

  /// Makes room for `key_count` keys in all. May throw std::bad_alloc; unchanged then.
  void reserve(size_t key_count);

  /// Gives a key a value. There is room for it.
  void put(uint32_t key, uint32_t value);

  /// Keys that there are.
  size_t size() const { return size_; }

 private:
  size_t place_of(uint32_t key) const;

  std::vector<uint64_t> cells_;  // a power of two of them, or none; at most three quarters are used
  size_t size_ = 0;
};

}  // namespace vicinal
