#include <algorithm>
#include <cstring>

#include "persist/crc32c.h"
#include "persist/store/manifest.h"
#include "persist/store/store.h"

namespace vicinal {

SectionSource::SectionSource(File& data, const std::shared_ptr<const StoreManifest>& present,
                             const StoreSection& section, BlockChecks checks)
    : data_(&data),
      present_(&present),
      manifest_(present),
      section_(&section),
      checks_(checks),
      checked_(checks == BlockChecks::kOnce ? section.blocks.size() : 0),
      cached_(section.blocks.size()) {
  uint64_t end = 0;
  ends_.reserve(section.blocks.size());
  for (const StoreBlock& block : section.blocks) ends_.push_back(end += block.length);
}

Status SectionSource::read_at(uint64_t offset, void* bytes, size_t size) {
  if (manifest_ != *present_) return Error{ErrorCode::kInvalidArgument, 0, 0};
  if (offset > this->size() || size > this->size() - offset) return corrupt_at(this->size());
  auto* out = static_cast<unsigned char*>(bytes);
  auto index = static_cast<size_t>(std::upper_bound(ends_.begin(), ends_.end(), offset) - ends_.begin());
  for (; size > 0; ++index) {
    const StoreBlock& block = section_->blocks[index];
    const auto skipped = static_cast<size_t>(offset - (ends_[index] - block.length));
    const size_t some = std::min(size, block.length - skipped);
    Status read;
    if (cached_ != index && checks_ == BlockChecks::kOnce && checked_[index]) {
      read = data_->read_at(block.offset + skipped, out, some);
    } else if (cached_ != index && some == block.length) {
      // Whole blocks need no copy.
      read = read_block(index, out);
    } else {
      if (cached_ != index) read = cache_block(index);
      if (read.ok()) std::memcpy(out, cache_.data() + skipped, some);
    }
    if (!read.ok()) return read;
    out += some;
    offset += some;
    size -= some;
  }
  return {};
}

void SectionSource::recheck() {
  checked_.assign(checked_.size(), false);
  cached_ = section_->blocks.size();
}

Status SectionSource::read_block(size_t index, unsigned char* into) {
  const StoreBlock& block = section_->blocks[index];
  const Status read = data_->read_at(block.offset, into, block.length);
  if (!read.ok()) return read;
  if (crc32c(0, into, block.length) != block.crc) return corrupt_at(block.offset);
  if (checks_ == BlockChecks::kOnce) checked_[index] = true;
  return {};
}

Status SectionSource::cache_block(size_t index) {
  cached_ = section_->blocks.size();
  cache_.resize(section_->blocks[index].length);
  const Status read = read_block(index, cache_.data());
  if (read.ok()) cached_ = index;
  return read;
}

}  // namespace vicinal
