// Searches of a sparse index go through the slots block by block. In each, every term of the query in turn adds its
// share to the sums of the rows that have it; then the rows that were touched are looked at. So the sums stay in the
// first-level cache, need no memory of the size of the index, and always add up by ascending index.
#include <algorithm>
#include <bit>
#include <cmath>

#include "base/saturate.h"
#include "index/sparse/sparse_index.h"
#include "rows/top_k.h"

namespace vicinal {
namespace {

constexpr uint32_t kBlockSlots = 2048;  // 16 KB of sums

// ln((N - df + 0.5) / (df + 0.5) + 1), written so that it is finite for statistics that contradict each other too.
double inverse_document_frequency(double row_count, double frequency) {
  return std::log((row_count + 1) / (frequency + 0.5));
}

}  // namespace

struct SparseIndex::Block {
  double sums[kBlockSlots] = {};
  uint64_t touched[kBlockSlots / 64] = {};  // a bit a slot

  void add(uint32_t slot_in_block, double share) {
    sums[slot_in_block] += share;
    touched[slot_in_block / 64] |= uint64_t{1} << (slot_in_block % 64);
  }

  // Hands `take(slot_in_block, sum)` what was touched, by ascending slot, and forgets it.
  template <typename Take>
  void drain(Take take) {
    for (uint32_t word = 0; word < kBlockSlots / 64; ++word) {
      for (uint64_t bits = touched[word]; bits != 0; bits &= bits - 1) {
        const uint32_t slot = word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
        take(slot, sums[slot]);
        sums[slot] = 0;
      }
      touched[word] = 0;
    }
  }
};

Result<std::vector<SparseHit>> SparseIndex::search(const SparseView& query,
                                                   const SparseSearchOptions& options) const {
  if (options.k == 0) return Error{ErrorCode::kInvalidArgument, 1, 0};
  const Result<std::vector<EntryKey>> keys = sorted_entries(query);
  if (!keys.ok()) return keys.error();
  double mean_length = 0;
  std::vector<Term> terms = terms_of(query, keys.value(), options.statistics, mean_length);
  std::vector<SparseHit> hits;
  if (terms.empty()) return hits;

  // By id in place of the slot, since ids need not ascend with slots.
  TopK best(std::min(options.k, size()), {},
            options.score_threshold ? -*options.score_threshold : std::numeric_limits<float>::infinity());
  Block block;
  for (;;) {
    uint32_t first_slot = NumberMap::kNone;
    for (const Term& term : terms) {
      if (term.next != term.end) first_slot = std::min(first_slot, term.next->slot);
    }
    if (first_slot == NumberMap::kNone) break;
    for (Term& term : terms) {
      if (term.next == term.end || term.next->slot - first_slot >= kBlockSlots) continue;
      if (options_.scoring == SparseScoring::kBm25) {
        add_bm25(term, first_slot, mean_length, block);
      } else {
        add_products(term, first_slot, block);
      }
    }
    block.drain([&](uint32_t slot_in_block, double sum) {
      const float distance = saturate(-sum);
      if (!(distance <= best.limit())) return;
      const uint32_t slot = first_slot + slot_in_block;
      const uint32_t id = rows_[slot].id;
      if (deletions_.contains(slot) || (options.filter != nullptr && !options.filter->allows(RowId{id})))
        return;
      best.push(distance, id);
    });
  }
  const std::vector<Candidate> nearest = best.finish();
  hits.reserve(nearest.size());
  for (const Candidate& candidate : nearest) hits.push_back({RowId{candidate.slot}, 0 - candidate.distance});
  return hits;
}

// The indices of the query that live rows have, with all that their shares have in common.
std::vector<SparseIndex::Term> SparseIndex::terms_of(const SparseView& query,
                                                     const std::vector<EntryKey>& keys,
                                                     const double* statistics, double& mean_length) const {
  const double row_count = statistics == nullptr ? static_cast<double>(size()) : statistics[0];
  const double total_length = statistics == nullptr ? total_length_ : statistics[1];
  mean_length = row_count > 0 ? total_length / row_count : 0;
  std::vector<Term> terms;
  terms.reserve(keys.size());
  for (const EntryKey key : keys) {
    const uint32_t number = list_numbers_.find(index_of(key));
    if (number == NumberMap::kNone) continue;
    const List& list = lists_[number];
    if (list.live_count == 0) continue;
    double weight = query.values[position_of(key)];
    if (options_.scoring != SparseScoring::kDot) {
      const double frequency =
          statistics == nullptr ? list.live_count : statistics[kStatisticsHeader + position_of(key)];
      weight *= inverse_document_frequency(row_count, frequency);
    }
    if (options_.scoring == SparseScoring::kBm25) weight *= options_.k1 + 1;
    terms.push_back({list.postings.data(), list.postings.data() + list.postings.size(), weight});
  }
  return terms;
}

// Functions of their own, called once a block: engines compile those for speed soon after the first call.
[[gnu::noinline]] void SparseIndex::add_products(Term& term, uint32_t first_slot, Block& block) {
  const Posting* posting = term.next;
  for (; posting != term.end && posting->slot - first_slot < kBlockSlots; ++posting) {
    block.add(posting->slot - first_slot, term.weight * posting->value);
  }
  term.next = posting;
}

[[gnu::noinline]] void SparseIndex::add_bm25(Term& term, uint32_t first_slot, double mean_length,
                                             Block& block) const {
  const double constant = options_.k1 * (1 - options_.b);
  const double per_length = mean_length > 0 ? options_.k1 * options_.b / mean_length : 0;
  const Row* const rows = rows_.data() + first_slot;
  const Posting* posting = term.next;
  for (; posting != term.end && posting->slot - first_slot < kBlockSlots; ++posting) {
    const uint32_t slot = posting->slot - first_slot;
    const double frequency = posting->value;
    block.add(slot, term.weight * (frequency / (frequency + constant + per_length * rows[slot].length)));
  }
  term.next = posting;
}

}  // namespace vicinal
