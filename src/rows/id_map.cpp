#include "rows/id_map.h"

#include <algorithm>
#include <utility>

namespace vicinal {

IdMap::IdMap(std::vector<uint32_t> ids, uint64_t next_id) : listed_(std::move(ids)), tail_first_id_(next_id) {
  assert(std::is_sorted(listed_.begin(), listed_.end()));
  assert(listed_.empty() || listed_.back() < next_id);
  // Ids without gaps are all tail.
  if (!listed_.empty() && next_id - listed_.front() == listed_.size()) {
    tail_first_id_ = listed_.front();
    tail_count_ = listed_.size();
    std::vector<uint32_t>().swap(listed_);
  }
}

std::optional<Slot> IdMap::find(RowId id) const {
  const uint64_t number = to_number(id);
  if (number >= tail_first_id_) {
    const uint64_t in_tail = number - tail_first_id_;
    if (in_tail >= tail_count_) return std::nullopt;
    return Slot{static_cast<uint32_t>(listed_.size() + in_tail)};
  }
  const auto found = std::lower_bound(listed_.begin(), listed_.end(), to_number(id));
  if (found == listed_.end() || *found != to_number(id)) return std::nullopt;
  return Slot{static_cast<uint32_t>(found - listed_.begin())};
}

IdMap IdMap::without(const Deletions& deletions) const {
  std::vector<uint32_t> kept;
  kept.reserve(size() - deletions.count());
  for (size_t slot = 0; slot < size(); ++slot) {
    if (!deletions.contains(slot)) kept.push_back(to_number(id(slot)));
  }
  return IdMap(std::move(kept), next_id());
}

}  // namespace vicinal
