// Float rows that lie in a file, and are read when they are asked for: which of the rows of an index these are, the others
// being newer and in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "rows/deletions.h"
#include "rows/row_blocks.h"

namespace vicinal {

/// The rows of a file, one behind another.
class RowFile {
 public:
  virtual ~RowFile() = default;
  virtual size_t row_count() const = 0;
  /// rows    [row_count x dim], overwritten: those from `first` on, finite and, under cosine, not zero
  /// Errors  kCorruptData, the file's
  virtual Status read(size_t first, size_t row_count, float* rows) = 0;
  /// What has been checked is checked again when it is read.
  virtual void recheck() {}
};

class StoredRows {
 public:
  explicit StoredRows(size_t dim) : dim_(dim), places_(1) {}

  /// From now on all rows are in the file, one after another; but for those marked, of which nothing is known.
  void place_all(std::unique_ptr<RowFile> file, const Deletions& deletions);

  size_t size() const { return places_.size(); }
  size_t capacity() const { return places_.capacity(); }
  uint64_t held_bytes() const { return places_.held_bytes() + window_.capacity() * sizeof(float); }

  /// Where the row is in memory; none where it is in the file.
  std::optional<size_t> position(size_t slot) const {
    const uint32_t place = *places_.row(slot);
    return place >= kInMemory ? std::optional<size_t>(place - kInMemory) : std::nullopt;
  }
  /// The row is in memory from now on.
  void set_position(size_t slot, size_t position) {
    *places_.row(slot) = static_cast<uint32_t>(kInMemory + position);
  }

  /// Errors  kOutOfMemory; std::bad_alloc
  Status reserve(size_t row_count) { return places_.reserve(row_count); }
  Status make_room(size_t row_count) { return places_.make_room(row_count); }
  /// A row in memory, for which there is room.
  void append_reserved(size_t position);
  /// Forgets rows. Returns how many of them were in memory.
  size_t truncate(size_t row_count);
  void compact(const Deletions& deletions);

  /// A row of the file, [dim]. Valid until the next call. Where it cannot be read, ones; `take_failure` tells then.
  const float* read(size_t slot);
  /// What reading has failed with since the last time.
  Status take_failure();
  /// As RowFile.
  void recheck();

 private:
  // Above every row of a file that fits a machine with 32-bit addresses many times over.
  static constexpr uint32_t kInMemory = uint32_t{1} << 31;

  std::unique_ptr<RowFile> file_;
  size_t dim_;
  RowBlocks<uint32_t> places_;  // of each slot: the row of the file, or kInMemory and a position
  std::vector<float> window_;   // rows of the file that were read last
  size_t window_first_ = 0;
  size_t window_rows_ = 0;
  size_t steps_ahead_ = 0;  // how often a row was just behind the one before
  Status failure_;
};

}  // namespace vicinal
