#include "index/flat/code_search.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <memory>

namespace vicinal {
namespace {

// Codes scored at a time: they stay in the second-level cache for all queries (and their planes) that pass.
constexpr size_t kScanBytes = size_t{64} * 1024;
constexpr size_t kMinScanRows = 32;  // at least a group
constexpr size_t kMaxScanRows = 1024;
// Queries that share a pass over the codes.
constexpr size_t kPassQueries = 32;

constexpr float kNotAllowed = std::numeric_limits<float>::quiet_NaN();

// A power of two, so that runs begin where groups do.
size_t scan_rows(const CodedRows& rows) {
  return std::clamp(std::bit_floor(kScanBytes / rows.codec().code_bytes()), kMinScanRows, kMaxScanRows);
}

void pass_over_others(float* distances, size_t first_slot, size_t row_count, const AllowedSlots& allowed) {
  for (size_t row = 0; row < row_count; ++row) {
    if (!allowed.contains(first_slot + row)) distances[row] = kNotAllowed;
  }
}

// One block for every query of a pass.
[[gnu::noinline]] void scan_run(const CodedRows::Run& run, const AllowedSlots& allowed, CodeScorer& scorer,
                                float* distances, std::vector<TopK>& best) {
  const size_t allowed_count = allowed.count_in(run.first_slot, run.row_count);
  if (allowed_count == 0) return;
  scorer.score(run.codes, run.constants, run.row_count, distances);
  for (TopK& selection : best) {
    if (allowed_count < run.row_count) pass_over_others(distances, run.first_slot, run.row_count, allowed);
    selection.push_run(distances, run.row_count, static_cast<uint32_t>(run.first_slot));
    distances += run.row_count;
  }
}

std::vector<Candidate> finish(TopK& selection, AfterCodes after) {
  return after == AfterCodes::kNothing ? selection.finish() : selection.finish_unordered();
}

// The `count` nearest by fine distance.
std::vector<Candidate> refine(const CodedRows& rows, size_t query, size_t count, CodeScorer& scorer,
                              const std::vector<Candidate>& candidates, AfterCodes after) {
  std::vector<uint8_t> code(rows.codec().code_bytes());
  TopK best(count);
  for (const auto& [distance, slot] : candidates)
    best.push(scorer.fine(query, rows.code(slot, code.data()), rows.constants(slot)), slot);
  return finish(best, after);
}

// Fills found, [query_count].
void search_pass(const CodedRows& rows, const float* queries, size_t query_count, size_t count,
                 const AllowedSlots& allowed, AfterCodes after, std::vector<Candidate>* found) {
  const std::unique_ptr<CodeScorer> scorer = rows.codec().scorer(queries, query_count);
  const CandidatePlan plan = scorer->candidates_for(count, after == AfterCodes::kRescoring);
  std::vector<TopK> best(query_count, TopK(std::min(plan.count, allowed.count())));
  std::vector<float> distances(query_count * scan_rows(rows));
  for (size_t slot = 0; slot < rows.size();) {
    const CodedRows::Run run = rows.run(slot, scan_rows(rows));
    slot += run.row_count;
    scan_run(run, allowed, *scorer, distances.data(), best);
  }
  for (size_t query = 0; query < query_count; ++query) {
    found[query] = plan.refined ? refine(rows, query, count, *scorer, best[query].finish_unordered(), after)
                                : finish(best[query], after);
  }
}

}  // namespace

// Not inlined, since its caller is built to be small.
[[gnu::noinline]] std::vector<std::vector<Candidate>> search_codes(const CodedRows& rows,
                                                                   const float* queries, size_t query_count,
                                                                   size_t dim, size_t count,
                                                                   const AllowedSlots& allowed,
                                                                   AfterCodes after) {
  std::vector<std::vector<Candidate>> found(query_count);
  if (allowed.count() == 0) return found;
  for (size_t first = 0; first < query_count; first += kPassQueries) {
    search_pass(rows, queries + first * dim, std::min(kPassQueries, query_count - first),
                std::min(count, allowed.count()), allowed, after, &found[first]);
  }
  return found;
}

}  // namespace vicinal
