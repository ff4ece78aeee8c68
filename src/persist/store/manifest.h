// What a checkpoint consists of (store_layout.h), and the space that it leaves free.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "persist/file.h"
#include "persist/store/store_layout.h"

namespace vicinal {

struct StoreBlock {
  uint64_t offset;
  uint32_t length;
  uint32_t crc;
};
static_assert(sizeof(StoreBlock) == 16);

struct StoreSection {
  std::string name;
  std::vector<StoreBlock> blocks;

  uint64_t bytes() const;
};

struct StoreManifest {
  std::vector<StoreSection> sections;

  /// Null where there is none.
  const StoreSection* find(std::string_view name) const;
};

std::vector<unsigned char> encode_manifest(const StoreManifest& manifest);

/// Errors  kCorruptData (actual: the offset in `data`), the file's
Result<StoreManifest> read_manifest(File& data, const StoreRoot& root);

/// Free space of `data`, as holes between what is used, and all behind it.
class FreeSpace {
 public:
  /// Errors  kCorruptData (actual: the offset) where extents overlap without being the same
  static Result<FreeSpace> around(const StoreManifest& manifest, const StoreRoot& root);

  /// Takes the first hole that is large enough, else space behind all.
  uint64_t take(uint64_t bytes);
  /// The same of the holes that lie before `limit`.
  std::optional<uint64_t> take_before(uint64_t limit, uint64_t bytes);

  /// Bytes that were used at first, in whole extents.
  uint64_t used_bytes() const { return used_bytes_; }
  /// Where the last of what is used or taken ends.
  uint64_t end() const { return end_; }

 private:
  struct Hole {
    uint64_t offset;
    uint64_t bytes;
  };

  std::vector<Hole> holes_;
  uint64_t used_bytes_ = 0;
  uint64_t end_ = 0;
};

constexpr uint64_t extent_bytes(uint64_t bytes) {
  return (bytes + kExtentAlignment - 1) / kExtentAlignment * kExtentAlignment;
}

}  // namespace vicinal
