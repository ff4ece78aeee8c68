// A file as the store uses it: what POSIX and the sync access handles of browsers both have.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace vicinal {

/// Every call may fail with kStorageFailed too. A write that was not flushed may be lost in a crash, in part or whole,
/// and later ones of the same file kept; a truncation likewise.
class File {
 public:
  virtual ~File() = default;

  /// Bytes.
  virtual Result<uint64_t> size() = 0;

  /// Reads exactly `size` bytes from `offset`; kCorruptData (actual: offset) when they are not all there.
  virtual Status read_at(uint64_t offset, void* bytes, size_t size) = 0;

  /// Writes all `size` bytes at `offset`. What lies between the end so far and `offset` is filled with zeros.
  /// Errors  kStorageFull; after any error, any part may have been written
  virtual Status write_at(uint64_t offset, const void* bytes, size_t size) = 0;

  /// Returns once all that was written is durable.
  virtual Status flush() = 0;

  /// Cuts the file to `size` bytes, at most what it has.
  virtual Status truncate(uint64_t size) = 0;
};

}  // namespace vicinal
