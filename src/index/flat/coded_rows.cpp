#include "index/flat/coded_rows.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace vicinal {
namespace {

// Rows encoded between two copies into the blocks.
constexpr size_t kEncodeRows = 64;

size_t group_bytes(const Codec& codec) {
  return codec.group_rows() * codec.code_bytes();
}

size_t constant_width(const Codec& codec) {
  return std::max<size_t>(codec.constant_count(), 1);
}

size_t groups_of(const Codec& codec, size_t row_count) {
  return (row_count + codec.group_rows() - 1) / codec.group_rows();
}

}  // namespace

CodedRows::CodedRows(std::shared_ptr<Codec> codec, size_t dim, size_t block_bytes)
    : codec_(std::move(codec)),
      dim_(dim),
      group_rows_(codec_->group_rows()),
      has_constants_(codec_->constant_count() > 0),
      groups_(group_bytes(*codec_), block_bytes),
      constants_(constant_width(*codec_), block_bytes),
      copied_(is_grouped() ? codec_->code_bytes() : 0) {}

size_t CodedRows::capacity() const {
  const size_t coded = groups_.capacity() * group_rows_;
  return has_constants_ ? std::min(coded, constants_.capacity()) : coded;
}

uint64_t CodedRows::bytes_needed(const Codec& codec, uint64_t row_count) {
  const uint64_t group_count = (row_count + codec.group_rows() - 1) / codec.group_rows();
  uint64_t bytes =
      codec.held_bytes() + RowBlocks<uint8_t>::bytes_needed(group_bytes(codec), group_count, kBlockBytes);
  if (codec.constant_count() > 0) {
    bytes += RowBlocks<float>::bytes_needed(codec.constant_count(), row_count, kBlockBytes);
  }
  return bytes;
}

Status CodedRows::reserve(size_t row_count) {
  const Status reserved = groups_.reserve(groups_of(*codec_, row_count));
  if (!reserved.ok() || codec_->constant_count() == 0) return reserved;
  return constants_.reserve(row_count);
}

Status CodedRows::make_room(size_t row_count) {
  const Status made = groups_.make_room(groups_of(*codec_, row_count_ + row_count) - groups_.size());
  if (!made.ok() || codec_->constant_count() == 0) return made;
  return constants_.make_room(row_count);
}

void CodedRows::append(const float* rows, size_t row_count) {
  const size_t rows_at_once = std::min(row_count, kEncodeRows);
  std::vector<uint8_t> codes(rows_at_once * codec_->code_bytes());
  std::vector<float> constants(rows_at_once * constant_width(*codec_));
  for (size_t first = 0; first < row_count; first += rows_at_once) {
    const size_t count = std::min(rows_at_once, row_count - first);
    codec_->encode(rows + first * dim_, count, codes.data(), constants.data());
    append_coded(codes.data(), constants.data(), count);
  }
}

void CodedRows::append_coded(const uint8_t* codes, const float* constants, size_t row_count) {
  if (has_constants_) constants_.append_reserved(constants, row_count);
  if (!is_grouped()) {
    groups_.append_reserved(codes, row_count);
    row_count_ += row_count;
    return;
  }
  for (size_t row = 0; row < row_count; ++row) put(row_count_++, codes + row * codec_->code_bytes());
}

void CodedRows::put(size_t slot, const uint8_t* code) {
  const size_t group = slot / group_rows_;
  if (group == groups_.size()) groups_.append_zeros();
  codec_->put_in_group(groups_.row(group), slot % group_rows_, code);
}

void CodedRows::replace(size_t slot, const float* row) {
  std::vector<uint8_t> code(codec_->code_bytes());
  std::vector<float> constants(constant_width(*codec_));
  codec_->encode(row, 1, code.data(), constants.data());
  put(slot, code.data());
  if (has_constants_) std::copy_n(constants.data(), constants.size(), constants_.row(slot));
}

void CodedRows::copy(size_t from, size_t to) {
  put(to, code(from, copied_.data()));
  if (has_constants_) std::copy_n(constants_.row(from), constants_.row_width(), constants_.row(to));
}

void CodedRows::truncate(size_t row_count) {
  assert(row_count <= row_count_);
  row_count_ = row_count;
  groups_.truncate(groups_of(*codec_, row_count));
  if (has_constants_) constants_.truncate(row_count);
}

void CodedRows::compact(const Deletions& deletions) {
  if (deletions.count() > 0) {
    size_t kept = 0;
    for (size_t slot = 0; slot < row_count_; ++slot) {
      if (deletions.contains(slot)) continue;
      if (kept != slot) copy(slot, kept);
      ++kept;
    }
    truncate(kept);
  }
  groups_.shrink();
  constants_.shrink();
}

void CodedRows::decode(size_t slot, float* row) const {
  std::vector<uint8_t> buffer(codec_->code_bytes());
  codec_->decode(code(slot, buffer.data()), constants(slot), row);
}

const uint8_t* CodedRows::code(size_t slot, uint8_t* buffer) const {
  if (!is_grouped()) return groups_.row(slot);
  codec_->take_from_group(groups_.row(slot / group_rows_), slot % group_rows_, buffer);
  return buffer;
}

CodedRows::Run CodedRows::run(size_t slot, size_t row_count) const {
  assert(slot % group_rows_ == 0);
  size_t count = std::min(row_count, row_count_ - slot);
  if (has_constants_) count = constants_.run(slot, count).row_count;
  // Constants' blocks hold a power of two of rows, so whole groups, unless they are the last.
  const auto groups = groups_.run(slot / group_rows_, groups_of(*codec_, count));
  count = std::min(count, groups.row_count * group_rows_);
  return {groups.rows, constants(slot), slot, count};
}

}  // namespace vicinal
