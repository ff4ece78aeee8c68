// A saved file: a header, sections, and a table of the sections. Version 1.
//
//   offset  bytes  header
//   0       8      magic, "VICINAL" and a zero byte
//   8       4      format version
//   12      4      kind of what is saved (FileKind)
//   16      4      number of sections, 1 to 64
//   20      4      zero
//   24      8      size of the file
//   32      8      offset of the table
//   40      20     zeros
//   60      4      CRC-32C of bytes 0 to 59
//
//   64             sections, one after another, each starting at a multiple of 64, with zeros between
//
//   table          for each section, in their order, 32 bytes:
//   0       4      tag, four letters
//   4       4      CRC-32C of the section and the zeros after it
//   8       8      offset
//   16      8      length, without the zeros after it
//   24      8      zero
//                  and after the last, 4 bytes: CRC-32C of the table
//
// Numbers are little-endian, floats IEEE 754. The table comes last, so that a file is written in one pass;
// the size in the header tells a file that was cut short. What a kind's sections hold is noted beside its
// writer. A build reads every version up to its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "base/result.h"
#include "persist/byte_io.h"

namespace vicinal {

inline constexpr uint32_t kFileVersion = 1;
inline constexpr size_t kMaxSectionCount = 64;

enum class FileKind : uint32_t {
  kSearchEngine = 1,
  kCompressedStore = 2,
  kQuantizedEngine = 3,
  kIvfEngine = 4,
  kHnswEngine = 5
};

/// Name of a section: four letters in the order of the file.
using SectionTag = uint32_t;
constexpr SectionTag section_tag(const char (&letters)[5]) {
  SectionTag tag = 0;
  for (int i = 3; i >= 0; --i) tag = tag << 8 | static_cast<unsigned char>(letters[i]);
  return tag;
}

/// A section and the bytes that it will have; may be none.
struct SectionPlan {
  SectionTag tag;
  uint64_t length;
};

/// Where the section lies that comes behind these.
uint64_t section_offset(std::span<const SectionPlan> before);

/// Size of the whole file.
uint64_t section_file_bytes(std::span<const SectionPlan> sections);

/// Writes a file in one pass: `begin`, each section's bytes in one or more pieces in the planned order,
/// `finish`.
class SectionFileWriter {
 public:
  /// sections  1 to 64, tags differing
  SectionFileWriter(ByteSink& sink, FileKind kind, std::span<const SectionPlan> sections);

  /// Errors  the sink's, here and below
  Status begin();
  /// Appends to section `tag`; the sections before it must be complete.
  Status write(SectionTag tag, const void* bytes, size_t size);
  /// Writes the first bytes of section `tag`, which the file that this takes the place of has from `offset` on.
  /// crc     of them
  /// Errors  the source's, too
  Status write_same(SectionTag tag, uint64_t offset, ByteSource& bytes, uint32_t crc);
  /// CRC-32C of what was written last of a section, from its start.
  uint32_t crc() const { return sections_[current_].crc; }
  Status finish();

 private:
  struct Section {
    SectionPlan plan;
    uint64_t offset;
    uint32_t crc;
  };

  Status end_sections_before(SectionTag tag);
  Status end_section();

  ByteSink& sink_;
  FileKind kind_;
  std::vector<Section> sections_;
  size_t current_ = 0;    // section being written
  uint64_t written_ = 0;  // bytes of it so far
};

/// Reads one section from its start to its end, checking its checksum on the way, unless its source has checked what it
/// reads: what was read may be used once `finish` has succeeded.
class SectionReader {
 public:
  SectionReader(ByteSource& source, uint64_t offset, uint64_t length, uint32_t crc)
      : source_(&source), offset_(offset), remaining_(length), expected_crc_(crc) {}

  /// Bytes of the section not yet read.
  uint64_t remaining() const { return remaining_; }
  /// Where the next byte lies in the file.
  uint64_t offset() const { return offset_; }
  /// CRC-32C of the section, as the table tells it; nothing of it has been read yet.
  uint32_t crc() const;

  /// Reads the next `size` bytes.
  /// Errors  kCorruptData when the section is shorter, or the source's
  Status read(void* bytes, size_t size);

  /// Errors  kCorruptData when bytes are left over, or the checksum differs
  Status finish();

 private:
  ByteSource* source_;
  uint64_t offset_;
  uint64_t remaining_;
  uint32_t expected_crc_;
  uint32_t crc_ = 0;
};

/// The checked table of a file.
class SectionFile {
 public:
  /// Checks header, table and layout; the sections themselves are checked as they are read.
  /// kinds   that the caller reads
  /// Errors  kCorruptData (actual: the offset of what is wrong), kUnsupportedVersion, or the source's
  static Result<SectionFile> open(ByteSource& source, std::initializer_list<FileKind> kinds);

  /// Of a file whose table may be damaged. Errors  as `open`
  static Result<FileKind> kind_of(ByteSource& source, std::initializer_list<FileKind> kinds);

  FileKind kind() const { return kind_; }

  bool has_section(SectionTag tag) const { return section(tag).ok(); }
  /// Errors  kCorruptData when there is no such section
  Result<SectionReader> section(SectionTag tag) const;

 private:
  struct Entry {
    SectionTag tag;
    uint32_t crc;
    uint64_t offset;
    uint64_t length;
  };

  SectionFile(ByteSource& source, FileKind kind, uint64_t table_offset)
      : source_(&source), kind_(kind), table_offset_(table_offset) {}

  ByteSource* source_;
  FileKind kind_;
  uint64_t table_offset_;
  std::vector<Entry> entries_;
};

}  // namespace vicinal
