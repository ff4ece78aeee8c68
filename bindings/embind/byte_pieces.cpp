#include "byte_pieces.h"

#include <cstring>

#include "guarded.h"

namespace vicinal::boundary {

Status PieceSink::write(const void* bytes, size_t size) {
  if (size > gather_.size() - gathered_) flush();
  if (size > gather_.size()) {
    writer_(address_of(bytes), static_cast<double>(size));
  } else {
    std::memcpy(gather_.data() + gathered_, bytes, size);
    gathered_ += size;
  }
  return {};
}

void PieceSink::flush() {
  if (gathered_ > 0) writer_(address_of(gather_.data()), static_cast<double>(gathered_));
  gathered_ = 0;
}

Status PieceSource::read_at(uint64_t offset, void* bytes, size_t size) {
  if (offset > size_ || size > size_ - offset) return corrupt_at(offset);
  if (size > 0) reader_(static_cast<double>(offset), address_of(bytes), static_cast<double>(size));
  return {};
}

}  // namespace vicinal::boundary
