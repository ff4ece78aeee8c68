// The k nearest of a stream of rows, at little cost next to computing their distances, even for k = 1,000:
// candidates are collected in a buffer of about 2k, which is cut back to k by a partial sort (nth_element)
// whenever it is full. The cut also tells the bound that later rows must meet, so that most of them cost one
// comparison.
//
// A candidate is one number: the bits of its distance, made to order as the distance does, above its slot. So
// equal distances are ordered by slot, and since ids ascend with slots, by id.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace vicinal {

struct Candidate {
  float distance;
  uint32_t slot;
};

/// Unsigned bits that order as the floats do; -0 and 0 are equal. Not for NaN.
inline uint32_t ordered_bits(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value + 0.0f);
  return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}

inline float float_from_ordered_bits(uint32_t ordered) {
  return std::bit_cast<float>((ordered & 0x80000000u) != 0 ? ordered & 0x7FFFFFFFu : ~ordered);
}

/// A number that orders candidates: nearest first, ties by smaller slot.
inline uint64_t key_of(const Candidate& candidate) {
  return uint64_t{ordered_bits(candidate.distance)} << 32 | candidate.slot;
}

inline Candidate candidate_of(uint64_t key) {
  return {float_from_ordered_bits(static_cast<uint32_t>(key >> 32)), static_cast<uint32_t>(key)};
}

/// Sorts, nearest first, ties by smaller slot.
void sort_nearest_first(std::vector<Candidate>& candidates);

/// How far the distances given may be from the true ones: the true distance of a row given as d lies within
/// |d| * relative + absolute of it.
struct DistanceError {
  float relative = 0;
  float absolute = 0;
};

class TopK {
 public:
  /// k      >= 1
  /// error  with an error, the rows kept are all those that could be among the k nearest by true distance:
  ///        mostly a few more than k
  /// bound  rows whose true distance is above it are of no interest
  explicit TopK(size_t k, DistanceError error = {}, float bound = std::numeric_limits<float>::infinity())
      : k_(k), error_(error), limit_(with_error(bound)), cut_at_(2 * k + kSpareCandidates) {
    assert(k >= 1);
  }

  /// The largest distance that still counts.
  float limit() const { return limit_; }

  /// Candidates held: at least those that may still be among the nearest.
  size_t size() const { return keys_.size(); }

  /// Takes a row when its distance is within the limit. NaN is never taken.
  void push(float distance, uint32_t slot) {
    if (distance <= limit_) take(distance, slot);
  }

  /// Takes rows in consecutive slots.
  /// distances  [row_count]; NaN for rows to pass over
  void push_run(const float* distances, size_t row_count, uint32_t first_slot) {
    size_t row = 0;
    for (; row + kRowsTogether <= row_count; row += kRowsTogether) {
      if (any_within_limit(distances + row)) push_each(distances, row, row + kRowsTogether, first_slot);
    }
    push_each(distances, row, row_count, first_slot);
  }

  /// Takes rows in the slots given, [row_count].
  void push_scattered(const float* distances, const uint32_t* slots, size_t row_count) {
    for (size_t row = 0; row < row_count; ++row) {
      if (distances[row] <= limit_) take(distances[row], slots[row]);
    }
  }

  /// The k nearest rows, nearest first, ties by smaller slot; with a `DistanceError`, also those that come so
  /// near the last of them that they might belong there. Empties the selection.
  std::vector<Candidate> finish() {
    cut();
    std::vector<Candidate> nearest;
    nearest.reserve(keys_.size());
    for (const uint64_t key : keys_) nearest.push_back(candidate_of(key));
    keys_.clear();
    sort_nearest_first(nearest);
    return nearest;
  }

 private:
  // Rows compared with the limit before any of them is looked at: mostly none is within it.
  static constexpr size_t kRowsTogether = 16;

  // Without a branch: four rows are one comparison.
  bool any_within_limit(const float* distances) const {
    int32_t within = 0;
    for (size_t row = 0; row < kRowsTogether; ++row) within |= distances[row] <= limit_ ? -1 : 0;
    return within != 0;
  }

  void push_each(const float* distances, size_t row, size_t end, uint32_t first_slot) {
    for (; row < end; ++row) {
      if (distances[row] <= limit_) take(distances[row], first_slot + static_cast<uint32_t>(row));
    }
  }

  // Lets small k go long between cuts.
  static constexpr size_t kSpareCandidates = 64;

  // A row given at d may truly be at d - e(d), and the k-th at t + e(t): d counts up to about t + 2 e(t), a
  // little more since e(d) > e(t).
  float with_error(float distance) const {
    if (!std::isfinite(distance)) return distance;
    return distance + 2.125f * (std::fabs(distance) * error_.relative + error_.absolute);
  }

  void take(float distance, uint32_t slot) {
    keys_.push_back(key_of({distance, slot}));
    if (keys_.size() >= cut_at_) {
      cut();
      // Where many rows are too near to tell apart the buffer grows, so that cuts stay rare.
      cut_at_ = std::max(cut_at_, 2 * keys_.size());
    }
  }

  // Leaves the k nearest, and what the error cannot tell from them.
  void cut() {
    if (keys_.size() <= k_) return;
    const auto kth = keys_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(keys_.begin(), kth, keys_.end());
    limit_ = std::min(limit_, with_error(candidate_of(*kth).distance));
    auto end = kth + 1;
    if (error_.relative != 0 || error_.absolute != 0) {
      const uint64_t limit_key = key_of({limit_, UINT32_MAX});
      end = std::partition(end, keys_.end(), [limit_key](uint64_t key) { return key <= limit_key; });
    }
    keys_.erase(end, keys_.end());
  }

  size_t k_;
  DistanceError error_;
  float limit_;
  size_t cut_at_;  // size at which the buffer is cut back
  std::vector<uint64_t> keys_;
};

}  // namespace vicinal
