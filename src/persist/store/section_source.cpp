#include <algorithm>
#include <cstring>

#include "persist/crc32c.h"
#include "persist/store/manifest.h"
#include "persist/store/store.h"

namespace vicinal {

SectionSource::SectionSource(File& data, const std::shared_ptr<const StoreManifest>& present,
                             const StoreSection& section)
    : data_(&data),
      present_(&present),
      manifest_(present),
      section_(&section),
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
    // Whole blocks need no copy.
    const bool direct = some == block.length && cached_ != index;
    if (direct || cached_ != index) {
      if (!direct) {
        cached_ = section_->blocks.size();
        cache_.resize(block.length);
      }
      unsigned char* into = direct ? out : cache_.data();
      const Status read = data_->read_at(block.offset, into, block.length);
      if (!read.ok()) return read;
      if (crc32c(0, into, block.length) != block.crc) return corrupt_at(block.offset);
      if (!direct) cached_ = index;
    }
    if (!direct) std::memcpy(out, cache_.data() + skipped, some);
    out += some;
    offset += some;
    size -= some;
  }
  return {};
}

}  // namespace vicinal
