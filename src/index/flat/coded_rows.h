// Rows kept as codes, with what their codec keeps beside each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "quantize/codec.h"
#include "rows/deletions.h"
#include "rows/row_blocks.h"

namespace vicinal {

class CodedRows {
 public:
  /// Rows as they are kept, for CodeScorer::score.
  struct Run {
    const uint8_t* codes;    // whole groups
    const float* constants;  // [row_count x constant_count]
    size_t first_slot;
    size_t row_count;
  };

  /// Short rows, so small blocks, to leave little room unused.
  static constexpr size_t kBlockBytes = size_t{64} * 1024;

  /// codec        trained or not, of rows [dim]; others may use it too, once it is trained
  /// block_bytes  as of RowBlocks
  CodedRows(std::shared_ptr<Codec> codec, size_t dim, size_t block_bytes = kBlockBytes);

  const Codec& codec() const { return *codec_; }
  const std::shared_ptr<Codec>& shared_codec() const { return codec_; }

  size_t dim() const { return dim_; }
  size_t size() const { return row_count_; }
  size_t capacity() const;
  uint64_t held_bytes() const { return held_row_bytes() + codec_->held_bytes(); }
  /// Without the codec.
  uint64_t held_row_bytes() const { return groups_.held_bytes() + constants_.held_bytes(); }
  /// What `held_bytes` tells after `reserve(row_count)` on an empty one.
  static uint64_t bytes_needed(const Codec& codec, uint64_t row_count);

  /// Errors  kOutOfMemory, or std::bad_alloc; unchanged then
  Status reserve(size_t row_count);
  /// Makes room for `row_count` more rows, and some to spare.
  Status make_room(size_t row_count);

  /// Encodes and appends rows [row_count x dim], for which there is room. May throw std::bad_alloc; then
  /// `truncate` takes back what was appended.
  void append(const float* rows, size_t row_count);
  /// Appends rows that are coded already, for which there is room.
  void append_coded(const uint8_t* codes, const float* constants, size_t row_count);
  void replace(size_t slot, const float* row);
  /// Puts a copy of the row in slot `from` into slot `to`.
  void copy(size_t from, size_t to);
  /// Forgets the rows from slot `row_count` on. Keeps their memory.
  void truncate(size_t row_count);
  /// Closes the gaps of marked rows and gives back memory that no row uses.
  void compact(const Deletions& deletions);

  /// row [dim] the nearest that the code can tell
  void decode(size_t slot, float* row) const;

  /// The code of a row by itself, [code_bytes]; `buffer`, as large, may hold it.
  const uint8_t* code(size_t slot, uint8_t* buffer) const;
  const float* constants(size_t slot) const { return has_constants_ ? constants_.row(slot) : nullptr; }

  /// As many rows from `slot` on, the first of a group, as lie together, at most `row_count` >= one group.
  Run run(size_t slot, size_t row_count) const;

 private:
  bool is_grouped() const { return group_rows_ > 1; }
  void put(size_t slot, const uint8_t* code);

  std::shared_ptr<Codec> codec_;
  size_t dim_;
  size_t group_rows_;
  bool has_constants_;
  size_t row_count_ = 0;
  RowBlocks<uint8_t> groups_;
  RowBlocks<float> constants_;   // stays empty where there are none
  std::vector<uint8_t> copied_;  // the code on its way from one place to another
};

}  // namespace vicinal
