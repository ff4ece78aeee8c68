// The rows of an inverted file: lists of rows that lie together in memory, and where each slot's row is.
//
// A search scans some lists, so what a list holds is contiguous, and rows have no other copy. The rows of a list are in
// no order: where one is taken out, the last one takes its place.
//
// Lists come first that rows are sorted into, by a CoarseQuantizer; behind them lie lists of rows not sorted, which
// every search scans: all rows before the first training, and those that a training has not come to yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/metric.h"
#include "base/result.h"
#include "rows/deletions.h"
#include "rows/vector_rows.h"

namespace vicinal {

struct IvfList {
  VectorRows rows;
  std::vector<uint32_t> slots;  // [rows]

  size_t size() const { return slots.size(); }
};

class IvfLists {
 public:
  IvfLists(size_t dim, Metric metric);

  size_t dim() const { return dim_; }
  Metric metric() const { return metric_; }
  /// Live rows.
  size_t size() const { return live_count_; }
  /// Slots given out, those of removed rows too.
  size_t slot_count() const { return places_.size(); }
  size_t list_count() const { return lists_.size(); }
  const IvfList& list(size_t number) const { return lists_[number]; }
  bool contains(size_t slot) const { return places_[slot].list != kNoList; }
  size_t list_of(size_t slot) const { return places_[slot].list; }
  /// The row in a slot, [dim]; valid until the lists change.
  const float* row(size_t slot) const;

  uint64_t vector_bytes() const;
  uint64_t norm_bytes() const;
  /// Slot numbers, and places of slots.
  uint64_t slot_bytes() const;

  /// Appends a row in the next slot.
  /// Errors  kOutOfMemory, or std::bad_alloc; unchanged then, here and below
  Status append(size_t list, const float* row);
  /// Replaces a row; it may change the list.
  Status update(size_t slot, size_t list, const float* row);
  /// Takes a row out; its slot stays, empty.
  void remove(size_t slot);
  /// Forgets the slots from `slot_count` on.
  void truncate(size_t slot_count);
  /// Renumbers slots as if those marked had never been, and gives back memory that no row uses.
  void compact(const Deletions& deletions);

  /// Puts `list_count` empty lists before those there are, which become unsorted.
  void prepend(size_t list_count);
  /// Drops the last list, which is empty.
  void drop_last_list() { lists_.pop_back(); }
  /// Moves the last row of a list into another.
  Status move_last(size_t from, size_t to);
  /// Gives back memory that no row of a list uses.
  void shrink(size_t list);

  /// Begins anew with empty lists and slots, to be filled with rows from a file.
  void begin_fill(size_t list_count, size_t slot_count);
  /// Puts a row into a list, in a slot that has none yet.
  /// Errors  as append, and kInvalidArgument where there is no such slot, or it is taken
  Status fill(size_t list, size_t slot, const float* row);

 private:
  struct Place {
    uint32_t list;
    uint32_t position;
  };
  static constexpr uint32_t kNoList = 0xFFFFFFFFu;

  IvfList empty_list() const;
  // Appends to a list, without a place.
  Status push(size_t list, const float* row, size_t slot);
  void take_out(Place place);

  size_t dim_;
  Metric metric_;
  size_t live_count_ = 0;
  std::vector<IvfList> lists_;
  std::vector<Place> places_;  // by slot
};

}  // namespace vicinal
