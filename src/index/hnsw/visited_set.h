// The nodes that a walk has met: one bit each. Only what a walk has marked is cleared after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vicinal {

class VisitedSet {
 public:
  /// May throw std::bad_alloc. New nodes are closed.
  void resize(size_t node_count) {
    words_.resize(node_count / 64 + 1);
    for (size_t node = node_count_; node < node_count; ++node) close(static_cast<uint32_t>(node));
    node_count_ = node_count;
    met_.reserve(1024);
  }

  /// Closed nodes are never to be met: those without edges of their own.
  void close(uint32_t node) { words_[node / 64] |= bit(node); }
  void open(uint32_t node) { words_[node / 64] &= ~bit(node); }
  bool is_marked(uint32_t node) const { return (words_[node / 64] & bit(node)) != 0; }

  /// Marks a node; false where it is marked or closed already. May throw std::bad_alloc.
  bool meet(uint32_t node) {
    uint64_t& word = words_[node / 64];
    if ((word & bit(node)) != 0) return false;
    met_.push_back(node);
    word |= bit(node);
    return true;
  }

  /// Between walks.
  void forget() {
    for (const uint32_t node : met_) words_[node / 64] &= ~bit(node);
    met_.clear();
  }

  uint64_t held_bytes() const {
    return uint64_t{words_.capacity()} * sizeof(uint64_t) + uint64_t{met_.capacity()} * sizeof(uint32_t);
  }

 private:
  static uint64_t bit(uint32_t node) { return uint64_t{1} << (node % 64); }

  std::vector<uint64_t> words_;
  std::vector<uint32_t> met_;
  size_t node_count_ = 0;
};

}  // namespace vicinal
