#include "persist/section_file.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "persist/crc32c.h"

namespace vicinal {
namespace {

static_assert(std::endian::native == std::endian::little,
              "files are little-endian and written as they lie in memory");

constexpr char kMagic[8] = {'V', 'I', 'C', 'I', 'N', 'A', 'L', '\0'};
constexpr uint64_t kAlignment = 64;
constexpr char kZeros[kAlignment] = {};

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t kind;
  uint32_t section_count;
  uint32_t zero;
  uint64_t file_bytes;
  uint64_t table_offset;
  char zeros[20];
  uint32_t crc;
};
static_assert(sizeof(Header) == 64);

struct TableEntry {
  uint32_t tag;
  uint32_t crc;
  uint64_t offset;
  uint64_t length;
  uint64_t zero;
};
static_assert(sizeof(TableEntry) == 32);

constexpr size_t kCrcBytes = 4;

constexpr uint64_t aligned(uint64_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

constexpr uint64_t table_bytes(uint64_t section_count) {
  return section_count * sizeof(TableEntry) + kCrcBytes;
}

Result<Header> read_header(ByteSource& source, std::initializer_list<FileKind> kinds) {
  if (source.size() < sizeof(Header)) return corrupt_at(source.size());
  Header header;
  const Status header_read = source.read_at(0, &header, sizeof(header));
  if (!header_read.ok()) return header_read.error();
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) return corrupt_at(0);
  // Before the checksum: a newer version may have another header.
  if (header.version > kFileVersion)
    return Error{ErrorCode::kUnsupportedVersion, kFileVersion, header.version};
  if (header.version == 0) return corrupt_at(offsetof(Header, version));
  if (header.crc != crc32c(0, &header, offsetof(Header, crc))) return corrupt_at(offsetof(Header, crc));
  const FileKind kind{header.kind};
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) return corrupt_at(offsetof(Header, kind));
  return header;
}

}  // namespace

uint64_t section_offset(std::span<const SectionPlan> before) {
  uint64_t offset = sizeof(Header);
  for (const SectionPlan& section : before) offset = aligned(offset + section.length);
  return offset;
}

uint64_t section_file_bytes(std::span<const SectionPlan> sections) {
  return section_offset(sections) + table_bytes(sections.size());
}

SectionFileWriter::SectionFileWriter(ByteSink& sink, FileKind kind, std::span<const SectionPlan> sections)
    : sink_(sink), kind_(kind) {
  assert(!sections.empty() && sections.size() <= kMaxSectionCount);
  uint64_t offset = sizeof(Header);
  for (const SectionPlan& plan : sections) {
    sections_.push_back({plan, offset, 0});
    offset = aligned(offset + plan.length);
  }
}

Status SectionFileWriter::begin() {
  const Section& last = sections_.back();
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kFileVersion;
  header.kind = static_cast<uint32_t>(kind_);
  header.section_count = static_cast<uint32_t>(sections_.size());
  header.table_offset = aligned(last.offset + last.plan.length);
  header.file_bytes = header.table_offset + table_bytes(sections_.size());
  header.crc = crc32c(0, &header, offsetof(Header, crc));
  return sink_.write(&header, sizeof(header));
}

Status SectionFileWriter::end_sections_before(SectionTag tag) {
  while (current_ < sections_.size() && sections_[current_].plan.tag != tag) {
    const Status ended = end_section();
    if (!ended.ok()) return ended;
  }
  assert(current_ < sections_.size());
  return {};
}

Status SectionFileWriter::write(SectionTag tag, const void* bytes, size_t size) {
  const Status ended = end_sections_before(tag);
  if (!ended.ok()) return ended;
  Section& section = sections_[current_];
  assert(size <= section.plan.length - written_);
  section.crc = crc32c(section.crc, bytes, size);
  written_ += size;
  return sink_.write(bytes, size);
}

Status SectionFileWriter::write_same(SectionTag tag, uint64_t offset, ByteSource& bytes, uint32_t crc) {
  const Status ended = end_sections_before(tag);
  if (!ended.ok()) return ended;
  Section& section = sections_[current_];
  assert(written_ == 0 && bytes.size() <= section.plan.length);
  section.crc = crc;
  written_ = bytes.size();
  return sink_.write_same(offset, bytes);
}

Status SectionFileWriter::end_section() {
  Section& section = sections_[current_];
  assert(written_ == section.plan.length);
  const uint64_t end = section.offset + section.plan.length;
  const size_t padding = static_cast<size_t>(aligned(end) - end);
  section.crc = crc32c(section.crc, kZeros, padding);
  ++current_;
  written_ = 0;
  return padding > 0 ? sink_.write(kZeros, padding) : Status();
}

Status SectionFileWriter::finish() {
  while (current_ < sections_.size()) {
    const Status ended = end_section();
    if (!ended.ok()) return ended;
  }
  uint32_t crc = 0;
  for (const Section& section : sections_) {
    const TableEntry entry{section.plan.tag, section.crc, section.offset, section.plan.length, 0};
    crc = crc32c(crc, &entry, sizeof(entry));
    const Status written = sink_.write(&entry, sizeof(entry));
    if (!written.ok()) return written;
  }
  return sink_.write(&crc, kCrcBytes);
}

uint32_t SectionReader::crc() const {
  // That of the table is of the zeros behind it, too.
  const uint64_t end = offset_ + remaining_;
  return crc32c_before_zeros(expected_crc_, static_cast<size_t>(aligned(end) - end));
}

Status SectionReader::read(void* bytes, size_t size) {
  if (size > remaining_) return corrupt_at(offset_ + remaining_);
  const Status read = source_->read_at(offset_, bytes, size);
  if (!read.ok()) return read;
  if (!source_->is_checked()) crc_ = crc32c(crc_, bytes, size);
  offset_ += size;
  remaining_ -= size;
  return {};
}

Status SectionReader::finish() {
  if (remaining_ != 0) return corrupt_at(offset_);
  char padding[kAlignment];
  const size_t padding_bytes = static_cast<size_t>(aligned(offset_) - offset_);
  const Status read = source_->read_at(offset_, padding, padding_bytes);
  if (!read.ok()) return read;
  if (!source_->is_checked() && crc32c(crc_, padding, padding_bytes) != expected_crc_)
    return corrupt_at(offset_);
  return {};
}

Result<SectionFile> SectionFile::open(ByteSource& source, std::initializer_list<FileKind> kinds) {
  const Result<Header> header_read = read_header(source, kinds);
  if (!header_read.ok()) return header_read.error();
  const Header& header = header_read.value();
  const FileKind kind{header.kind};
  if (header.file_bytes != source.size()) return corrupt_at(std::min(header.file_bytes, source.size()));
  if (header.section_count == 0 || header.section_count > kMaxSectionCount) {
    return corrupt_at(offsetof(Header, section_count));
  }
  const uint64_t bytes_of_table = table_bytes(header.section_count);
  if (header.table_offset < sizeof(Header) || header.table_offset > source.size() ||
      source.size() - header.table_offset != bytes_of_table) {
    return corrupt_at(offsetof(Header, table_offset));
  }

  unsigned char table[table_bytes(kMaxSectionCount)];
  const Status table_read = source.read_at(header.table_offset, table, static_cast<size_t>(bytes_of_table));
  if (!table_read.ok()) return table_read.error();
  const size_t entry_bytes = static_cast<size_t>(bytes_of_table) - kCrcBytes;
  uint32_t table_crc;
  std::memcpy(&table_crc, table + entry_bytes, kCrcBytes);
  if (table_crc != crc32c(0, table, entry_bytes)) return corrupt_at(header.table_offset + entry_bytes);

  SectionFile file(source, kind, header.table_offset);
  file.entries_.reserve(header.section_count);
  uint64_t next_offset = sizeof(Header);
  for (uint32_t index = 0; index < header.section_count; ++index) {
    const uint64_t at = header.table_offset + index * sizeof(TableEntry);
    TableEntry entry;
    std::memcpy(&entry, table + index * sizeof(TableEntry), sizeof(entry));
    // Sections lie close behind one another: none overlaps, and no byte of the file is outside all checksums.
    if (entry.offset != next_offset || entry.length > header.table_offset - next_offset)
      return corrupt_at(at);
    next_offset = aligned(entry.offset + entry.length);
    if (next_offset > header.table_offset) return corrupt_at(at);
    const bool tag_taken = std::any_of(file.entries_.begin(), file.entries_.end(),
                                       [&entry](const Entry& other) { return other.tag == entry.tag; });
    if (tag_taken) return corrupt_at(at);
    file.entries_.push_back({entry.tag, entry.crc, entry.offset, entry.length});
  }
  if (next_offset != header.table_offset) return corrupt_at(header.table_offset);
  return file;
}

Result<FileKind> SectionFile::kind_of(ByteSource& source, std::initializer_list<FileKind> kinds) {
  const Result<Header> header = read_header(source, kinds);
  if (!header.ok()) return header.error();
  return FileKind{header.value().kind};
}

Result<SectionReader> SectionFile::section(SectionTag tag) const {
  for (const Entry& entry : entries_) {
    if (entry.tag == tag) return SectionReader(*source_, entry.offset, entry.length, entry.crc);
  }
  return corrupt_at(table_offset_);
}

}  // namespace vicinal
