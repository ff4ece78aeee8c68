// Makes the checksums of a section file right, whatever else is wrong with it, so that a fuzzer gets behind
// them. Reads the layout of persist/section_file.h by its offsets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "persist/crc32c.h"
#include "support/byte_buffer.h"

namespace vicinal {

inline Bytes mended_checksums(Bytes bytes) {
  const auto number = [&bytes](uint64_t offset, size_t size) {
    uint64_t value = 0;
    std::memcpy(&value, bytes.data() + offset, size);
    return value;
  };
  const auto set_crc = [&bytes](uint64_t offset, uint64_t first, uint64_t size) {
    const uint32_t crc = crc32c(0, bytes.data() + first, static_cast<size_t>(size));
    std::memcpy(bytes.data() + offset, &crc, sizeof(crc));
  };
  if (bytes.size() < 64) return bytes;
  const uint64_t file_bytes = bytes.size();
  std::memcpy(bytes.data() + 24, &file_bytes, sizeof(file_bytes));
  set_crc(60, 0, 60);
  const uint64_t section_count = std::min<uint64_t>(number(16, 4), 64);
  const uint64_t table_offset = number(32, 8);
  const uint64_t table_bytes = section_count * 32;
  if (table_offset > bytes.size() || bytes.size() - table_offset < table_bytes + 4) return bytes;
  for (uint64_t entry = table_offset; entry < table_offset + table_bytes; entry += 32) {
    const uint64_t offset = number(entry + 8, 8);
    const uint64_t length = number(entry + 16, 8);
    if (offset > bytes.size() || length > bytes.size() - offset) continue;
    const uint64_t padded = std::min<uint64_t>((offset + length + 63) / 64 * 64, bytes.size()) - offset;
    set_crc(entry + 4, offset, padded);
  }
  set_crc(table_offset + table_bytes, table_offset, table_bytes);
  return bytes;
}

}  // namespace vicinal
