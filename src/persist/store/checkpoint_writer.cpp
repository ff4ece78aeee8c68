#include "persist/store/checkpoint_writer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <span>

#include "persist/crc32c.h"

namespace vicinal {
namespace {

// Compared, and looked at for the end of a block, at a time.
constexpr size_t kPieceBytes = size_t{64} * 1024;
constexpr size_t kWordBytes = sizeof(uint32_t);
// The hash forgets a word after as many more as it has bits.
constexpr size_t kHashBytes = 32 * kWordBytes;
// Moved in one checkpoint: a fraction of a second.
constexpr uint64_t kMostMovedBytes = uint64_t{64} << 20;

constexpr Error invalid(uint64_t expected, uint64_t actual) {
  return {ErrorCode::kInvalidArgument, static_cast<int64_t>(expected), static_cast<int64_t>(actual)};
}

bool shorter(const StoreBlock& a, const StoreBlock& b) {
  return a.length != b.length ? a.length < b.length : a.crc < b.crc;
}

// Whether a block has these bytes. What cannot be read may be.
[[maybe_unused]] bool is_block(ByteSource& bytes, uint64_t offset, const StoreBlock& block) {
  std::vector<unsigned char> read(block.length);
  return !bytes.read_at(offset, read.data(), read.size()).ok() ||
         crc32c(0, read.data(), read.size()) == block.crc;
}

}  // namespace

CheckpointWriter::CheckpointWriter(File& data, std::shared_ptr<const StoreManifest> manifest,
                                   const FreeSpace& free, const BlockSizes& sizes)
    : data_(data), present_(std::move(manifest)), free_(free), sizes_(sizes) {
  for (const StoreSection& section : present_->sections)
    present_blocks_.insert(present_blocks_.end(), section.blocks.begin(), section.blocks.end());
  std::sort(present_blocks_.begin(), present_blocks_.end(), shorter);
  block_.reserve(sizes.most);
}

Status CheckpointWriter::remember(Status status) {
  if (!status.ok()) failure_ = status;
  return status;
}

Status CheckpointWriter::begin_section(std::string_view name) {
  if (!failure_.ok()) return failure_;
  if (in_section_) return remember(invalid(0, 1));
  if (name.empty() || name.size() > kMaxSectionName) return remember(invalid(kMaxSectionName, name.size()));
  if (written_.find(name)) return remember(invalid(0, 1));
  if (written_.sections.size() == kMaxStoreSections)
    return remember(Error{ErrorCode::kCapacityExceeded, kMaxStoreSections, kMaxStoreSections + 1});
  written_.sections.push_back({std::string(name), {}});
  in_section_ = true;
  return {};
}

Status CheckpointWriter::write(const void* bytes, size_t size) {
  if (!failure_.ok()) return failure_;
  if (!in_section_) return remember(invalid(1, 0));
  return remember(append(static_cast<const unsigned char*>(bytes), size));
}

Status CheckpointWriter::write_same(uint64_t offset, ByteSource& bytes) {
  if (!failure_.ok()) return failure_;
  if (!in_section_) return remember(invalid(1, 0));
  return remember(append_same(offset, bytes));
}

Status CheckpointWriter::keep_start(uint64_t size) {
  if (!failure_.ok()) return failure_;
  const bool at_start = in_section_ && written_.sections.back().blocks.empty() && block_.empty();
  if (!at_start) return remember(invalid(1, 0));
  const StoreSection* section = present_->find(written_.sections.back().name);
  const uint64_t present = section != nullptr ? section->bytes() : 0;
  if (size > present) return remember(invalid(present, size));
  return size > 0 ? remember(append_start(*section, size)) : Status();
}

Status CheckpointWriter::end_section() {
  if (!failure_.ok()) return failure_;
  if (!in_section_) return remember(invalid(1, 0));
  in_section_ = false;
  return block_.empty() ? Status() : remember(end_block(block_.size()));
}

Status CheckpointWriter::append(const unsigned char* bytes, size_t size) {
  while (size > 0) {
    const size_t some = std::min({size, sizes_.most - block_.size(), kPieceBytes});
    block_.insert(block_.end(), bytes, bytes + some);
    bytes += some;
    size -= some;
    while (const size_t end = find_end()) {
      const Status ended = end_block(end);
      if (!ended.ok()) return ended;
    }
  }
  return {};
}

// Once a block ends where one of the present section does, those behind it are taken over as they are.
Status CheckpointWriter::append_same(uint64_t offset, ByteSource& bytes) {
  const StoreSection* section = present_->find(written_.sections.back().name);
  const std::span<const StoreBlock> blocks =
      section != nullptr ? section->blocks : std::span<const StoreBlock>();
  std::vector<unsigned char> piece(kPieceBytes);
  size_t next = 0;     // block of the present section that starts at `offset`, or behind it
  uint64_t start = 0;  // of that
  for (uint64_t done = 0; done < bytes.size();) {
    const uint64_t left = bytes.size() - done;
    while (next < blocks.size() && start < offset + done) start += blocks[next++].length;
    const bool starts_here = next < blocks.size() && start == offset + done;
    if (starts_here && block_.empty() && blocks[next].length <= left) {
      assert(is_block(bytes, done, blocks[next]));
      written_.sections.back().blocks.push_back(blocks[next]);
      done += blocks[next].length;
      continue;
    }
    // No further than to where the next of them starts.
    uint64_t some = std::min(left, uint64_t{kPieceBytes});
    if (next < blocks.size())
      some = std::min(some, start + (starts_here ? blocks[next].length : 0) - offset - done);
    const Status read = bytes.read_at(done, piece.data(), static_cast<size_t>(some));
    if (!read.ok()) return read;
    const Status appended = append(piece.data(), static_cast<size_t>(some));
    if (!appended.ok()) return appended;
    done += some;
  }
  return {};
}

// The last block of the section is not taken over: it ends where the section did, and not where its content says.
Status CheckpointWriter::append_start(const StoreSection& section, uint64_t size) {
  uint64_t done = 0;
  for (size_t i = 0; i + 1 < section.blocks.size() && done + section.blocks[i].length <= size; ++i) {
    written_.sections.back().blocks.push_back(section.blocks[i]);
    done += section.blocks[i].length;
  }
  SectionSource source(data_, present_, section, BlockChecks::kAlways);
  std::vector<unsigned char> piece(kPieceBytes);
  while (done < size) {
    const auto some = static_cast<size_t>(std::min<uint64_t>(size - done, piece.size()));
    const Status read = source.read_at(done, piece.data(), some);
    if (!read.ok()) return read;
    const Status appended = append(piece.data(), some);
    if (!appended.ok()) return appended;
    done += some;
  }
  return {};
}

// Where the block begun ends; 0 when further on than what there is of it.
size_t CheckpointWriter::find_end() {
  const int shift = 32 - std::countr_zero(sizes_.mean_past_least / kWordBytes);
  // What the hash will have forgotten by the first place where a block may end is not looked at.
  if (hashed_bytes_ == 0 && sizes_.least > kHashBytes) hashed_bytes_ = sizes_.least - kHashBytes;
  while (hashed_bytes_ + kWordBytes <= block_.size()) {
    uint32_t word;
    std::memcpy(&word, block_.data() + hashed_bytes_, kWordBytes);
    word *= 0x9E3779B1u;
    hash_ = (hash_ << 1) + (word ^ word >> 15);
    hashed_bytes_ += kWordBytes;
    if (hashed_bytes_ >= sizes_.least && (hash_ >> shift) == 0) return hashed_bytes_;
  }
  return block_.size() >= sizes_.most ? sizes_.most : 0;
}

// Stores the first `length` bytes of what there is as a block.
Status CheckpointWriter::end_block(size_t length) {
  StoreBlock block{0, static_cast<uint32_t>(length), crc32c(0, block_.data(), length)};
  const auto [first, last] = std::equal_range(present_blocks_.begin(), present_blocks_.end(), block, shorter);
  const auto same =
      std::find_if(first, last, [this](const StoreBlock& present) { return is_stored(present); });
  if (same != last) {
    block.offset = same->offset;
  } else {
    block.offset = free_.take(length);
    const Status written = data_.write_at(block.offset, block_.data(), length);
    if (!written.ok()) return written;
  }
  written_.sections.back().blocks.push_back(block);
  block_.erase(block_.begin(), block_.begin() + static_cast<ptrdiff_t>(length));
  hashed_bytes_ = 0;
  hash_ = 0;
  return {};
}

// Whether the file holds the block begun there. One that cannot be read is as good as another.
bool CheckpointWriter::is_stored(const StoreBlock& block) {
  compared_.resize(kPieceBytes);
  for (size_t done = 0; done < block.length;) {
    const size_t some = std::min(block.length - done, compared_.size());
    if (!data_.read_at(block.offset + done, compared_.data(), some).ok()) return false;
    if (std::memcmp(compared_.data(), block_.data() + done, some) != 0) return false;
    done += some;
  }
  return true;
}

// Where holes take up more than a quarter of what is used, moves the blocks that lie last into them, so that the file
// gets smaller with this checkpoint or the next.
Status CheckpointWriter::move_down() {
  std::vector<StoreBlock*> blocks;
  for (StoreSection& section : written_.sections) {
    for (StoreBlock& block : section.blocks) blocks.push_back(&block);
  }
  std::sort(blocks.begin(), blocks.end(),
            [](const StoreBlock* a, const StoreBlock* b) { return a->offset > b->offset; });
  uint64_t used = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (i == 0 || blocks[i]->offset != blocks[i - 1]->offset) used += extent_bytes(blocks[i]->length);
  }
  const uint64_t wanted_end = used + used / 4 + 2 * uint64_t{sizes_.most};

  uint64_t moved = 0;
  for (size_t i = 0; i < blocks.size() && moved < kMostMovedBytes;) {
    const StoreBlock block = *blocks[i];
    size_t after = i + 1;
    while (after < blocks.size() && blocks[after]->offset == block.offset) ++after;
    if (block.offset + block.length <= wanted_end) break;
    block_.resize(block.length);
    // A damaged block stays where it is, and damaged.
    if (data_.read_at(block.offset, block_.data(), block.length).ok() &&
        crc32c(0, block_.data(), block.length) == block.crc) {
      if (const std::optional<uint64_t> offset = free_.take_before(block.offset, block.length)) {
        const Status written = data_.write_at(*offset, block_.data(), block.length);
        if (!written.ok()) return written;
        for (size_t same = i; same < after; ++same) blocks[same]->offset = *offset;
        moved += block.length;
      }
    }
    i = after;
  }
  return {};
}

Status CheckpointWriter::finish(StoreRoot& root) {
  if (!failure_.ok()) return failure_;
  if (in_section_) return remember(invalid(0, 1));
  if (written_.sections.empty()) return {};
  const Status moved = move_down();
  if (!moved.ok()) return remember(moved);
  const std::vector<unsigned char> bytes = encode_manifest(written_);
  root.manifest_offset = free_.take(bytes.size());
  root.manifest_bytes = bytes.size();
  root.manifest_crc = crc32c(0, bytes.data(), bytes.size());
  const Status written = data_.write_at(root.manifest_offset, bytes.data(), bytes.size());
  return remember(written.ok() ? data_.flush() : written);
}

}  // namespace vicinal
