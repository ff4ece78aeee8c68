#include "persist/store/record_log.h"

#include <algorithm>
#include <cstring>

#include "persist/byte_io.h"
#include "persist/crc32c.h"

namespace vicinal {
namespace {

// Read at a time.
constexpr size_t kWindowBytes = size_t{64} * 1024;

// A search for records behind a wrong one checks no more than so many times the log. Bytes that nobody made for it are
// checked far less than once.
constexpr uint64_t kMostTimesChecked = 16;

constexpr uint64_t record_bytes(uint64_t length) {
  return (sizeof(RecordHeader) + length + 7) / 8 * 8;
}
static_assert(kRoomBeforeRecord == sizeof(RecordHeader));
static_assert(kRoomBehindRecord >= 7 + sizeof(EndMark));

uint32_t seed_of(const StoreRoot& root) {
  const uint32_t crc = crc32c(0, &root.identity, sizeof(root.identity));
  return crc32c(crc, &root.generation, sizeof(root.generation));
}

EndMark end_mark(uint32_t seed, uint64_t sequence) {
  return {kEndMarkLength, crc32c(seed, &sequence, sizeof(sequence))};
}

uint32_t header_crc(uint32_t seed, const RecordHeader& header) {
  const uint32_t crc = crc32c(seed, &header.length, sizeof(header.length));
  return crc32c(crc, &header.sequence, sizeof(header) - offsetof(RecordHeader, sequence));
}

bool fits(uint64_t offset, const RecordHeader& header, uint64_t file_bytes) {
  return header.length <= kMaxRecordBytes && record_bytes(header.length) <= file_bytes - offset;
}

}  // namespace

RecordLog::RecordLog(File& file, const StoreRoot& root)
    : file_(file),
      seed_(seed_of(root)),
      first_sequence_(root.sequence),
      end_(first()),
      durable_sequence_(root.sequence) {}

Status RecordLog::begin(File& file, const StoreRoot& root) {
  unsigned char bytes[kEmptyLogBytes];
  const EndMark mark = end_mark(seed_of(root), root.sequence);
  std::memcpy(bytes, &root, sizeof(root));
  std::memcpy(bytes + sizeof(root), &mark, sizeof(mark));
  const Status done = file.write_at(0, bytes, sizeof(bytes));
  return done.ok() ? file.flush() : done;
}

EndMark RecordLog::mark(uint64_t sequence) const {
  return end_mark(seed_, sequence);
}

// `size` bytes from `offset`, all within the file; valid until the next call.
Result<const unsigned char*> RecordLog::window(uint64_t offset, size_t size, uint64_t file_bytes) {
  if (offset < window_offset_ || offset + size > window_offset_ + window_.size()) {
    const auto bytes = static_cast<size_t>(std::min<uint64_t>(kWindowBytes, file_bytes - offset));
    window_.resize(bytes);
    window_offset_ = offset;
    Status read = file_.read_at(offset, window_.data(), bytes);
    if (!read.ok() && bytes > size) {
      // What cannot be read may lie behind what is wanted.
      window_.resize(size);
      read = file_.read_at(offset, window_.data(), size);
    }
    if (!read.ok()) {
      window_.clear();
      return read.error();
    }
  }
  return window_.data() + (offset - window_offset_);
}

Result<RecordHeader> RecordLog::header(uint64_t offset, uint64_t file_bytes) {
  const Result<const unsigned char*> bytes = window(offset, sizeof(RecordHeader), file_bytes);
  if (!bytes.ok()) return bytes.error();
  RecordHeader header;
  std::memcpy(&header, bytes.value(), sizeof(header));
  return header;
}

// Whether the checksum of a record that fits is right.
Result<bool> RecordLog::is_right(uint64_t offset, const RecordHeader& header, uint64_t file_bytes,
                                 std::vector<unsigned char>* record) {
  uint32_t crc = header_crc(seed_, header);
  offset += sizeof(header);
  for (uint64_t left = header.length; left > 0;) {
    const auto some = static_cast<size_t>(std::min<uint64_t>(left, kWindowBytes));
    const Result<const unsigned char*> bytes = window(offset, some, file_bytes);
    if (!bytes.ok()) return bytes.error();
    crc = crc32c(crc, bytes.value(), some);
    if (record) record->insert(record->end(), bytes.value(), bytes.value() + some);
    offset += some;
    left -= some;
  }
  return crc == header.crc;
}

Result<LogEnd> RecordLog::scan() {
  const Result<uint64_t> size = file_.size();
  if (!size.ok()) return size.error();
  const uint64_t file_bytes = std::max<uint64_t>(size.value(), sizeof(StoreRoot));
  end_ = first();
  window_.clear();

  const auto left = [&](uint64_t offset) { return file_bytes - offset; };
  while (left(end_.offset) >= sizeof(RecordHeader)) {
    const Result<RecordHeader> found = header(end_.offset, file_bytes);
    if (!found.ok()) return found.error();
    const RecordHeader& next = found.value();
    if (next.sequence != end_.sequence + 1 || next.durable_sequence > end_.sequence ||
        !fits(end_.offset, next, file_bytes)) {
      break;
    }
    const Result<bool> right = is_right(end_.offset, next, file_bytes, nullptr);
    if (!right.ok()) return right.error();
    if (!right.value()) break;
    durable_sequence_ = std::max(durable_sequence_, next.durable_sequence);
    end_ = {end_.offset + record_bytes(next.length), next.sequence};
  }

  bool has_mark = false;
  if (left(end_.offset) >= sizeof(EndMark)) {
    const Result<const unsigned char*> bytes = window(end_.offset, sizeof(EndMark), file_bytes);
    if (!bytes.ok()) return bytes.error();
    const EndMark expected = mark(end_.sequence);
    has_mark = std::memcmp(bytes.value(), &expected, sizeof(expected)) == 0;
  }
  Result<LogEnd> end = look_behind(file_bytes, has_mark);
  // What cannot be read behind a mark is cut off: nothing that was flushed lies there.
  if (!end.ok() && has_mark) end = LogEnd{true, 0, std::nullopt};
  if (end.ok() && end.value().torn)
    end.value().torn_bytes = left(end_.offset) - (has_mark ? sizeof(EndMark) : 0);
  return end;
}

// Behind the last record, and its mark, lie an older log's records, of lower sequences, or some of this one: behind one
// that is wrong, or behind the first of a write that was never flushed, and which a new record of that one's size would
// bring back.
Result<LogEnd> RecordLog::look_behind(uint64_t file_bytes, bool has_mark) {
  LogEnd end;
  end.torn = !has_mark;
  const uint64_t wrong = end_.sequence + 1;
  uint64_t checked_bytes[2] = {};  // of records that tell no damage, and of those that do
  for (uint64_t offset = end_.offset + 8; offset + sizeof(RecordHeader) <= file_bytes; offset += 8) {
    const Result<RecordHeader> found = header(offset, file_bytes);
    if (!found.ok()) return found.error();
    const RecordHeader& later = found.value();
    // Records between have at least their headers: few bytes that are none get past this.
    const uint64_t most_between = (offset - end_.offset) / sizeof(RecordHeader);
    if (later.sequence <= std::max(later.durable_sequence, wrong) || later.sequence - wrong > most_between ||
        !fits(offset, later, file_bytes)) {
      continue;
    }
    const bool tells_damage = later.durable_sequence >= wrong;
    if (end.torn && !tells_damage) continue;
    // Bytes made for it would have the file checked again for each header: behind a mark they are cut off, whatever they
    // are, else they are damage.
    checked_bytes[tells_damage] += later.length;
    if (checked_bytes[tells_damage] > kMostTimesChecked * file_bytes) {
      if (!has_mark) return LogEnd{false, 0, end_.offset};
      end.torn = true;
      if (tells_damage) break;
      continue;
    }
    const Result<bool> right = is_right(offset, later, file_bytes, nullptr);
    if (!right.ok()) return right.error();
    if (right.value() && tells_damage) return LogEnd{false, 0, end_.offset};
    end.torn = end.torn || right.value();
  }
  return end;
}

Status RecordLog::cut() {
  const EndMark last = mark(end_.sequence);
  window_.clear();
  // The mark first: it lies within the file, where a full disk has room for it.
  Status done = file_.write_at(end_.offset, &last, sizeof(last));
  if (done.ok()) done = file_.truncate(end_.offset + sizeof(last));
  if (done.ok()) done = file_.flush();
  if (done.ok())
    durable_sequence_ = end_.sequence;
  else
    broken_ = true;
  return done;
}

Status RecordLog::append_in_place(unsigned char* record, size_t size) {
  RecordHeader header{static_cast<uint32_t>(size), 0, end_.sequence + 1, durable_sequence_};
  header.crc = crc32c(header_crc(seed_, header), record, size);
  const EndMark last = mark(header.sequence);
  unsigned char* const start = record - sizeof(header);
  const auto bytes = static_cast<size_t>(record_bytes(size));
  std::memcpy(start, &header, sizeof(header));
  std::memset(record + size, 0, bytes - sizeof(header) - size);
  std::memcpy(start + bytes, &last, sizeof(last));
  window_.clear();
  const Status done = file_.write_at(end_.offset, start, bytes + sizeof(last));
  if (!done.ok()) {
    (void)cut();
    return done;
  }
  end_ = {end_.offset + bytes, header.sequence};
  return {};
}

Status RecordLog::flush() {
  return durable_sequence_ == end_.sequence ? Status{} : flush_found();
}

Status RecordLog::flush_found() {
  const Status done = file_.flush();
  if (done.ok())
    durable_sequence_ = end_.sequence;
  else
    broken_ = true;
  return done;
}

Status RecordLog::read(LogPosition& position, std::vector<unsigned char>* record) {
  const uint64_t limit = end_.offset;
  if (position.offset + sizeof(RecordHeader) > limit) return corrupt_at(position.offset);
  const Result<RecordHeader> found = header(position.offset, limit);
  if (!found.ok()) return found.error();
  if (found.value().sequence != position.sequence + 1 || !fits(position.offset, found.value(), limit))
    return corrupt_at(position.offset);
  if (record) record->clear();
  const Result<bool> right = is_right(position.offset, found.value(), limit, record);
  if (!right.ok()) return right.error();
  if (!right.value()) return corrupt_at(position.offset);
  position = {position.offset + record_bytes(found.value().length), found.value().sequence};
  return {};
}

}  // namespace vicinal
