// The rows of an inverted file: lists of rows that lie together in memory, and where each slot's row is.
//
// A search scans some lists, so what a list holds is contiguous, and rows have no other copy: float rows, codes or
// both. The rows of a list are in no order: where one is taken out, the last one takes its place.
//
// Lists come first that rows are sorted into, by a CoarseQuantizer; behind them lie lists of rows not sorted, which
// every search scans: all rows before the first training, and those that a training has not come to yet.
//
// Codes are of the rows themselves, not of what is left of them when their centroid is taken off: so one scorer serves
// all lists that a query probes, and rows change lists without being coded anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/metric.h"
#include "base/result.h"
#include "index/flat/coded_rows.h"
#include "quantize/codec.h"
#include "rows/deletions.h"
#include "rows/vector_rows.h"

namespace vicinal {

struct IvfList {
  VectorRows rows;                  // none where only codes are kept
  std::optional<CodedRows> codes;   // where there is a codec
  std::optional<CodedRows> coming;  // codes that are not all there yet
  std::vector<uint32_t> slots;      // [rows]

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
  size_t position_of(size_t slot) const { return places_[slot].position; }
  bool has_vectors() const { return has_vectors_; }
  bool has_codes() const { return codec_ != nullptr; }
  const std::shared_ptr<Codec>& codec() const { return codec_; }
  /// The row in a slot, [dim], where float rows are kept; valid until the lists change.
  const float* row(size_t slot) const;
  /// The row in a slot, or what its code tells of it, out [dim].
  void copy_row(size_t slot, float* out) const;

  uint64_t vector_bytes() const;
  uint64_t norm_bytes() const;
  uint64_t code_bytes() const;
  /// Slot numbers, and places of slots.
  uint64_t slot_bytes() const;

  /// Codes some rows more, about `row_count`. Between the first and the last call nothing else may change.
  /// codec    trained
  /// Returns  whether all are coded: from then on they are kept as codes, and as floats only if `keep_vectors`
  /// Errors   kOutOfMemory, or std::bad_alloc
  Result<bool> code_rows(const std::shared_ptr<Codec>& codec, bool keep_vectors, size_t row_count);
  /// Rows that have been coded by it.
  size_t coded_count() const;
  /// Forgets codes that are not all there; those before them stay.
  void end_coding();

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

  /// Begins anew with lists of known sizes, to be filled with `fill_row` and `fill_code`, list after list.
  /// list_sizes  of each list
  /// slots       of the rows, list after list: each below `slot_count`, which is their number, and none twice
  /// codec       trained; null where there are no codes
  /// Errors      kInvalidArgument (actual: the first of `slots` that is none), kOutOfMemory, or std::bad_alloc
  Status begin_fill(const std::vector<uint32_t>& list_sizes, const std::vector<uint32_t>& slots,
                    std::shared_ptr<Codec> codec, bool keep_vectors);
  void fill_row(size_t list, const float* row) { lists_[list].rows.append_reserved(row); }
  void fill_code(size_t list, const uint8_t* code, const float* constants) {
    lists_[list].codes->append_coded(code, constants, 1);
  }

 private:
  struct Place {
    uint32_t list;
    uint32_t position;
  };
  static constexpr uint32_t kNoList = 0xFFFFFFFFu;

  // A row on its way into a list: coded, where there is a codec.
  struct Content {
    const float* row;
    const uint8_t* code;
    const float* constants;
  };

  IvfList empty_list() const;
  Status push(size_t list, size_t slot, const Content& content);
  void take_out(Place place);
  Content coded(const float* row);

  size_t dim_;
  Metric metric_;
  std::shared_ptr<Codec> codec_;
  bool has_vectors_ = true;
  size_t live_count_ = 0;
  std::vector<IvfList> lists_;
  std::vector<Place> places_;  // by slot
  std::vector<uint8_t> code_;  // of the row last coded
  std::vector<float> constants_;
};

}  // namespace vicinal
