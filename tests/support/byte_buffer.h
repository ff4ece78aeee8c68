// Saved bytes in memory.
#pragma once

#include <cstring>
#include <utility>
#include <vector>

#include "persist/byte_io.h"

namespace vicinal {

using Bytes = std::vector<unsigned char>;

class BufferSink : public ByteSink {
 public:
  Status write(const void* bytes, size_t size) override {
    const auto* first = static_cast<const unsigned char*>(bytes);
    bytes_.insert(bytes_.end(), first, first + size);
    return {};
  }

  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

class BufferSource : public ByteSource {
 public:
  explicit BufferSource(Bytes bytes) : bytes_(std::move(bytes)) {}

  uint64_t size() const override { return bytes_.size(); }

  Status read_at(uint64_t offset, void* bytes, size_t size) override {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return corrupt_at(offset);
    if (size > 0) std::memcpy(bytes, bytes_.data() + offset, size);
    return {};
  }

 private:
  Bytes bytes_;
};

}  // namespace vicinal
