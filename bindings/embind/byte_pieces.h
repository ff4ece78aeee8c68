// Saved bytes, to and from the caller's own array: each piece is one call into JavaScript that copies it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "persist/byte_io.h"

namespace vicinal::boundary {

/// Gathers small pieces, so that headers and tables do not cost a call each.
class PieceSink final : public ByteSink {
 public:
  Status write(const void* bytes, size_t size) override;
  /// Hands on what is still gathered.
  void flush();

 private:
  size_t gathered_ = 0;
  std::array<std::byte, 4096> gather_;
};

class PieceSource final : public ByteSource {
 public:
  explicit PieceSource(uint64_t size) : size_(size) {}

  uint64_t size() const override { return size_; }
  Status read_at(uint64_t offset, void* bytes, size_t size) override;

 private:
  uint64_t size_;
};

}  // namespace vicinal::boundary
