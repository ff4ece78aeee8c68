#include "persist/store/store_layout.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "persist/crc32c.h"

namespace vicinal {
namespace {

static_assert(std::endian::native == std::endian::little,
              "files are little-endian and written as they lie in memory");

constexpr char kMagic[8] = {'V', 'I', 'C', 'S', 'T', 'O', 'R', '\0'};

// Generations and sequences that no store reaches, so that counting on never wraps.
constexpr uint64_t kMostCounted = uint64_t{1} << 53;

}  // namespace

void seal_root(StoreRoot& root) {
  std::memcpy(root.magic, kMagic, sizeof(kMagic));
  root.version = kStoreVersion;
  root.zero = 0;
  root.crc = crc32c(0, &root, offsetof(StoreRoot, crc));
}

Result<FoundRoot> read_root(File& file, uint64_t offset) {
  const Result<uint64_t> size = file.size();
  if (!size.ok()) return size.error();
  FoundRoot found{RootState::kUnwritten, {}};
  const auto bytes = static_cast<size_t>(
      std::min<uint64_t>(size.value() - std::min(size.value(), offset), sizeof(StoreRoot)));
  if (bytes == 0) return found;
  const Status read = file.read_at(offset, &found.root, bytes);
  if (!read.ok()) return read.error();
  const StoreRoot unwritten{};
  if (std::memcmp(&found.root, &unwritten, sizeof(unwritten)) == 0) return found;
  const bool is_counted = found.root.generation > 0 && found.root.generation <= kMostCounted &&
                          found.root.sequence <= kMostCounted;
  const bool right = is_counted && found.root.crc == crc32c(0, &found.root, offsetof(StoreRoot, crc)) &&
                     std::memcmp(found.root.magic, kMagic, sizeof(kMagic)) == 0 && found.root.version != 0;
  if (!right)
    found.state = RootState::kBad;
  else
    found.state = found.root.version > kStoreVersion ? RootState::kNewerVersion : RootState::kGood;
  return found;
}

Status write_root_slot(File& file, const StoreRoot& root) {
  const Status written = file.write_at(root.generation % 2 * kSlotBytes, &root, sizeof(root));
  return written.ok() ? file.flush() : written;
}

}  // namespace vicinal
