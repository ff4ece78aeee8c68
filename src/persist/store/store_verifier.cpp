#include <algorithm>

#include "persist/crc32c.h"
#include "persist/store/manifest.h"
#include "persist/store/record_log.h"
#include "persist/store/store.h"
#include "persist/store/store_layout.h"

namespace vicinal {
namespace {

// Of the log, at a time.
constexpr uint64_t kStepBytes = uint64_t{256} * 1024;

}  // namespace

// A root, or bytes of `data` by their checksum.
struct StoreVerifier::Extent {
  StoreFile file;
  uint64_t offset;
  uint64_t length;
  uint32_t crc;
};

StoreVerifier::StoreVerifier(const Store& store) : store_(&store) {
  begin();
}

StoreVerifier::~StoreVerifier() = default;

void StoreVerifier::begin() {
  manifest_ = store_->manifest_;
  record_ = store_->log_->first();
  extents_.clear();
  damage_ = store_->damage_;
  const StoreRoot& root = *store_->root_;
  const auto add = [this](StoreFile file, uint64_t offset, uint64_t length, uint32_t crc) {
    extents_.push_back({file, offset, length, crc});
  };
  for (const StoreSection& section : manifest_->sections) {
    for (const StoreBlock& block : section.blocks)
      add(StoreFile::kData, block.offset, block.length, block.crc);
  }
  // A root that tells of a manifest past the end is damage that the report has: its numbers are not believed.
  const Result<uint64_t> data_bytes = store_->file(StoreFile::kData).size();
  if (root.manifest_bytes > 0 && data_bytes.ok() && root.manifest_offset <= data_bytes.value() &&
      root.manifest_bytes <= data_bytes.value() - root.manifest_offset) {
    add(StoreFile::kData, root.manifest_offset, root.manifest_bytes, root.manifest_crc);
  }
  // Each once, the file from its start.
  const auto later = [](const Extent& a, const Extent& b) { return a.offset > b.offset; };
  const auto same = [](const Extent& a, const Extent& b) { return a.offset == b.offset; };
  std::sort(extents_.begin(), extents_.end(), later);
  extents_.erase(std::unique(extents_.begin(), extents_.end(), same), extents_.end());
  const uint32_t root_crc = crc32c(0, &root, sizeof(root));
  const uint64_t parity = root.generation % 2;
  add(parity == 0 ? StoreFile::kLog0 : StoreFile::kLog1, 0, sizeof(root), root_crc);
  add(StoreFile::kRoot, parity * kSlotBytes, sizeof(root), root_crc);

  done_bytes_ = 0;
  total_bytes_ = store_->log_bytes();
  for (const Extent& extent : extents_) total_bytes_ += extent.length;
}

Result<bool> StoreVerifier::step() {
  if (manifest_ != store_->manifest_) begin();
  if (!extents_.empty()) {
    const Extent extent = extents_.back();
    std::vector<unsigned char> bytes(static_cast<size_t>(extent.length));
    const Status read = store_->file(extent.file).read_at(extent.offset, bytes.data(), bytes.size());
    if (!read.ok() && read.error().code != ErrorCode::kCorruptData) return read.error();
    if (!read.ok() || crc32c(0, bytes.data(), bytes.size()) != extent.crc)
      damage_.push_back({extent.file, extent.offset, extent.length});
    extents_.pop_back();
    done_bytes_ += extent.length;
    return true;
  }
  const LogPosition end = store_->log_->end();
  const uint64_t begun = record_.offset;
  while (record_.offset < end.offset && record_.offset - begun < kStepBytes) {
    const Status read = store_->log_->read(record_, nullptr);
    if (read.ok()) continue;
    if (read.error().code != ErrorCode::kCorruptData) return read.error();
    const StoreFile log = store_->root_->generation % 2 == 0 ? StoreFile::kLog0 : StoreFile::kLog1;
    damage_.push_back({log, record_.offset, end.offset - record_.offset});
    record_ = end;
  }
  done_bytes_ += record_.offset - begun;
  total_bytes_ = std::max(total_bytes_, done_bytes_);
  return record_.offset < end.offset;
}

}  // namespace vicinal
