#include "byte_pieces.h"

#include <emscripten/em_js.h>

#include <cstring>

#include "guarded.h"

// What bindings/api/saved-bytes.ts has put there for the call that is running.
EM_JS(void, write_piece, (double address, double size), { Module["writePiece"](address, size); })
EM_JS(void, read_piece, (double offset, double address, double size),
      { Module["readPiece"](offset, address, size); })

namespace vicinal::boundary {

Status PieceSink::write(const void* bytes, size_t size) {
  if (size > gather_.size() - gathered_) flush();
  if (size > gather_.size()) {
    write_piece(address_of(bytes), static_cast<double>(size));
  } else {
    std::memcpy(gather_.data() + gathered_, bytes, size);
    gathered_ += size;
  }
  return {};
}

void PieceSink::flush() {
  if (gathered_ > 0) write_piece(address_of(gather_.data()), static_cast<double>(gathered_));
  gathered_ = 0;
}

Status PieceSource::read_at(uint64_t offset, void* bytes, size_t size) {
  if (offset > size_ || size > size_ - offset) return corrupt_at(offset);
  if (size > 0) read_piece(static_cast<double>(offset), address_of(bytes), static_cast<double>(size));
  return {};
}

}  // namespace vicinal::boundary
