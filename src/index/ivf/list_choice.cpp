#include "index/ivf/list_choice.h"

#include <algorithm>

namespace vicinal {

ListChoice::ListChoice(const CoarseQuantizer& quantizer, const IvfLists& lists, const AllowedSlots& allowed,
                       size_t wanted, size_t nprobe)
    : quantizer_(quantizer),
      lists_(lists),
      allowed_(allowed),
      wanted_(wanted),
      nprobe_(nprobe),
      all_allowed_(allowed.count() == lists.size()) {}

AllowedSlots ListChoice::allowed_in(const IvfList& list) const {
  return all_allowed_ ? AllowedSlots(list.size()) : AllowedSlots(list.slots, allowed_);
}

size_t ListChoice::scanned_rows() const {
  const size_t list_count = quantizer_.list_count();
  return list_count == 0 ? lists_.size() : lists_.size() / list_count * nprobe_;
}

std::vector<std::vector<uint32_t>> ListChoice::choose(const float* queries, size_t query_count) const {
  std::vector<std::vector<uint32_t>> chosen(query_count);
  std::vector<std::vector<Candidate>> probed(query_count);
  if (nprobe_ > 0) probed = quantizer_.probe(queries, query_count, nprobe_);
  for (size_t query = 0; query < query_count; ++query) {
    std::vector<uint32_t>& lists = chosen[query];
    for (const Candidate& candidate : probed[query]) lists.push_back(candidate.slot);
    for (size_t list = quantizer_.list_count(); list < lists_.list_count(); ++list)
      lists.push_back(static_cast<uint32_t>(list));
    size_t rows = 0;
    for (size_t at = 0; at < lists.size() && rows < wanted_; ++at)
      rows += allowed_in(lists_.list(lists[at])).count();
    if (rows >= wanted_) continue;
    for (uint32_t list = 0; list < quantizer_.list_count(); ++list) {
      const bool is_new = std::none_of(probed[query].begin(), probed[query].end(),
                                       [list](const Candidate& candidate) { return candidate.slot == list; });
      if (is_new) lists.push_back(list);
    }
  }
  return chosen;
}

}  // namespace vicinal
