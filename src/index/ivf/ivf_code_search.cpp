// Searches by code: one scorer serves all lists that a query wants. Queries go one by one, since a scorer compares
// all its queries with every row that it is given.
#include <algorithm>
#include <bit>
#include <limits>
#include <memory>
#include <utility>

#include "index/flat/exact_distance.h"
#include "index/ivf/ivf_index.h"
#include "index/ivf/list_choice.h"

namespace vicinal {
namespace {

// Rows scored at a time: at least a group of any codec.
constexpr size_t kScanRows = 256;
constexpr float kNotAllowed = std::numeric_limits<float>::quiet_NaN();

// A function of its own: engines put optimised code in place only between calls.
[[gnu::noinline]] void scan_codes(const IvfList& list, const AllowedSlots& allowed, CodeScorer& scorer,
                                  TopK& best) {
  if (allowed.count() == 0) return;
  float distances[kScanRows];
  for (size_t position = 0; position < list.size();) {
    const CodedRows::Run run = list.codes->run(position, kScanRows);
    scorer.score(run.codes, run.constants, run.row_count, distances);
    if (!allowed.all()) {
      for (size_t row = 0; row < run.row_count; ++row) {
        if (!allowed.contains(position + row)) distances[row] = kNotAllowed;
      }
    }
    best.push_scattered(distances, &list.slots[position], run.row_count);
    position += run.row_count;
  }
}

void keep_nearest(size_t count, std::vector<Candidate>& candidates) {
  sort_nearest_first(candidates);
  candidates.resize(std::min(count, candidates.size()));
}

void refine(const IvfLists& lists, CodeScorer& scorer, std::vector<Candidate>& candidates) {
  std::vector<uint8_t> buffer(lists.codec()->code_bytes());
  for (Candidate& candidate : candidates) {
    const CodedRows& codes = *lists.list(lists.list_of(candidate.slot)).codes;
    const size_t position = lists.position_of(candidate.slot);
    candidate.distance = scorer.fine(0, codes.code(position, buffer.data()), codes.constants(position));
  }
}

}  // namespace

std::vector<std::vector<Candidate>> IvfIndex::search_by_code(const float* queries, size_t query_count,
                                                             const IvfSearch& options,
                                                             const AllowedSlots& allowed) const {
  const size_t count = std::min(std::max(options.k, options.rescored), allowed.count());
  const ListChoice choice(quantizer_, lists_, allowed, options.k, options.nprobe);
  const std::vector<std::vector<uint32_t>> chosen = choice.choose(queries, query_count);
  std::vector<std::vector<Candidate>> found(query_count);
  for (size_t query = 0; query < query_count; ++query) {
    const float* asked = queries + query * lists_.dim();
    const std::unique_ptr<CodeScorer> scorer = lists_.codec()->scorer(asked, 1);
    const CandidatePlan plan = scorer->candidates_for(count, options.rescored > 0);
    TopK best(std::min(plan.count, allowed.count()));
    for (const uint32_t number : chosen[query]) {
      const IvfList& list = lists_.list(number);
      scan_codes(list, choice.allowed_in(list), *scorer, best);
    }
    found[query] = best.finish();
    if (plan.refined) {
      refine(lists_, *scorer, found[query]);
      keep_nearest(count, found[query]);
    }
    if (options.rescored > 0) {
      const ExactDistance exact(lists_.metric(), asked, lists_.dim());
      for (Candidate& candidate : found[query]) candidate.distance = exact(lists_.row(candidate.slot));
      keep_nearest(options.k, found[query]);
    }
  }
  return found;
}

}  // namespace vicinal
