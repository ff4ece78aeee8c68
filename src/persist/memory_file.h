// A file in memory: durable as long as the process.
#pragma once

#include <cstring>
#include <utility>
#include <vector>

#include "persist/byte_io.h"
#include "persist/file.h"

namespace vicinal {

class MemoryFile final : public File {
 public:
  explicit MemoryFile(std::vector<unsigned char> bytes = {}) : bytes_(std::move(bytes)) {}

  const std::vector<unsigned char>& bytes() const { return bytes_; }

  Result<uint64_t> size() override { return uint64_t{bytes_.size()}; }

  Status read_at(uint64_t offset, void* bytes, size_t size) override {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return corrupt_at(offset);
    if (size > 0) std::memcpy(bytes, bytes_.data() + offset, size);
    return {};
  }

  Status write_at(uint64_t offset, const void* bytes, size_t size) override {
    if (offset > bytes_.max_size() || size > bytes_.max_size() - offset)
      return Error{ErrorCode::kStorageFull, 0, static_cast<int64_t>(size)};
    if (offset + size > bytes_.size()) bytes_.resize(static_cast<size_t>(offset) + size);
    if (size > 0) std::memcpy(bytes_.data() + offset, bytes, size);
    return {};
  }

  Status flush() override { return {}; }

  Status truncate(uint64_t size) override {
    if (size < bytes_.size()) bytes_.resize(static_cast<size_t>(size));
    return {};
  }

 private:
  std::vector<unsigned char> bytes_;
};

}  // namespace vicinal
