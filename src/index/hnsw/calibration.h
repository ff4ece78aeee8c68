// Which ef_search reaches a recall: tried out on queries whose exact hits are found by comparing all rows.
//
// The queries are rows of the graph, in a seeded order, each hidden from the walks for itself, as though it were none of
// its nodes; or such as the caller gives. For 10 hits and for 100, the smallest ef_search is looked for at which the mean
// recall of the sample, less its standard error, is as wanted: doubled until it is enough, then halved in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "rows/allowed_slots.h"

namespace vicinal {

class HnswIndex;

struct Calibration {
  /// Hits that ef_search is found for.
  static constexpr std::array<size_t, 2> kHits = {10, 100};
  static constexpr size_t kMaxEf = 4096;

  /// For k hits: on the line between the two; above 100 in proportion to k.
  size_t ef_for(size_t k) const;

  uint32_t row_count = 0;         // rows in the graph when it was made; 0: it was not
  std::array<uint32_t, 2> ef{};   // for kHits, at most kMaxEf
  std::array<float, 2> recall{};  // of the sample at these
};

/// Rows that a wanted recall is a matter of: fewer are compared one by one.
inline constexpr size_t kLeastCalibratedRows = 256;

class CalibrationRun {
 public:
  /// index         not empty; must outlive this, and stay as it is until the last step
  /// queries       [n x dim], as of a search; none: rows of the index
  /// oversampling  that searches rescore by
  /// May throw std::bad_alloc, here and below.
  CalibrationRun(const HnswIndex& index, std::vector<float> queries, size_t oversampling);

  /// Some 20 ms of it.
  /// allowed  every slot with a row
  void step(const AllowedSlots& allowed);
  bool is_done() const { return turn_ == Calibration::kHits.size(); }
  /// 0 to 1, below 1 until done.
  double share_done() const;
  const Calibration& result() const { return result_; }

 private:
  struct Trial {
    size_t ef;
    double recall;
  };

  void sample_rows();
  void find_truth(const AllowedSlots& allowed);
  size_t walked_count() const;
  double recall_of(size_t query, const AllowedSlots& allowed);
  void judge();
  void settle(Trial trial);

  const HnswIndex& index_;
  size_t dim_;
  size_t oversampling_;
  std::vector<float> queries_;
  std::vector<uint32_t> slots_;  // of queries that are rows
  size_t query_count_;
  std::vector<std::array<float, 2>> farthest_;  // of each query, the distance of the last of its exact hits
  size_t next_ = 0;                             // query
  size_t turn_ = 0;                             // of kHits
  size_t ef_;                                   // being tried
  size_t too_small_ = 0, enough_ = 0;           // 0: none yet
  std::array<double, 2> sums_{};                // of the recall of each query, and of its square
  std::vector<Trial> trials_;                   // of the turn
  Calibration result_;
};

}  // namespace vicinal
