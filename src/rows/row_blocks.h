// Rows of equal width in blocks of a fixed number of rows, so that growth never copies old rows and never
// needs the old and a doubled copy side by side. Only the first block grows by doubling until it is a whole
// block: small stores stay small.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace vicinal {

/// The most a block takes, unless one row alone is larger. Large against a kernel call and the allocator's
/// own bookkeeping, small against the memory of a page.
inline constexpr size_t kRowBlockBytes = size_t{512} * 1024;

/// Rows of `row_width` elements. Slots are 0, 1, 2, ... in the order of appending.
template <typename Element>
class RowBlocks {
  static_assert(std::is_trivially_copyable_v<Element>);

 public:
  /// Consecutive rows that lie one after another in memory.
  struct Run {
    const Element* rows;  // [row_count x row_width]
    size_t first_slot;
    size_t row_count;
  };

  /// row_width    elements a row, >= 1
  /// block_bytes  as kRowBlockBytes; smaller blocks leave less room unused, where rows are short
  explicit RowBlocks(size_t row_width, size_t block_bytes = kRowBlockBytes)
      : row_width_(row_width),
        rows_per_block_(rows_per_block_of(row_width, block_bytes)),
        block_shift_(shift_of(rows_per_block_)) {
    assert(row_width >= 1);
  }

  size_t row_width() const { return row_width_; }
  /// A power of two.
  size_t rows_per_block() const { return rows_per_block_; }
  size_t size() const { return row_count_; }
  /// Rows that fit before memory grows.
  size_t capacity() const {
    return blocks_.empty() ? 0 : first_block_rows_ + (blocks_.size() - 1) * rows_per_block_;
  }
  /// Bytes held: blocks, used or not, and the list of them.
  uint64_t held_bytes() const {
    return uint64_t{capacity()} * row_bytes() + uint64_t{blocks_.capacity()} * sizeof(Block);
  }
  /// What `held_bytes` tells after `reserve(row_count)` on an empty store.
  static uint64_t bytes_needed(size_t row_width, uint64_t row_count, size_t block_bytes = kRowBlockBytes) {
    const uint64_t per_block = rows_per_block_of(row_width, block_bytes);
    const uint64_t block_count = (row_count + per_block - 1) / per_block;
    const uint64_t room = block_count > 1 ? block_count * per_block : row_count;
    return room * row_width * sizeof(Element) + block_count * sizeof(Block);
  }

  /// The row in a slot, [row_width]. Pointers into the first block end with the next growth; the others stay.
  const Element* row(size_t slot) const {
    assert(slot < row_count_);
    return blocks_[slot >> block_shift_].get() + (slot & (rows_per_block_ - 1)) * row_width_;
  }
  Element* row(size_t slot) { return const_cast<Element*>(std::as_const(*this).row(slot)); }
  const Element* row(Slot slot) const { return row(size_t{to_number(slot)}); }
  Element* row(Slot slot) { return row(size_t{to_number(slot)}); }

  /// Blocks that hold rows.
  size_t block_count() const { return row_count_ == 0 ? 0 : ((row_count_ - 1) >> block_shift_) + 1; }
  /// The rows of a block, in the order of slots; every block but the last is full.
  Run block(size_t index) const {
    assert(index < block_count());
    const size_t first_slot = index << block_shift_;
    return {blocks_[index].get(), first_slot, std::min(rows_per_block_, row_count_ - first_slot)};
  }
  /// As many rows from `slot` on as lie one after another, at most `row_count`; `row_count` >= 1.
  Run run(size_t slot, size_t row_count) const {
    const size_t block_left = rows_per_block_ - (slot & (rows_per_block_ - 1));
    return {row(slot), slot, std::min({row_count, block_left, row_count_ - slot})};
  }

  /// Makes room for `row_count` rows in all, and no more than that needs.
  /// Errors  kOutOfMemory, or std::bad_alloc for the list of blocks; unchanged then
  Status reserve(size_t row_count) { return grow(row_count, false); }

  /// Appends rows [row_count x row_width], which must not lie in this store.
  /// Errors  kOutOfMemory, or std::bad_alloc for the list of blocks; unchanged then
  Status append(const Element* rows, size_t row_count) {
    const Status grown = make_room(row_count);
    if (!grown.ok()) return grown;
    append_reserved(rows, row_count);
    return {};
  }

  /// Makes room for `row_count` more rows, and some to spare.
  /// Errors  as append
  Status make_room(size_t row_count) { return grow(row_count_ + row_count, true); }

  /// Appends rows that fit the capacity; cannot fail.
  void append_reserved(const Element* rows, size_t row_count) {
    assert(row_count_ + row_count <= capacity());
    while (row_count > 0) {
      const size_t in_block = row_count_ & (rows_per_block_ - 1);
      const size_t count = std::min(row_count, rows_per_block_ - in_block);
      std::memcpy(blocks_[row_count_ >> block_shift_].get() + in_block * row_width_, rows,
                  count * row_bytes());
      rows += count * row_width_;
      row_count_ += count;
      row_count -= count;
    }
  }

  /// Where rows that fit the capacity go, behind the last: as many as lie one after another, at most `row_count`. They are
  /// taken in by `take_filled`.
  std::span<Element> room(size_t row_count) {
    assert(row_count_ + row_count <= capacity());
    const size_t in_block = row_count_ & (rows_per_block_ - 1);
    const size_t count = std::min(row_count, rows_per_block_ - in_block);
    return {blocks_[row_count_ >> block_shift_].get() + in_block * row_width_, count * row_width_};
  }
  /// Takes in rows that were put into `room`.
  void take_filled(size_t row_count) { row_count_ += row_count; }

  /// Appends a row of zeros that fits the capacity.
  void append_zeros() {
    assert(row_count_ < capacity());
    ++row_count_;
    std::fill_n(row(row_count_ - 1), row_width_, Element{});
  }

  /// Forgets the rows from slot `row_count` on. Keeps their memory.
  void truncate(size_t row_count) {
    assert(row_count <= row_count_);
    row_count_ = row_count;
  }

  /// Keeps the rows whose slots `keep(slot)` says, in their order, moved together. Keeps the memory.
  template <typename Keep>
  void keep_if(Keep keep) {
    size_t kept = 0;
    for (size_t slot = 0; slot < row_count_; ++slot) {
      if (!keep(slot)) continue;
      if (kept != slot) std::memcpy(row(kept), row(slot), row_bytes());
      ++kept;
    }
    row_count_ = kept;
  }

  /// Gives back memory that no row uses. Keeps it where the smaller copy of the first block finds no room.
  void shrink() {
    const size_t used_blocks = block_count();
    blocks_.resize(used_blocks);
    if (used_blocks == 0) {
      first_block_rows_ = 0;
    } else if (used_blocks == 1 && row_count_ < first_block_rows_) {
      Block smaller = allocate(row_count_);
      if (smaller != nullptr) {
        std::memcpy(smaller.get(), blocks_[0].get(), row_count_ * row_bytes());
        blocks_[0] = std::move(smaller);
        first_block_rows_ = row_count_;
      }
    }
    blocks_.shrink_to_fit();
  }

 private:
  // Cache lines, so that rows of whole lines never straddle one.
  static constexpr std::align_val_t kAlignment{64};

  struct FreeBlock {
    void operator()(Element* elements) const { ::operator delete(elements, kAlignment); }
  };
  using Block = std::unique_ptr<Element, FreeBlock>;

  static size_t rows_per_block_of(size_t row_width, size_t block_bytes) {
    return std::bit_floor(std::max<size_t>(1, block_bytes / sizeof(Element) / row_width));
  }
  static unsigned shift_of(size_t power_of_two) {
    return static_cast<unsigned>(std::countr_zero(power_of_two));
  }

  size_t row_bytes() const { return row_width_ * sizeof(Element); }

  Block allocate(size_t row_count) const {
    return Block(static_cast<Element*>(::operator new(row_count * row_bytes(), kAlignment, std::nothrow)));
  }

  // Room for `needed` rows in all. With `spare`, what grows by copying (a small first block, the list of
  // blocks) grows by doubling at least. Allocates all that is new before it changes anything.
  Status grow(size_t needed, bool spare) {
    if (needed <= capacity()) return {};
    const uint64_t total_bytes = bytes_needed(row_width_, needed);
    if (total_bytes > SIZE_MAX) return out_of_memory(total_bytes);

    const size_t old_count = blocks_.size();
    const size_t new_count = ((needed - 1) >> block_shift_) + 1;
    size_t first_rows = needed;
    if (spare) first_rows = std::max(first_rows, 2 * first_block_rows_);
    first_rows = new_count > 1 ? rows_per_block_ : std::min(first_rows, rows_per_block_);

    Block first;
    if (first_rows > first_block_rows_) {
      first = allocate(first_rows);
      if (first == nullptr) return out_of_memory(total_bytes);
    }
    std::vector<Block> added(new_count - std::max<size_t>(old_count, 1));
    for (Block& block : added) {
      block = allocate(rows_per_block_);
      if (block == nullptr) return out_of_memory(total_bytes);
    }
    if (new_count > blocks_.capacity()) {
      blocks_.reserve(spare ? std::max(new_count, 2 * old_count) : new_count);
    }

    if (first != nullptr) {
      if (old_count == 0) {
        blocks_.push_back(std::move(first));
      } else {
        if (row_count_ > 0) std::memcpy(first.get(), blocks_[0].get(), row_count_ * row_bytes());
        blocks_[0] = std::move(first);
      }
      first_block_rows_ = first_rows;
    }
    for (Block& block : added) blocks_.push_back(std::move(block));
    return {};
  }

  static Error out_of_memory(uint64_t bytes) {
    return {ErrorCode::kOutOfMemory, 0, static_cast<int64_t>(bytes)};
  }

  size_t row_width_;
  size_t rows_per_block_;
  unsigned block_shift_;
  size_t row_count_ = 0;
  size_t first_block_rows_ = 0;  // rows that fit the first block
  std::vector<Block> blocks_;
};

}  // namespace vicinal
