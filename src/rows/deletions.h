// Marks on the rows that were removed but whose space is not yet reclaimed, or on their nodes in a graph.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace vicinal {

/// Holds nothing until the first row is removed.
class Deletions {
 public:
  /// Marked rows.
  size_t count() const { return count_; }
  uint64_t held_bytes() const { return uint64_t{words_.capacity()} * sizeof(uint32_t); }

  bool contains(size_t slot) const {
    return slot / 32 < words_.size() && ((words_[slot / 32] >> (slot % 32)) & 1) != 0;
  }

  /// Slots word_index * 32 on, one to a bit.
  uint32_t word(size_t word_index) const { return word_index < words_.size() ? words_[word_index] : 0; }

  /// So that marking any of the first rows cannot fail. May throw std::bad_alloc; unchanged then.
  void make_room(size_t row_count) {
    if (words_.size() < (row_count + 31) / 32) words_.resize((row_count + 31) / 32);
  }

  /// Marks a row that is not marked yet. May throw std::bad_alloc; unchanged then.
  void mark(size_t slot) {
    assert(!contains(slot));
    make_room(slot + 1);
    words_[slot / 32] |= 1u << (slot % 32);
    ++count_;
  }

  /// Takes the mark of a row away.
  void unmark(size_t slot) {
    assert(contains(slot));
    words_[slot / 32] &= ~(1u << (slot % 32));
    --count_;
  }

  /// Takes all marks away, and gives their memory back.
  void clear() {
    std::vector<uint32_t>().swap(words_);
    count_ = 0;
  }

 private:
  std::vector<uint32_t> words_;  // up to the highest marked slot, at least
  size_t count_ = 0;
};

}  // namespace vicinal
