#include "index/sparse/number_map.h"

#include <algorithm>
#include <bit>

namespace vicinal {
namespace {

constexpr size_t kLeastCells = 16;

uint32_t key_in(uint64_t cell) {
  return static_cast<uint32_t>(cell >> 32);
}
uint32_t value_in(uint64_t cell) {
  return static_cast<uint32_t>(cell);
}

}  // namespace

uint32_t NumberMap::find(uint32_t key) const {
  return cells_.empty() ? kNone : value_in(cells_[place_of(key)]);
}

void NumberMap::reserve(size_t key_count) {
  if (key_count <= cells_.size() / 4 * 3) return;
  // By 2 at least, so that keys added one by one are moved seldom.
  std::vector<uint64_t> larger(std::bit_ceil(std::max(kLeastCells, key_count + key_count / 2)), kNone);
  larger.swap(cells_);
  size_ = 0;
  for (const uint64_t cell : larger) {
    if (value_in(cell) != kNone) put(key_in(cell), value_in(cell));
  }
}

void NumberMap::put(uint32_t key, uint32_t value) {
  assert(value != kNone);
  uint64_t& cell = cells_[place_of(key)];
  if (value_in(cell) == kNone) ++size_;
  assert(size_ <= cells_.size() / 4 * 3);
  cell = uint64_t{key} << 32 | value;
}

// Of the cell that has the key, or of the empty one where it belongs.
size_t NumberMap::place_of(uint32_t key) const {
  const size_t last = cells_.size() - 1;
  // The golden ratio of 2^32: its products with near numbers lie far apart. Their upper bits, as the better mixed ones.
  size_t place = (key * 0x9E3779B9u) >> std::countl_zero(static_cast<uint32_t>(last));
  while (value_in(cells_[place]) != kNone && key_in(cells_[place]) != key) place = (place + 1) & last;
  return place;
}

}  // namespace vicinal
