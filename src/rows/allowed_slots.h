// The slots that one search may return: those of live rows that its filter allows, or of a range of them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "rows/deletions.h"
#include "rows/filter.h"
#include "rows/id_map.h"

namespace vicinal {

class AllowedSlots {
 public:
  /// filter  null: every live row. May throw std::bad_alloc.
  AllowedSlots(const IdMap& ids, const Deletions& deletions, const IdFilter* filter, SlotRange range = {});

  /// Every one of `slot_count` slots.
  explicit AllowedSlots(size_t slot_count) : count_(slot_count) {}
  /// Of the slots 0, 1, 2, ... those whose number elsewhere, numbers[slot], is allowed there.
  AllowedSlots(const std::vector<uint32_t>& numbers, const AllowedSlots& allowed);

  /// Every slot is allowed.
  bool all() const { return words_.empty(); }
  /// Slots that are allowed.
  size_t count() const { return count_; }

  bool contains(size_t slot) const { return all() || ((words_[slot / 32] >> (slot % 32)) & 1) != 0; }

  /// Calls visit(slot) for each, in their order. Not where all are allowed.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (size_t word = 0; word < words_.size(); ++word) {
      for (uint32_t rest = words_[word]; rest != 0; rest &= rest - 1)
        visit(word * 32 + static_cast<size_t>(std::countr_zero(rest)));
    }
  }

  /// How many of the slots first .. first + slot_count - 1 are allowed.
  size_t count_in(size_t first, size_t slot_count) const;

 private:
  std::vector<uint32_t> words_;  // one bit a slot; empty when all are allowed
  size_t count_ = 0;
};

}  // namespace vicinal
