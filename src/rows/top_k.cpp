#include "rows/top_k.h"

#include <algorithm>
#include <utility>

#include "base/random.h"

namespace vicinal {
namespace {

// Puts the `kept` smallest of keys [count] first, the largest of them last: quickselect, with pivots that no order of
// the keys foresees. No two keys are the same.
void select_smallest(uint64_t* keys, size_t count, size_t kept) {
  Random random(count);
  const auto pick_pivot = [&](size_t first, size_t key_count) {
    const auto pick = [&] { return first + random.below(static_cast<uint32_t>(key_count)); };
    size_t low = pick();
    size_t high = pick();
    const size_t third = pick();
    if (keys[high] < keys[low]) std::swap(low, high);
    if (keys[third] < keys[low]) return low;
    return keys[third] < keys[high] ? third : high;
  };
  size_t first = 0;
  size_t last = count - 1;
  while (first < last) {
    std::swap(keys[pick_pivot(first, last - first + 1)], keys[last]);
    const uint64_t pivot = keys[last];
    // Every key changes places, whether it is to or not: a store costs less than a branch that may go either way.
    size_t middle = first;
    for (size_t i = first; i < last; ++i) {
      const uint64_t key = keys[i];
      keys[i] = keys[middle];
      keys[middle] = key;
      middle += key < pivot ? 1 : 0;
    }
    std::swap(keys[middle], keys[last]);
    if (middle == kept - 1) return;
    if (middle < kept) {
      first = middle + 1;
    } else {
      last = middle - 1;
    }
  }
}

// Without a branch: four rows are one comparison.
template <size_t kCount>
bool any_within(const float* distances, float limit) {
  int32_t within = 0;
  for (size_t row = 0; row < kCount; ++row) within |= distances[row] <= limit ? -1 : 0;
  return within != 0;
}

}  // namespace

// By their keys: sorting plain numbers is faster, and the one sort of the module serves all.
void sort_nearest_first(std::vector<Candidate>& candidates) {
  std::vector<uint64_t> keys;
  keys.reserve(candidates.size());
  for (const Candidate& candidate : candidates) keys.push_back(key_of(candidate));
  std::sort(keys.begin(), keys.end());
  std::transform(keys.begin(), keys.end(), candidates.begin(), candidate_of);
}

void TopK::push_run(const float* distances, size_t row_count, uint32_t first_slot) {
  for (size_t row = 0; row < row_count; row += kRowsTogether) {
    const size_t count = std::min(kRowsTogether, row_count - row);
    if (count == kRowsTogether && !any_within<kRowsTogether>(distances + row, limit_)) continue;
    const uint32_t slot = first_slot + static_cast<uint32_t>(row);
    take(distances + row, count, [slot](size_t i) { return slot + static_cast<uint32_t>(i); });
  }
}

void TopK::push_scattered(const float* distances, const uint32_t* slots, size_t row_count) {
  for (size_t row = 0; row < row_count; row += kRowsTogether)
    take(distances + row, std::min(kRowsTogether, row_count - row), [=](size_t i) { return slots[row + i]; });
}

std::vector<Candidate> TopK::finish_unordered() {
  cut();
  std::vector<Candidate> nearest(count_);
  std::transform(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(count_), nearest.begin(),
                 candidate_of);
  count_ = 0;
  return nearest;
}

// Up to kRowsTogether of them. slot_of(row): 0 .. row_count - 1.
template <typename SlotOf>
void TopK::take(const float* distances, size_t row_count, SlotOf slot_of) {
  if (keys_.size() < count_ + kRowsTogether) {
    // By half, where a vector would double: with many equal distances the buffers of many queries hold all rows.
    keys_.reserve(count_ + count_ / 2 + 4 * kRowsTogether);
    keys_.resize(keys_.capacity());
  }
  uint64_t* end = keys_.data() + count_;
  for (size_t row = 0; row < row_count; ++row) {
    *end = key_of({distances[row], slot_of(row)});
    end += distances[row] <= limit_ ? 1 : 0;
  }
  count_ = static_cast<size_t>(end - keys_.data());
  if (count_ < cut_at_) return;
  cut();
  // Where many rows are too near to tell apart the buffer grows, so that cuts stay rare.
  cut_at_ = std::max(cut_at_, 2 * count_);
}

// A row given at d may truly be at d - e(d), and the k-th at t + e(t): d counts up to about t + 2 e(t), a little more
// since e(d) > e(t).
float TopK::with_error(float distance) const {
  if (!std::isfinite(distance)) return distance;
  return distance + 2.125f * (std::fabs(distance) * error_.relative + error_.absolute);
}

// Leaves the k nearest, and what the error cannot tell from them.
void TopK::cut() {
  if (count_ <= k_) return;
  select_smallest(keys_.data(), count_, k_);
  limit_ = std::min(limit_, with_error(candidate_of(keys_[k_ - 1]).distance));
  uint64_t* end = keys_.data() + k_;
  if (error_.relative != 0 || error_.absolute != 0) {
    const uint64_t limit_key = key_of({limit_, UINT32_MAX});
    end = std::partition(end, keys_.data() + count_, [limit_key](uint64_t key) { return key <= limit_key; });
  }
  count_ = static_cast<size_t>(end - keys_.data());
}

}  // namespace vicinal
