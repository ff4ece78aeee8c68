// Where saved bytes go and come from: the caller's memory, piece by piece, so that saving never needs a
// second copy of the data inside the module.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace vicinal {

/// kCorruptData for bytes that stop making sense at `offset`.
inline Error corrupt_at(uint64_t offset) {
  return {ErrorCode::kCorruptData, 0, static_cast<int64_t>(offset)};
}

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

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Appends `size` bytes.
  virtual Status write(const void* bytes, size_t size) = 0;
  /// Appends all of `bytes`, which are those from `offset` on of what the sink's contents take the place of.
  /// Errors  as write, and the source's
  virtual Status write_same([[maybe_unused]] uint64_t offset, ByteSource& bytes) {
    char piece[4096];
    for (uint64_t done = 0; done < bytes.size();) {
      const auto some = static_cast<size_t>(std::min<uint64_t>(sizeof(piece), bytes.size() - done));
      const Status read = bytes.read_at(done, piece, some);
      if (!read.ok()) return read;
      const Status written = write(piece, some);
      if (!written.ok()) return written;
      done += some;
    }
    return {};
  }
};

}  // namespace vicinal
