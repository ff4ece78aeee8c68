// Sparse vectors by row id, searched by an inverted index: for every index the rows that have it, with their values.
// Scores are sums of products, or BM25 over term frequencies.
// Source of BM25: Robertson, Zaragoza. The Probabilistic Relevance Framework: BM25 and Beyond. FnTIR 2009. Departs from
// it: the inverse document frequency is ln((N - df + 0.5) / (df + 0.5) + 1), which is never negative.
//
// Rows lie in slots, in the order of being set. A row that is set again gets a new slot, so the postings of an index
// always ascend by slot; those of removed rows stay until `compact`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "index/sparse/number_map.h"
#include "index/sparse/sparse_vector.h"
#include "rows/deletions.h"
#include "rows/filter.h"
#include "rows/row_blocks.h"

namespace vicinal {

/// What the score of a row is: a sum over the indices that it shares with the query. Values cross to TypeScript: they
/// never change.
enum class SparseScoring : uint32_t {
  kDot = 0,     // query value * row value
  kDotIdf = 1,  // query value * idf * row value
  kBm25 =
      2,  // query value * idf * (k1 + 1) * tf / (tf + k1 * (1 - b + b * length / mean length)): the row values
          // are term frequencies, tf, above 0; their sum is the row's length
};

inline constexpr double kMaxK1 = 1000;

struct SparseOptions {
  SparseScoring scoring = SparseScoring::kDot;
  double k1 = 1.2;  // of BM25: 0 .. kMaxK1; how much more a term counts that is there again
  double b = 0.75;  // of BM25: 0 .. 1; how much longer rows are held to say the same
};

/// What scores depend on beside the row: doubles, so that those of several indexes may be added up.
/// { rows, sum of their lengths (0 unless BM25), then for each index of a query the rows that have it }
inline constexpr size_t kStatisticsHeader = 2;

struct SparseSearchOptions {
  size_t k = 10;                              // >= 1
  const IdFilter* filter = nullptr;           // null: every row
  std::optional<float> score_threshold = {};  // only rows with score >= this are hits
  /// [kStatisticsHeader + query count], of the query's indices in its order; null: the index's own.
  const double* statistics = nullptr;
};

struct SparseHit {
  RowId id;
  float score;
};

struct SparseStats {
  size_t size = 0;             // live rows
  size_t deleted = 0;          // slots of removed rows
  size_t index_count = 0;      // distinct indices since the last compaction
  uint64_t posting_count = 0;  // entries, those of removed rows too
  uint64_t memory_bytes = 0;
};

class SparseIndex {
 public:
  /// Errors  kInvalidArgument
  static Result<std::unique_ptr<SparseIndex>> create(const SparseOptions& options);

  size_t size() const { return rows_.size() - deletions_.count(); }
  bool contains(RowId id) const { return find(id) != NumberMap::kNone; }
  SparseStats stats() const;

  /// Adds the row of an id, or replaces it. A row may be empty: it counts in the statistics, and is never a hit.
  /// Errors  as sorted_entries; kInvalidArgument also for a term frequency of 0 or less (actual: position) and an id of
  ///         kMaxRowCount; kCapacityExceeded, kOutOfMemory. May throw std::bad_alloc. All rows are unchanged then.
  Status set(RowId id, const SparseView& vector);

  /// Errors  kNotFound. May throw std::bad_alloc; unchanged then.
  Status remove(RowId id);

  /// The row of an id, by ascending index, in place of what the arrays hold.
  /// Errors  kNotFound. May throw std::bad_alloc.
  Status get(RowId id, std::vector<uint32_t>& indices, std::vector<float>& values) const;

  /// Reclaims the space of removed rows, and spare capacity. May throw std::bad_alloc; unchanged then.
  void compact();

  /// Of live rows.
  /// out  [kStatisticsHeader + count], as in SparseSearchOptions
  void statistics(const uint32_t* indices, size_t count, double* out) const;

  /// The best rows of those that have an index in common with the query, best first, ties by smaller id. A score depends
  /// on the row, the query and the statistics alone: not on other rows, nor on the order of anything.
  /// Errors  as sorted_entries, and kInvalidArgument for k = 0. May throw std::bad_alloc.
  Result<std::vector<SparseHit>> search(const SparseView& query, const SparseSearchOptions& options) const;

 private:
  struct Posting {
    uint32_t slot;
    float value;
  };
  // The rows that have one index.
  struct List {
    uint32_t index;
    uint32_t live_count;
    std::vector<Posting> postings;  // ascending by slot
  };
  struct Row {
    uint32_t id;
    uint32_t end;  // of its entries: after the last
    float length;  // 0 unless BM25
  };
  // What is left of a query's index during a search.
  struct Term {
    const Posting* next;
    const Posting* end;
    double weight;
  };
  struct Block;

  explicit SparseIndex(const SparseOptions& options) : options_(options) {}

  uint32_t find(RowId id) const;
  uint32_t list_for(uint32_t index);
  void leave(uint32_t slot);
  size_t first_entry(size_t slot) const { return slot == 0 ? 0 : rows_[slot - 1].end; }

  std::vector<Term> terms_of(const SparseView& query, const std::vector<EntryKey>& keys,
                             const double* statistics, double& mean_length) const;
  static void add_products(Term& term, uint32_t first_slot, Block& block);
  void add_bm25(Term& term, uint32_t first_slot, double mean_length, Block& block) const;

  SparseOptions options_;
  NumberMap list_numbers_;  // by index
  std::vector<List> lists_;
  NumberMap slots_;                 // by id; of removed rows too
  std::vector<Row> rows_;           // by slot
  RowBlocks<uint32_t> entries_{1};  // the numbers of the lists that each slot is in, by ascending index
  double total_length_ = 0;         // of live rows; exact while term frequencies are whole numbers
  Deletions deletions_;
};

}  // namespace vicinal
