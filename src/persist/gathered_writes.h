// Writes of few bytes each to a section, gathered into fewer.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "persist/section_file.h"

namespace vicinal {

class GatheredWrites {
 public:
  /// The writer must outlive this.
  GatheredWrites(SectionFileWriter& writer, SectionTag tag) : writer_(writer), tag_(tag) {}

  /// Errors  the sink's, here and below
  Status write(const void* bytes, size_t size) {
    const auto* first = static_cast<const unsigned char*>(bytes);
    gathered_.insert(gathered_.end(), first, first + size);
    return gathered_.size() < kGatherBytes ? Status() : finish();
  }

  /// Writes what is left.
  Status finish() {
    if (gathered_.empty()) return {};
    const Status written = writer_.write(tag_, gathered_.data(), gathered_.size());
    gathered_.clear();
    return written;
  }

 private:
  static constexpr size_t kGatherBytes = size_t{4} * 1024;

  SectionFileWriter& writer_;
  SectionTag tag_;
  std::vector<unsigned char> gathered_;
};

}  // namespace vicinal
