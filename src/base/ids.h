// The two numbers of a row: the id that the caller holds, and the slot where it lies now.
#pragma once

#include <cstdint>

namespace vicinal {

/// The caller's key of a row: given out in increasing order, never used twice, unchanged by removal of
/// others, compaction, save and load.
enum class RowId : uint32_t {};

/// Position of a row in storage. Compaction changes it.
enum class Slot : uint32_t {};

inline constexpr uint32_t to_number(RowId id) {
  return static_cast<uint32_t>(id);
}
inline constexpr uint32_t to_number(Slot slot) {
  return static_cast<uint32_t>(slot);
}

/// Ids and slots are 32 bits wide; the last value is kept free as "none".
inline constexpr uint64_t kMaxRowCount = 0xFFFFFFFFull;

/// The slots first .. end - 1; all of them, unless told.
struct SlotRange {
  uint32_t first = 0;
  uint32_t end = kMaxRowCount;
};

}  // namespace vicinal
