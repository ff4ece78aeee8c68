// Saved bytes, to and from the caller's own array: each piece is one call into JavaScript that copies it.
#pragma once

#include <emscripten/val.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "persist/byte_io.h"

namespace vicinal::boundary {

EMSCRIPTEN_DECLARE_VAL_TYPE(PieceWriter)  // (address: number, size: number) => void
EMSCRIPTEN_DECLARE_VAL_TYPE(PieceReader)  // (offset: number, address: number, size: number) => void

/// Gathers small pieces, so that headers and tables do not cost a call each.
class PieceSink final : public ByteSink {
 public:
  explicit PieceSink(const PieceWriter& writer) : writer_(writer) {}

  Status write(const void* bytes, size_t size) override;
  /// Hands on what is still gathered.
  void flush();

 private:
  const PieceWriter& writer_;
  size_t gathered_ = 0;
  std::array<std::byte, 4096> gather_;
};

class PieceSource final : public ByteSource {
 public:
  PieceSource(uint64_t size, const PieceReader& reader) : size_(size), reader_(reader) {}

  uint64_t size() const override { return size_; }
  Status read_at(uint64_t offset, void* bytes, size_t size) override;

 private:
  uint64_t size_;
  const PieceReader& reader_;
};

}  // namespace vicinal::boundary
