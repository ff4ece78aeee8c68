#include "index/sparse/sparse_index.h"

#include <algorithm>
#include <utility>

#include "base/saturate.h"

namespace vicinal {
namespace {

// Room for one more, and by half more than there are, so that many small lists do not waste half of themselves.
template <typename Element>
void make_room(std::vector<Element>& elements) {
  if (elements.size() == elements.capacity()) elements.reserve(elements.size() + elements.size() / 2 + 1);
}

template <typename Element>
uint64_t bytes_of(const std::vector<Element>& elements) {
  return uint64_t{elements.capacity()} * sizeof(Element);
}

Error not_found(RowId id) {
  return {ErrorCode::kNotFound, 0, to_number(id)};
}

}  // namespace

Result<std::unique_ptr<SparseIndex>> SparseIndex::create(const SparseOptions& options) {
  const bool within = options.scoring <= SparseScoring::kBm25 && options.k1 >= 0 && options.k1 <= kMaxK1 &&
                      options.b >= 0 && options.b <= 1;
  if (!within) return Error{ErrorCode::kInvalidArgument};
  return std::unique_ptr<SparseIndex>(new SparseIndex(options));
}

SparseStats SparseIndex::stats() const {
  SparseStats stats{size(), deletions_.count(), lists_.size(), entries_.size(), 0};
  stats.memory_bytes = sizeof(SparseIndex) + list_numbers_.held_bytes() + bytes_of(lists_) +
                       slots_.held_bytes() + bytes_of(rows_) + entries_.held_bytes() +
                       deletions_.held_bytes();
  for (const List& list : lists_) stats.memory_bytes += bytes_of(list.postings);
  return stats;
}

Status SparseIndex::set(RowId id, const SparseView& vector) {
  if (to_number(id) >= kMaxRowCount) {
    return Error{ErrorCode::kInvalidArgument, static_cast<int64_t>(kMaxRowCount), to_number(id)};
  }
  const Result<std::vector<EntryKey>> sorted = sorted_entries(vector);
  if (!sorted.ok()) return sorted.error();
  const std::vector<EntryKey>& keys = sorted.value();
  const bool counts_terms = options_.scoring == SparseScoring::kBm25;
  double length = 0;
  if (counts_terms) {
    for (size_t position = 0; position < vector.count; ++position) {
      if (!(vector.values[position] > 0)) {
        return Error{ErrorCode::kInvalidArgument, 0, static_cast<int64_t>(position)};
      }
    }
    for (const EntryKey key : keys) length += vector.values[position_of(key)];
  }
  if (rows_.size() + 1 >= kMaxRowCount || entries_.size() + keys.size() >= kMaxRowCount) {
    return Error{ErrorCode::kCapacityExceeded, static_cast<int64_t>(kMaxRowCount) - 1,
                 static_cast<int64_t>(entries_.size() + keys.size())};
  }

  // Room for everything first: nothing fails once a row has changed. Lists that stay empty are no change.
  std::vector<uint32_t> numbers(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    numbers[i] = list_for(index_of(keys[i]));
    make_room(lists_[numbers[i]].postings);
  }
  make_room(rows_);
  slots_.reserve(slots_.size() + 1);
  const Status made = entries_.make_room(keys.size());
  if (!made.ok()) return made;
  const uint32_t replaced = find(id);
  if (replaced != NumberMap::kNone) {
    deletions_.mark(replaced);
    leave(replaced);
  }

  const auto slot = static_cast<uint32_t>(rows_.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    List& list = lists_[numbers[i]];
    list.postings.push_back({slot, vector.values[position_of(keys[i])]});
    ++list.live_count;
  }
  entries_.append_reserved(numbers.data(), numbers.size());
  rows_.push_back({to_number(id), static_cast<uint32_t>(entries_.size()), saturate(length)});
  total_length_ += rows_[slot].length;
  slots_.put(to_number(id), slot);
  return {};
}

Status SparseIndex::remove(RowId id) {
  const uint32_t slot = find(id);
  if (slot == NumberMap::kNone) return not_found(id);
  deletions_.mark(slot);
  leave(slot);
  return {};
}

Status SparseIndex::get(RowId id, std::vector<uint32_t>& indices, std::vector<float>& values) const {
  const uint32_t slot = find(id);
  if (slot == NumberMap::kNone) return not_found(id);
  indices.clear();
  values.clear();
  for (size_t entry = first_entry(slot); entry < rows_[slot].end; ++entry) {
    const List& list = lists_[*entries_.row(entry)];
    const auto posting =
        std::partition_point(list.postings.begin(), list.postings.end(),
                             [slot](const Posting& candidate) { return candidate.slot < slot; });
    indices.push_back(list.index);
    values.push_back(posting->value);
  }
  return {};
}

void SparseIndex::compact() {
  // What may fail comes first: where slots and lists go, and the maps to them.
  constexpr uint32_t kGone = NumberMap::kNone;
  std::vector<uint32_t> new_slots(rows_.size(), kGone);
  std::vector<uint32_t> new_lists(lists_.size(), kGone);
  NumberMap slots, list_numbers;
  slots.reserve(size());
  uint32_t slot_count = 0;
  for (size_t slot = 0; slot < rows_.size(); ++slot) {
    if (deletions_.contains(slot)) continue;
    slots.put(rows_[slot].id, slot_count);
    new_slots[slot] = slot_count++;
  }
  uint32_t list_count = 0;
  for (size_t number = 0; number < lists_.size(); ++number) {
    if (lists_[number].live_count > 0) new_lists[number] = list_count++;
  }
  list_numbers.reserve(list_count);

  size_t entry_slot = 0;
  entries_.keep_if([&](size_t entry) {
    while (entry >= rows_[entry_slot].end) ++entry_slot;
    return new_slots[entry_slot] != kGone;
  });
  for (size_t entry = 0; entry < entries_.size(); ++entry)
    *entries_.row(entry) = new_lists[*entries_.row(entry)];
  entries_.shrink();

  uint32_t begin = 0;
  uint32_t end = 0;
  total_length_ = 0;
  for (size_t slot = 0; slot < new_slots.size(); ++slot) {
    const Row row = rows_[slot];
    if (new_slots[slot] != kGone) {
      end += row.end - begin;
      rows_[new_slots[slot]] = {row.id, end, row.length};
      total_length_ += row.length;
    }
    begin = row.end;
  }
  rows_.erase(rows_.begin() + slot_count, rows_.end());
  rows_.shrink_to_fit();

  for (size_t number = 0; number < lists_.size(); ++number) {
    const uint32_t to = new_lists[number];
    if (to == kGone) continue;
    List& list = lists_[number];
    auto kept = list.postings.begin();
    for (const Posting& posting : list.postings) {
      if (new_slots[posting.slot] != kGone) *kept++ = {new_slots[posting.slot], posting.value};
    }
    list.postings.erase(kept, list.postings.end());
    list.postings.shrink_to_fit();
    list_numbers.put(list.index, to);
    if (to != number) lists_[to] = std::move(list);
  }
  lists_.erase(lists_.begin() + list_count, lists_.end());
  lists_.shrink_to_fit();
  std::swap(slots_, slots);
  std::swap(list_numbers_, list_numbers);
  deletions_.clear();
}

void SparseIndex::statistics(const uint32_t* indices, size_t count, double* out) const {
  out[0] = static_cast<double>(size());
  out[1] = total_length_;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t number = list_numbers_.find(indices[i]);
    out[kStatisticsHeader + i] = number == NumberMap::kNone ? 0 : lists_[number].live_count;
  }
}

// The slot of a live row, or kNone.
uint32_t SparseIndex::find(RowId id) const {
  const uint32_t slot = slots_.find(to_number(id));
  return slot == NumberMap::kNone || deletions_.contains(slot) ? NumberMap::kNone : slot;
}

// The number of the list of an index, which is made where there is none.
uint32_t SparseIndex::list_for(uint32_t index) {
  const uint32_t found = list_numbers_.find(index);
  if (found != NumberMap::kNone) return found;
  make_room(lists_);
  list_numbers_.reserve(lists_.size() + 1);
  const auto number = static_cast<uint32_t>(lists_.size());
  lists_.push_back({index, 0, {}});
  list_numbers_.put(index, number);
  return number;
}

// Takes a row that has just been marked out of the statistics.
void SparseIndex::leave(uint32_t slot) {
  for (size_t entry = first_entry(slot); entry < rows_[slot].end; ++entry)
    --lists_[*entries_.row(entry)].live_count;
  // Lengths that are no whole numbers may leave a rest that is none.
  total_length_ = size() == 0 ? 0 : std::max(0.0, total_length_ - rows_[slot].length);
}

}  // namespace vicinal
