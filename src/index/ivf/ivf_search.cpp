// Searches by float rows. Each list is searched by the flat search, bound by what other lists gave.
#include <algorithm>
#include <utility>

#include "index/flat/exact_distance.h"
#include "index/flat/flat_search.h"
#include "index/ivf/ivf_index.h"
#include "index/ivf/list_choice.h"

namespace vicinal {
namespace {

// Scanned rows that cost as much as one that is looked up and compared in double.
constexpr size_t kLookUpRows = 4;
// Bytes of a list from which on several queries scan it together: those of 18 KB take twice as long then.
constexpr size_t kSharedListBytes = size_t{64} * 1024;
// Queries that share a pass over the lists.
constexpr size_t kPassQueries = 128;

// The nearest rows that a query has met so far.
class Nearest {
 public:
  Nearest(size_t k, float max_distance) : k_(k), max_distance_(max_distance) {}

  // No row farther than this will be among the nearest.
  float bound() const { return found_.size() < k_ ? max_distance_ : found_.back().distance; }

  void take(const std::vector<Candidate>& candidates) {
    if (candidates.empty()) return;
    found_.insert(found_.end(), candidates.begin(), candidates.end());
    sort_nearest_first(found_);
    if (found_.size() > k_) found_.resize(k_);
  }

  std::vector<Candidate> finish() { return std::move(found_); }

 private:
  size_t k_;
  float max_distance_;
  std::vector<Candidate> found_;
};

// The k nearest rows of a list, as positions, and all that are as near as the last of them: ties go to the smaller
// slot, but a list is in no order.
std::vector<Candidate> with_all_ties(const IvfList& list, const KernelTable& kernels, const float* query,
                                     size_t k, const AllowedSlots& allowed, float bound,
                                     std::vector<Candidate> found) {
  for (size_t count = k + 1; found.size() == count && found[k - 1].distance == found.back().distance;) {
    count *= 2;
    found = std::move(search_flat(list.rows, kernels, query, 1, count, allowed, bound)[0]);
  }
  return found;
}

// Shows a list to those of `queries` [.. x dim] that `asking` numbers.
void scan_list(const IvfList& list, const KernelTable& kernels, const AllowedSlots& allowed,
               const float* queries, const std::vector<uint32_t>& asking, size_t k,
               std::vector<Nearest>& nearest) {
  if (allowed.count() == 0) return;
  const size_t dim = list.rows.dim();
  std::vector<float> gathered;
  float bound = nearest[asking[0]].bound();
  for (const uint32_t query : asking) {
    gathered.insert(gathered.end(), queries + query * dim, queries + (query + 1) * dim);
    bound = std::max(bound, nearest[query].bound());
  }
  // One more than k tells whether rows as near as the last of them were left out.
  std::vector<std::vector<Candidate>> found =
      search_flat(list.rows, kernels, gathered.data(), asking.size(), k + 1, allowed, bound);
  for (size_t index = 0; index < asking.size(); ++index) {
    std::vector<Candidate> candidates = with_all_ties(list, kernels, gathered.data() + index * dim, k,
                                                      allowed, bound, std::move(found[index]));
    for (Candidate& candidate : candidates) candidate.slot = list.slots[candidate.slot];
    nearest[asking[index]].take(candidates);
  }
}

std::vector<Candidate> look_up_all(const IvfLists& lists, const float* query, size_t k,
                                   const AllowedSlots& allowed) {
  const ExactDistance exact(lists.metric(), query, lists.dim());
  TopK best(k);
  for (size_t slot = 0; slot < lists.slot_count(); ++slot) {
    if (allowed.contains(slot) && lists.contains(slot))
      best.push(exact(lists.row(slot)), static_cast<uint32_t>(slot));
  }
  return best.finish();
}

}  // namespace

std::vector<std::vector<Candidate>> IvfIndex::search(const float* queries, size_t query_count,
                                                     const IvfSearch& options,
                                                     const AllowedSlots& allowed) const {
  if (allowed.count() == 0) return std::vector<std::vector<Candidate>>(query_count);
  IvfSearch bounded = options;
  bounded.k = std::min(options.k, allowed.count());
  bounded.nprobe = std::min(options.nprobe == 0 ? default_nprobe(nlist()) : options.nprobe, nlist());
  return lists_.has_codes() && !options.exact ? search_by_code(queries, query_count, bounded, allowed)
                                              : search_exactly(queries, query_count, bounded, allowed);
}

std::vector<std::vector<Candidate>> IvfIndex::search_exactly(const float* queries, size_t query_count,
                                                             const IvfSearch& options,
                                                             const AllowedSlots& allowed) const {
  std::vector<std::vector<Candidate>> found(query_count);
  const ListChoice choice(quantizer_, lists_, allowed, options.k, options.nprobe);
  if (allowed.count() * kLookUpRows <= choice.scanned_rows()) {
    for (size_t query = 0; query < query_count; ++query)
      found[query] = look_up_all(lists_, queries + query * lists_.dim(), options.k, allowed);
    return found;
  }
  const bool lists_are_large =
      lists_.size() / lists_.list_count() * lists_.dim() * sizeof(float) >= kSharedListBytes;
  for (size_t first = 0; first < query_count; first += kPassQueries) {
    const size_t count = std::min(kPassQueries, query_count - first);
    const float* pass = queries + first * lists_.dim();
    const std::vector<std::vector<uint32_t>> chosen = choice.choose(pass, count);
    std::vector<Nearest> nearest(count, Nearest(options.k, options.max_distance));
    const auto scan = [&](size_t number, const std::vector<uint32_t>& asking) {
      const IvfList& list = lists_.list(number);
      scan_list(list, *kernels_, choice.allowed_in(list), pass, asking, options.k, nearest);
    };
    if (count == 1 || !lists_are_large) {
      // The nearest list first: what is found there bounds what is looked for in the others.
      for (uint32_t query = 0; query < count; ++query) {
        for (const uint32_t list : chosen[query]) scan(list, {query});
      }
    } else {
      // A list that has come to the cache serves all queries that want it.
      std::vector<std::vector<uint32_t>> asking(lists_.list_count());
      for (uint32_t query = 0; query < count; ++query) {
        for (const uint32_t list : chosen[query]) asking[list].push_back(query);
      }
      for (size_t list = 0; list < asking.size(); ++list) {
        if (!asking[list].empty()) scan(list, asking[list]);
      }
    }
    for (size_t query = 0; query < count; ++query) found[first + query] = nearest[query].finish();
  }
  return found;
}

}  // namespace vicinal
