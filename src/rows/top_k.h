// The k nearest of a stream of rows, at little cost next to computing their distances, even for k = 1,000:
// candidates are collected in a buffer of about 2k, which is cut back to k by a selection whenever it is full. The cut
// also tells the bound that later rows must meet, so that most of them cost one comparison. Which rows meet it nothing
// foretells, so neither taking nor selecting them takes a branch for each.
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
  size_t size() const { return count_; }

  /// Takes a row when its distance is within the limit. NaN is never taken.
  void push(float distance, uint32_t slot) {
    if (distance <= limit_) push_scattered(&distance, &slot, 1);
  }

  /// Takes rows in consecutive slots.
  /// distances  [row_count]; NaN for rows to pass over
  void push_run(const float* distances, size_t row_count, uint32_t first_slot);

  /// Takes rows in the slots given, [row_count].
  void push_scattered(const float* distances, const uint32_t* slots, size_t row_count);

  /// The k nearest rows, nearest first, ties by smaller slot; with a `DistanceError`, also those that come so
  /// near the last of them that they might belong there. Empties the selection.
  std::vector<Candidate> finish() {
    std::vector<Candidate> nearest = finish_unordered();
    sort_nearest_first(nearest);
    return nearest;
  }

  /// The same in no order, for those who compare them anew.
  std::vector<Candidate> finish_unordered();

 private:
  // Rows compared with the limit before any of them is looked at: mostly none is within it.
  static constexpr size_t kRowsTogether = 16;

  // Lets small k go long between cuts.
  static constexpr size_t kSpareCandidates = 64;

  float with_error(float distance) const;
  template <typename SlotOf>
  void take(const float* distances, size_t row_count, SlotOf slot_of);
  void cut();

  size_t k_;
  DistanceError error_;
  float limit_;
  size_t cut_at_;  // count at which the buffer is cut back
  size_t count_ = 0;
  std::vector<uint64_t> keys_;  // the first count_ of them; the others are room
};

}  // namespace vicinal
