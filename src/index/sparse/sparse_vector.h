// Sparse vectors: values by their indices, where most of the 2^32 indices have none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace vicinal {

/// A view of the caller's arrays: `count` distinct indices in any order, and their finite values.
struct SparseView {
  const uint32_t* indices = nullptr;
  const float* values = nullptr;
  size_t count = 0;
};

/// One entry of a sparse vector, by where it stands in the caller's arrays. Orders as the indices do.
using EntryKey = uint64_t;

inline uint32_t index_of(EntryKey key) {
  return static_cast<uint32_t>(key >> 32);
}
inline uint32_t position_of(EntryKey key) {
  return static_cast<uint32_t>(key);
}

/// The entries of a vector by ascending index.
/// Errors  kNotFinite (actual: position), kInvalidArgument (actual: an index that is there twice),
///         kCapacityExceeded for more entries than there are indices
Result<std::vector<EntryKey>> sorted_entries(const SparseView& vector);

}  // namespace vicinal
