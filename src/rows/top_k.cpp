#include "rows/top_k.h"

namespace vicinal {

// By their keys: sorting plain numbers is faster, and the one sort of the module serves all.
void sort_nearest_first(std::vector<Candidate>& candidates) {
  std::vector<uint64_t> keys;
  keys.reserve(candidates.size());
  for (const Candidate& candidate : candidates) keys.push_back(key_of(candidate));
  std::sort(keys.begin(), keys.end());
  std::transform(keys.begin(), keys.end(), candidates.begin(), candidate_of);
}

}  // namespace vicinal
