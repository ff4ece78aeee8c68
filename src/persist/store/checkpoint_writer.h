// Writes the sections of a checkpoint as blocks into free space (store_layout.h). Blocks end where their content says, so
// that what is added or taken away in the middle of a section leaves the blocks behind it as they were; those that the
// present checkpoint has already, byte by byte, are not written again; those that are known to be the same are not read.
// Based on: Muthitacharoen, Chen, Mazieres. A Low-bandwidth Network File System. SOSP 2001 (blocks by content). Xia, Jiang
// et al. Ddelta: A Deduplication-Inspired Fast Delta Compression Approach. Performance Evaluation 2014 (the hash).
// Departs from them: the hash goes by words of 4 bytes, which most rows are made of, and equality is checked in the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "persist/byte_io.h"
#include "persist/file.h"
#include "persist/store/manifest.h"
#include "persist/store/store.h"

namespace vicinal {

class CheckpointWriter {
 public:
  /// manifest, free  of the present checkpoint
  CheckpointWriter(File& data, std::shared_ptr<const StoreManifest> manifest, const FreeSpace& free,
                   const BlockSizes& sizes);

  /// Errors  as Store; the first stays. Here and below.
  Status begin_section(std::string_view name);
  Status write(const void* bytes, size_t size);
  /// As ByteSink, of the section that has this one's name in the present checkpoint.
  Status write_same(uint64_t offset, ByteSource& bytes);
  /// As Store.
  Status keep_start(uint64_t size);
  Status end_section();
  /// Writes the manifest, and flushes. Sets where it lies in `root`.
  Status finish(StoreRoot& root);

  /// After `finish`.
  StoreManifest& written() { return written_; }

 private:
  Status append(const unsigned char* bytes, size_t size);
  Status append_same(uint64_t offset, ByteSource& bytes);
  Status append_start(const StoreSection& section, uint64_t size);
  size_t find_end();
  Status end_block(size_t length);
  bool is_stored(const StoreBlock& block);
  Status move_down();
  Status remember(Status status);

  File& data_;
  std::shared_ptr<const StoreManifest> present_;
  std::vector<StoreBlock> present_blocks_;  // ordered by length and checksum
  FreeSpace free_;
  BlockSizes sizes_;
  StoreManifest written_;
  bool in_section_ = false;
  std::vector<unsigned char> block_;  // begun
  size_t hashed_bytes_ = 0;           // of it
  uint32_t hash_ = 0;
  std::vector<unsigned char> compared_;
  Status failure_;
};

}  // namespace vicinal
