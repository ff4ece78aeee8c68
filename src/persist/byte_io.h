// Where saved bytes go and come from: the caller's memory, piece by piece, so that saving never needs a
// second copy of the data inside the module.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace vicinal {

/// kCorruptData for bytes that stop making sense at `offset`.
inline Error corrupt_at(uint64_t offset) {
  return {ErrorCode::kCorruptData, 0, static_cast<int64_t>(offset)};
}

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Appends `size` bytes.
  virtual Status write(const void* bytes, size_t size) = 0;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  /// Reads exactly `size` bytes from `offset`; kCorruptData (actual: offset) when they are not all there.
  virtual Status read_at(uint64_t offset, void* bytes, size_t size) = 0;
  /// Whether `read_at` has checked what it reads against checksums: then nobody else need do so.
  virtual bool is_checked() const { return false; }
  /// Forgets what it has checked so far, where it does not check every time.
  virtual void recheck() {}
};

}  // namespace vicinal
