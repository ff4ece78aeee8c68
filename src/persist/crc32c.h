// CRC-32C (Castagnoli polynomial), the checksum of every stored section.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vicinal {

/// Checksum of `size` bytes that follow bytes whose checksum is `crc`; start with 0.
uint32_t crc32c(uint32_t crc, const void* bytes, size_t size);

}  // namespace vicinal
