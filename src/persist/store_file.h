// A saved compressed store: a section file of kind kCompressedStore with five sections.
//
//   "head"  u32 dim             1..65536
//           u32 metric          base/metric.h
//           u32 codec           engine/compressed_store.h
//           u32 bits            bits a value
//           u32 keeps_vectors   1 where float rows are kept, else 0
//           u32 code_bytes      a row
//           u32 constant_count  floats a row
//           u32 parameter_count floats that fitting learned
//           u64 row_count
//   "parm"  f32 [parameter_count]
//   "code"  u8 [row_count x code_bytes]
//   "cons"  f32 [row_count x constant_count]
//   "rows"  f32 [row_count x dim], as the caller gave them; of no length where they are not kept
//
// What codes, constants and parameters mean is the codec's to say: src/quantize.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/result.h"
#include "persist/byte_io.h"
#include "persist/section_file.h"
#include "rows/row_blocks.h"

namespace vicinal {

struct StoreHead {
  uint32_t dim;
  uint32_t metric;
  uint32_t codec;
  uint32_t bits;
  uint32_t keeps_vectors;
  uint32_t code_bytes;
  uint32_t constant_count;
  uint32_t parameter_count;
  uint64_t row_count;
};

/// What is written, owned by the store.
struct StoreView {
  StoreHead head;
  const std::vector<float>& parameters;
  const RowBlocks<uint8_t>& codes;
  const RowBlocks<float>& constants;
  const RowBlocks<float>& vectors;
};

/// Size of the file that `write_store_file` writes.
uint64_t store_file_bytes(const StoreHead& head);

/// Errors  the sink's
Status write_store_file(ByteSink& sink, const StoreView& store);

/// Reads a file in three parts, so that its head can be checked against the codec before its rows are read.
class StoreFileReader {
 public:
  /// Checks the head's own ranges, and its sizes against those of the sections.
  /// Errors  kCorruptData (actual: the offset of what is wrong), kUnsupportedVersion, or the source's
  static Result<StoreFileReader> open(ByteSource& source);

  const StoreHead& head() const { return head_; }
  /// Where the head lies in the file.
  uint64_t head_offset() const { return head_offset_; }

  /// Errors  kCorruptData (not all finite), or the source's
  Result<std::vector<float>> read_parameters() const;

  /// Fills empty rows of the widths that the head tells; `vectors` stays empty where they are not kept.
  /// Errors  kCorruptData (constants or vectors are not all finite), kOutOfMemory, or the source's
  Status read_rows(RowBlocks<uint8_t>& codes, RowBlocks<float>& constants, RowBlocks<float>& vectors) const;

 private:
  explicit StoreFileReader(SectionFile file) : file_(std::move(file)) {}

  SectionFile file_;
  StoreHead head_{};
  uint64_t head_offset_ = 0;
};

}  // namespace vicinal
