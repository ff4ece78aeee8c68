// CRC-32C (Castagnoli polynomial), the checksum of every stored section.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vicinal {

/// Checksum of `size` bytes that follow bytes whose checksum is `crc`; start with 0.
uint32_t crc32c(uint32_t crc, const void* bytes, size_t size);

/// Checksum of bytes that, with `zero_count` zeros behind them, have the checksum `crc`.
uint32_t crc32c_before_zeros(uint32_t crc, size_t zero_count);

}  // namespace vicinal
