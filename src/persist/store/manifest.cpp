#include "persist/store/manifest.h"

#include <algorithm>
#include <cstring>

#include "persist/byte_io.h"
#include "persist/crc32c.h"

namespace vicinal {
namespace {

// Sums of offsets and lengths stay far from 2^64.
constexpr uint64_t kMaxOffset = uint64_t{1} << 53;

void put(std::vector<unsigned char>& bytes, const void* value, size_t size) {
  const auto* first = static_cast<const unsigned char*>(value);
  bytes.insert(bytes.end(), first, first + size);
}

// Takes `size` bytes from the front, if they are there.
bool get(std::span<const unsigned char>& bytes, void* value, size_t size) {
  if (size > bytes.size()) return false;
  if (size > 0) std::memcpy(value, bytes.data(), size);
  bytes = bytes.subspan(size);
  return true;
}

bool decode_section(std::span<const unsigned char>& bytes, StoreSection& section) {
  uint32_t counts[2];
  if (!get(bytes, counts, sizeof(counts)) || counts[0] == 0 || counts[0] > kMaxSectionName) return false;
  section.name.resize(counts[0]);
  if (!get(bytes, section.name.data(), counts[0]) || counts[1] > bytes.size() / sizeof(StoreBlock))
    return false;
  section.blocks.resize(counts[1]);
  if (!get(bytes, section.blocks.data(), counts[1] * sizeof(StoreBlock))) return false;
  return std::all_of(section.blocks.begin(), section.blocks.end(), [](const StoreBlock& block) {
    return block.offset % kExtentAlignment == 0 && block.offset <= kMaxOffset && block.length > 0 &&
           block.length <= kMaxBlockBytes;
  });
}

}  // namespace

uint64_t StoreSection::bytes() const {
  uint64_t sum = 0;
  for (const StoreBlock& block : blocks) sum += block.length;
  return sum;
}

const StoreSection* StoreManifest::find(std::string_view name) const {
  for (const StoreSection& section : sections) {
    if (section.name == name) return &section;
  }
  return nullptr;
}

std::vector<unsigned char> encode_manifest(const StoreManifest& manifest) {
  std::vector<unsigned char> bytes;
  const auto section_count = static_cast<uint32_t>(manifest.sections.size());
  put(bytes, &section_count, sizeof(section_count));
  for (const StoreSection& section : manifest.sections) {
    const uint32_t counts[2] = {static_cast<uint32_t>(section.name.size()),
                                static_cast<uint32_t>(section.blocks.size())};
    put(bytes, counts, sizeof(counts));
    put(bytes, section.name.data(), section.name.size());
    put(bytes, section.blocks.data(), section.blocks.size() * sizeof(StoreBlock));
  }
  return bytes;
}

Result<StoreManifest> read_manifest(File& data, const StoreRoot& root) {
  StoreManifest manifest;
  if (root.manifest_bytes == 0) return manifest;
  const Error corrupt = corrupt_at(root.manifest_offset);
  const Result<uint64_t> size = data.size();
  if (!size.ok()) return size.error();
  if (root.manifest_offset % kExtentAlignment != 0 || root.manifest_offset > size.value() ||
      root.manifest_bytes > size.value() - root.manifest_offset) {
    return corrupt;
  }
  std::vector<unsigned char> all(static_cast<size_t>(root.manifest_bytes));
  const Status read = data.read_at(root.manifest_offset, all.data(), all.size());
  if (!read.ok()) return read.error();
  if (crc32c(0, all.data(), all.size()) != root.manifest_crc) return corrupt;

  std::span<const unsigned char> bytes = all;
  uint32_t section_count;
  if (!get(bytes, &section_count, sizeof(section_count)) || section_count > kMaxStoreSections) return corrupt;
  for (uint32_t index = 0; index < section_count; ++index) {
    StoreSection section;
    if (!decode_section(bytes, section) || manifest.find(section.name)) return corrupt;
    manifest.sections.push_back(std::move(section));
  }
  if (!bytes.empty()) return corrupt;
  return manifest;
}

Result<FreeSpace> FreeSpace::around(const StoreManifest& manifest, const StoreRoot& root) {
  struct Used {
    uint64_t offset;
    uint64_t length;
    uint32_t crc;

    bool operator==(const Used&) const = default;
  };
  std::vector<Used> used;
  for (const StoreSection& section : manifest.sections) {
    for (const StoreBlock& block : section.blocks) used.push_back({block.offset, block.length, block.crc});
  }
  if (root.manifest_bytes > 0) used.push_back({root.manifest_offset, root.manifest_bytes, root.manifest_crc});
  std::sort(used.begin(), used.end(), [](const Used& a, const Used& b) { return a.offset < b.offset; });

  FreeSpace space;
  for (size_t i = 0; i < used.size(); ++i) {
    const uint64_t offset = used[i].offset, bytes = extent_bytes(used[i].length);
    // Blocks that are the same are one.
    if (i > 0 && used[i] == used[i - 1]) continue;
    if (offset < space.end_) return corrupt_at(offset);
    if (offset > space.end_) space.holes_.push_back({space.end_, offset - space.end_});
    space.end_ = offset + bytes;
    space.used_bytes_ += bytes;
  }
  return space;
}

std::optional<uint64_t> FreeSpace::take_before(uint64_t limit, uint64_t bytes) {
  const uint64_t wanted = extent_bytes(bytes);
  for (Hole& hole : holes_) {
    if (hole.offset >= limit) break;
    if (hole.bytes < wanted) continue;
    const uint64_t offset = hole.offset;
    hole.offset += wanted;
    hole.bytes -= wanted;
    return offset;
  }
  return std::nullopt;
}

uint64_t FreeSpace::take(uint64_t bytes) {
  if (const std::optional<uint64_t> offset = take_before(end_, bytes)) return *offset;
  const uint64_t offset = end_;
  end_ += extent_bytes(bytes);
  return offset;
}

}  // namespace vicinal
