// A file of a POSIX system. Not part of the WebAssembly build: there files come from the page or from Node.
#pragma once

#include <memory>

#include "persist/file.h"

namespace vicinal {

/// kStorageFailed and kStorageFull tell `errno` and the bytes of the write.
class PosixFile final : public File {
 public:
  /// Opens the file for reading and writing, or creates it; its entry in the folder is durable then.
  static Result<std::unique_ptr<PosixFile>> open(const char* path);
  ~PosixFile() override;
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<uint64_t> size() override;
  Status read_at(uint64_t offset, void* bytes, size_t size) override;
  Status write_at(uint64_t offset, const void* bytes, size_t size) override;
  Status flush() override;
  Status truncate(uint64_t size) override;

 private:
  explicit PosixFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace vicinal
