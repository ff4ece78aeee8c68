// What every reader of saved files must find. `load_error` gives the error of loading some bytes.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/result.h"
#include "persist/section_file.h"
#include "support/byte_buffer.h"

namespace vicinal {

/// No byte of a whole file can be changed without being found.
template <typename LoadError>
void expect_flipped_bytes_found(const Bytes& bytes, LoadError load_error) {
  ASSERT_FALSE(bytes.empty());
  for (size_t position = 0; position < bytes.size(); ++position) {
    for (const int change : {0x01, 0x80, 0xFF}) {
      Bytes broken = bytes;
      broken[position] = static_cast<unsigned char>(broken[position] ^ change);
      const ErrorCode code = load_error(broken).code;
      const bool in_version = position >= 8 && position < 12;
      EXPECT_TRUE(code == ErrorCode::kCorruptData || (in_version && code == ErrorCode::kUnsupportedVersion))
          << "byte " << position;
    }
  }
}

/// No end of a whole file can be missing.
template <typename LoadError>
void expect_cuts_found(const Bytes& bytes, LoadError load_error) {
  ASSERT_FALSE(bytes.empty());
  for (size_t length = 0; length < bytes.size(); ++length) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(load_error(cut).code, ErrorCode::kCorruptData) << length;
  }
}

/// Where a section of a whole file begins; 0 without it.
inline size_t section_offset(const Bytes& bytes, SectionTag tag) {
  uint64_t table = 0, offset = 0;
  std::memcpy(&table, bytes.data() + 32, 8);
  for (size_t entry = static_cast<size_t>(table); entry + 32 <= bytes.size(); entry += 32) {
    if (std::memcmp(bytes.data() + entry, &tag, 4) == 0) std::memcpy(&offset, bytes.data() + entry + 8, 8);
  }
  return static_cast<size_t>(offset);
}

/// The error of a file of version 255.
inline void expect_version_255_refused(const Error& error) {
  EXPECT_EQ(error.code, ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(error.expected, kFileVersion);
  EXPECT_EQ(error.actual, 255);
}

}  // namespace vicinal
