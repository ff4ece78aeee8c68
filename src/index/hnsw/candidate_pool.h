// The nearest nodes that a walk has met, nearest first, and which of them it has not gone on from yet: the two heaps
// of the paper's SEARCH-LAYER in one sorted array, as short as ef.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/hnsw/graph_links.h"
#include "rows/top_k.h"

namespace vicinal {

class CandidatePool {
 public:
  /// Empties it for a walk of candidate list length `ef` >= 1. May throw std::bad_alloc.
  void start(size_t ef) {
    ef_ = ef;
    size_ = next_ = 0;
    if (keys_.size() < ef) keys_.resize(ef);
  }

  size_t size() const { return size_; }
  float distance(size_t index) const {
    return float_from_ordered_bits(static_cast<uint32_t>(keys_[index] >> 32));
  }
  uint32_t node(size_t index) const { return static_cast<uint32_t>(keys_[index]) >> 1; }

  /// distance  not NaN
  void add(uint32_t node, float distance) {
    const uint64_t key = uint64_t{ordered_bits(distance)} << 32 | uint64_t{node} << 1;
    size_t place = size_;
    if (size_ == ef_) {
      if (key >= keys_[size_ - 1]) return;
      --place;
    } else {
      ++size_;
    }
    for (; place > 0 && keys_[place - 1] > key; --place) keys_[place] = keys_[place - 1];
    keys_[place] = key;
    next_ = std::min(next_, place);
  }

  /// The nearest node that was not taken yet; kNoNode when all were.
  uint32_t take() {
    while (next_ < size_ && (keys_[next_] & 1) != 0) ++next_;
    if (next_ == size_) return kNoNode;
    keys_[next_] |= 1;
    return node(next_++);
  }

 private:
  std::vector<uint64_t> keys_;  // distance, node, and in the last bit whether it was taken
  size_t ef_ = 0;
  size_t size_ = 0;
  size_t next_ = 0;  // all before it were taken
};

}  // namespace vicinal
