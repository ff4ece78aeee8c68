#include "index/sparse/sparse_vector.h"

#include <algorithm>
#include <cmath>

#include "base/all_finite.h"

namespace vicinal {

Result<std::vector<EntryKey>> sorted_entries(const SparseView& vector) {
  const size_t count = vector.count;
  if (count > UINT32_MAX) {
    return Error{ErrorCode::kCapacityExceeded, UINT32_MAX, static_cast<int64_t>(count)};
  }
  if (!all_finite(vector.values, count)) {
    size_t position = 0;
    while (std::isfinite(vector.values[position])) ++position;
    return Error{ErrorCode::kNotFinite, 0, static_cast<int64_t>(position)};
  }
  std::vector<EntryKey> keys(count);
  bool ascends = true;
  for (size_t position = 0; position < count; ++position) {
    keys[position] = uint64_t{vector.indices[position]} << 32 | position;
    ascends = ascends && (position == 0 || vector.indices[position - 1] < vector.indices[position]);
  }
  if (ascends) return keys;
  std::sort(keys.begin(), keys.end());
  for (size_t i = 1; i < count; ++i) {
    if (index_of(keys[i - 1]) == index_of(keys[i])) {
      return Error{ErrorCode::kInvalidArgument, 0, index_of(keys[i])};
    }
  }
  return keys;
}

}  // namespace vicinal
