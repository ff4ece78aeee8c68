// Ids of slots, and slots of ids. Ids ascend with the slots, and rows are added at the end with the next ids:
// so a map is a list of ids that compaction left, sorted, and after it a tail of ids without gaps that need
// no memory. Until the first compaction all is tail.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "rows/deletions.h"

namespace vicinal {

class IdMap {
 public:
  IdMap() = default;
  /// ids      ascending
  /// next_id  above all of them
  IdMap(std::vector<uint32_t> ids, uint64_t next_id);
  /// The `count` ids before `next_id`.
  static IdMap newest(size_t count, uint64_t next_id) {
    assert(count <= next_id);
    IdMap map;
    map.tail_first_id_ = next_id - count;
    map.tail_count_ = count;
    return map;
  }

  /// Slots that have an id.
  size_t size() const { return listed_.size() + tail_count_; }
  /// The id that the next row will get; up to kMaxRowCount.
  uint64_t next_id() const { return tail_first_id_ + tail_count_; }
  uint64_t held_bytes() const { return uint64_t{listed_.capacity()} * sizeof(uint32_t); }
  /// The id of every slot is the slot's own number.
  bool is_identity() const { return listed_.empty() && tail_first_id_ == 0; }

  RowId id(size_t slot) const {
    assert(slot < size());
    if (slot < listed_.size()) return RowId{listed_[slot]};
    return RowId{static_cast<uint32_t>(tail_first_id_ + (slot - listed_.size()))};
  }

  /// The slot that holds an id, if one does.
  std::optional<Slot> find(RowId id) const;

  /// Gives the next `count` slots the next ids.
  void append(size_t count) {
    assert(next_id() + count <= kMaxRowCount);
    tail_count_ += count;
  }

  /// Takes the newest `count` ids back: they will be given out again. They must not have been through a
  /// compaction.
  void undo_append(size_t count) {
    assert(count <= tail_count_);
    tail_count_ -= count;
  }

  /// The map after the rows that are marked have gone; the others keep their ids. May throw std::bad_alloc.
  IdMap without(const Deletions& deletions) const;

 private:
  std::vector<uint32_t> listed_;  // ids of the first slots
  uint64_t tail_first_id_ = 0;
  size_t tail_count_ = 0;
};

}  // namespace vicinal
