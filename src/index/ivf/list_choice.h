// Which lists a search scans for a query.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/ivf/coarse_quantizer.h"
#include "index/ivf/ivf_lists.h"
#include "rows/allowed_slots.h"

namespace vicinal {

class ListChoice {
 public:
  /// wanted  rows, no more than are allowed
  /// nprobe  lists, no more than the quantizer has
  ListChoice(const CoarseQuantizer& quantizer, const IvfLists& lists, const AllowedSlots& allowed,
             size_t wanted, size_t nprobe);

  /// The lists for each query, the nearest first: those probed, and all that are not sorted. Where they hold fewer
  /// allowed rows than are wanted, every list.
  std::vector<std::vector<uint32_t>> choose(const float* queries, size_t query_count) const;

  /// The rows of a list that are allowed, by position.
  AllowedSlots allowed_in(const IvfList& list) const;

  /// Rows that a search scans, about.
  size_t scanned_rows() const;

 private:
  const CoarseQuantizer& quantizer_;
  const IvfLists& lists_;
  const AllowedSlots& allowed_;
  size_t wanted_;
  size_t nprobe_;
  bool all_allowed_;
};

}  // namespace vicinal
