#include <algorithm>
#include <utility>

#include "index/flat/exact_distance.h"
#include "index/flat/flat_search.h"
#include "index/ivf/ivf_index.h"

namespace vicinal {
namespace {

// Scanned rows that cost as much as one that is looked up and compared in double.
constexpr size_t kLookUpRows = 4;
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

class Search {
 public:
  Search(const IvfLists& lists, const KernelTable& kernels, const AllowedSlots& allowed, size_t k)
      : lists_(lists),
        kernels_(kernels),
        allowed_(allowed),
        everything_(allowed.count() == lists.size()),
        k_(k) {}

  // Rows of a list that are allowed.
  size_t count_in(size_t list) const {
    const std::vector<uint32_t>& slots = lists_.list(list).slots;
    if (everything_) return slots.size();
    return static_cast<size_t>(
        std::count_if(slots.begin(), slots.end(), [this](uint32_t slot) { return allowed_.contains(slot); }));
  }

  // Shows the rows of a list to queries [numbers]; queries [.. x dim] and nearest are of all.
  void scan(size_t number, const float* queries, const std::vector<uint32_t>& numbers,
            std::vector<Nearest>& nearest) const {
    const IvfList& list = lists_.list(number);
    if (list.size() == 0 || numbers.empty()) return;
    const size_t dim = lists_.dim();
    const AllowedSlots allowed = everything_ ? AllowedSlots(list.size()) : AllowedSlots(list.slots, allowed_);
    if (allowed.count() == 0) return;
    std::vector<float> gathered;
    const float* asked = queries + numbers[0] * dim;
    float bound = nearest[numbers[0]].bound();
    if (numbers.size() > 1) {
      for (const uint32_t query : numbers) {
        gathered.insert(gathered.end(), queries + query * dim, queries + (query + 1) * dim);
        bound = std::max(bound, nearest[query].bound());
      }
      asked = gathered.data();
    }
    std::vector<std::vector<Candidate>> found =
        search_flat(list.rows, kernels_, asked, numbers.size(), wanted(), allowed, bound);
    for (size_t index = 0; index < numbers.size(); ++index) {
      if (is_cut_in_ties(found[index]))
        found[index] = with_all_ties(list, queries + numbers[index] * dim, allowed, bound);
      for (Candidate& candidate : found[index]) candidate.slot = list.slots[candidate.slot];
      nearest[numbers[index]].take(found[index]);
    }
  }

  std::vector<Candidate> look_up_all(Metric metric, const float* query) const {
    const ExactDistance exact(metric, query, lists_.dim());
    TopK best(k_);
    for (size_t slot = 0; slot < lists_.slot_count(); ++slot) {
      if (lists_.contains(slot) && allowed_.contains(slot))
        best.push(exact(lists_.row(slot)), static_cast<uint32_t>(slot));
    }
    return best.finish();
  }

 private:
  // One more than the k nearest tells whether rows as near as the last of them were left out.
  size_t wanted() const { return k_ < lists_.size() ? k_ + 1 : k_; }

  bool is_cut_in_ties(const std::vector<Candidate>& found) const {
    return found.size() > k_ && found[k_ - 1].distance == found[k_].distance;
  }

  // Ties go to the smaller slot, but a list knows positions only: so it is asked for all of them.
  std::vector<Candidate> with_all_ties(const IvfList& list, const float* query, const AllowedSlots& allowed,
                                       float bound) const {
    for (size_t count = 2 * k_ + 1;; count *= 2) {
      std::vector<Candidate> found =
          std::move(search_flat(list.rows, kernels_, query, 1, count, allowed, bound)[0]);
      if (found.size() < count || found.back().distance > found[k_ - 1].distance) return found;
    }
  }

  const IvfLists& lists_;
  const KernelTable& kernels_;
  const AllowedSlots& allowed_;
  bool everything_;
  size_t k_;
};

}  // namespace

std::vector<std::vector<Candidate>> IvfIndex::search(const float* queries, size_t query_count,
                                                     const IvfSearch& options,
                                                     const AllowedSlots& allowed) const {
  std::vector<std::vector<Candidate>> found(query_count);
  if (allowed.count() == 0) return found;
  const size_t k = std::min(options.k, allowed.count());
  const size_t nprobe = std::min(options.nprobe == 0 ? default_nprobe(nlist()) : options.nprobe, nlist());
  const Search search(lists_, *kernels_, allowed, k);

  // Rows to scan, about.
  const size_t probed_rows = nlist() == 0 ? lists_.size() : lists_.size() / nlist() * nprobe;
  if (allowed.count() * kLookUpRows <= probed_rows) {
    for (size_t query = 0; query < query_count; ++query)
      found[query] = search.look_up_all(lists_.metric(), queries + query * lists_.dim());
    return found;
  }

  for (size_t first = 0; first < query_count; first += kPassQueries) {
    const size_t count = std::min(kPassQueries, query_count - first);
    const float* pass = queries + first * lists_.dim();
    std::vector<Nearest> nearest(count, Nearest(k, options.max_distance));
    std::vector<std::vector<uint32_t>> asking(lists_.list_count());  // queries, by list
    std::vector<std::vector<Candidate>> probes(count);
    if (nprobe > 0) probes = quantizer_.probe(pass, count, nprobe);
    for (uint32_t query = 0; query < count; ++query) {
      size_t rows = 0;
      for (size_t list = nlist(); list < lists_.list_count(); ++list) {
        asking[list].push_back(query);
        rows += search.count_in(list);
      }
      for (const Candidate& probe : probes[query]) {
        asking[probe.slot].push_back(query);
        rows += search.count_in(probe.slot);
      }
      if (rows >= k) continue;
      for (size_t list = 0; list < lists_.list_count(); ++list) {
        if (asking[list].empty() || asking[list].back() != query) asking[list].push_back(query);
      }
    }
    // One query goes to the nearest list first: what is found there bounds what is looked for in others. Several go to
    // the lists as they come: a list that lies in the cache serves all that ask for it.
    if (count == 1) {
      for (const Candidate& probe : probes[0]) {
        search.scan(probe.slot, pass, asking[probe.slot], nearest);
        asking[probe.slot].clear();
      }
    }
    for (size_t list = 0; list < lists_.list_count(); ++list) search.scan(list, pass, asking[list], nearest);
    for (size_t query = 0; query < count; ++query) found[first + query] = nearest[query].finish();
  }
  return found;
}

}  // namespace vicinal
