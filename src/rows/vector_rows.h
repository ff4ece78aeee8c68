// The float rows of an index, as the caller gave them, with what the metric needs to know of each: under
// cosine the inverse of its norm. They are in memory, or, but for the newest, in a file.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/metric.h"
#include "base/result.h"
#include "rows/deletions.h"
#include "rows/row_blocks.h"
#include "rows/stored_rows.h"

namespace vicinal {

/// Checks rows [row_count x dim]: finite, and none without length when the metric is cosine. Rows as small as
/// the smallest float pass.
/// Errors  kNotFinite (actual: position of the value), kZeroVector (actual: the row)
Status check_rows(const float* rows, size_t row_count, size_t dim, Metric metric);

/// Sum of squares in double: exact products, no overflow or underflow for any float.
double squared_norm(const float* row, size_t dim);

/// Whether float arithmetic does for a row of this norm under cosine: between the two bounds every float
/// product of the row with a unit vector is far from overflow, and the error that underflow adds is far below
/// rounding.
inline bool is_plain_norm(double norm) {
  return norm >= 0x1p-60 && norm <= 0x1p100;
}

class VectorRows {
 public:
  /// dim  1..65536; block_bytes as of RowBlocks
  VectorRows(size_t dim, Metric metric, size_t block_bytes = kRowBlockBytes);

  size_t dim() const { return rows_.row_width(); }
  Metric metric() const { return metric_; }
  size_t size() const { return stored_ == nullptr ? rows_.size() : stored_->size(); }
  size_t capacity() const { return size() + rows_.capacity() - rows_.size(); }
  /// All of them, where none is in a file.
  const RowBlocks<float>& rows() const {
    assert(!is_stored());
    return rows_;
  }
  /// Where rows are in a file, valid until the next call; what could not be read, `take_failure` tells.
  const float* row(size_t slot) const { return stored_ == nullptr ? rows_.row(slot) : stored_row(slot); }

  /// Whether some rows may be in a file: then only `row` reads them, and of their norms nothing is known.
  bool is_stored() const { return stored_ != nullptr; }
  /// From now on the `row_count` rows are in the file, one after another; but for those marked, of which nothing is known.
  /// Errors  kOutOfMemory, std::bad_alloc; unchanged then. None where some are in a file already.
  Status keep_in(std::unique_ptr<RowFile> file, const Deletions& deletions, size_t row_count);
  /// Reads some of them into memory, at most `row_count`, but for those marked, in whose place are any then. Once it has
  /// read all, none is in a file any more.
  /// Returns  the share that is read: 1 where none is in a file
  /// Errors   kOutOfMemory, std::bad_alloc; those of reading. All are where they were then.
  Result<double> load_some(const Deletions& deletions, size_t row_count);
  /// What reading has failed with since the last time.
  Status take_failure() const { return stored_ == nullptr ? Status() : stored_->take_failure(); }
  /// Rows of a file are checked again when they are read.
  void recheck() const {
    if (stored_ != nullptr) stored_->recheck();
  }

  /// Inverse norms of the rows from `slot` on, as many as lie in the same run of `rows()`; null unless
  /// cosine. 0 marks a row whose norm is not plain.
  const float* inverse_norms(size_t slot) const {
    return metric_ == Metric::kCosine ? inverse_norms_.row(slot) : nullptr;
  }
  /// Whether some row may carry that mark.
  bool has_marked_norms() const { return has_marked_norms_; }
  /// A bound of all norms, under dot; else 0.
  double largest_norm() const { return largest_norm_; }

  uint64_t vector_bytes() const {
    return rows_.held_bytes() + (stored_ == nullptr ? 0 : stored_->held_bytes()) +
           (loaded_ == nullptr ? 0 : loaded_->vector_bytes());
  }
  uint64_t norm_bytes() const {
    return inverse_norms_.held_bytes() + (loaded_ == nullptr ? 0 : loaded_->norm_bytes());
  }
  /// What these tell after `reserve(row_count)` on empty rows.
  static uint64_t vector_bytes_needed(size_t dim, uint64_t row_count);
  static uint64_t norm_bytes_needed(Metric metric, uint64_t row_count);

  /// Errors  kOutOfMemory, or std::bad_alloc; no row is changed then
  Status reserve(size_t row_count);

  /// Makes room for `row_count` more rows, and some to spare.
  /// Errors  as reserve
  Status make_room(size_t row_count);

  /// Appends rows [row_count x dim] that have passed `check_rows`, all or none of them.
  /// Errors  as reserve
  Status append(const float* rows, size_t row_count);

  /// Appends one row after another without growing, while `size() < capacity()`.
  void append_reserved(const float* row);

  /// Appends rows without growing, while `size() + row_count <= capacity()`, where they are kept.
  /// fill(rows, count)  puts `count` rows that pass `check_rows` there, [count x dim]: the next of them, in their order
  /// Errors  those of `fill`; the rows before are appended then
  template <typename Fill>
  Status fill_reserved(size_t row_count, Fill fill) {
    while (row_count > 0) {
      const std::span<float> room = rows_.room(row_count);
      const size_t count = room.size() / dim();
      const Status filled = fill(room.data(), count);
      if (!filled.ok()) return filled;
      for (size_t row = 0; row < count; ++row) append_norm(room.data() + row * dim());
      rows_.take_filled(count);
      row_count -= count;
    }
    return {};
  }

  /// Makes room for an update of a row, which one of a file needs.
  /// Errors  as reserve
  Status make_room_to_update(size_t slot);
  /// Replaces a row by one that has passed `check_rows`.
  void update(size_t slot, const float* row);

  /// How many of the first rows are what they were when `note_unchanged` was called last; 0 where it never was.
  size_t unchanged() const { return unchanged_; }
  void note_unchanged() { unchanged_ = size(); }

  /// Forgets the rows from slot `row_count` on. Keeps their memory.
  void truncate(size_t row_count);

  /// Forgets all rows, and gives their memory back.
  void clear();

  /// Closes the gaps of marked rows and gives back memory that no row uses.
  void compact(const Deletions& deletions);

 private:
  void append_norm(const float* row);
  // Notes the norm of a row for the metric; returns what inverse_norms holds of it.
  float note_norm(const float* row);
  void note_all_norms();
  const float* stored_row(size_t slot) const;

  Metric metric_;
  RowBlocks<float> rows_;
  RowBlocks<float> inverse_norms_;  // empty unless cosine
  bool has_marked_norms_ = false;
  double largest_norm_ = 0;
  size_t unchanged_ = 0;
  std::unique_ptr<StoredRows> stored_;  // then `rows_` are those that it says are in memory
  std::unique_ptr<VectorRows> loaded_;  // what `load_some` has read so far: the first of all
};

}  // namespace vicinal
