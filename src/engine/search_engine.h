// The search engine: rows with stable ids, and exact search over them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/ids.h"
#include "base/metric.h"
#include "base/result.h"
#include "engine/hits.h"
#include "kernels/kernel_table.h"
#include "persist/byte_io.h"
#include "rows/filter.h"

namespace vicinal {

struct SearchOptions {
  size_t k = 10;                                        // >= 1; more than there are rows returns all of them
  const IdFilter* filter = nullptr;                     // null: every live row
  std::optional<float> score_threshold = std::nullopt;  // only hits with score >= this
};

struct EngineStats {
  uint64_t size = 0;          // live rows
  uint64_t deleted = 0;       // removed rows whose space is not yet reclaimed
  uint64_t capacity = 0;      // rows that fit before memory grows, those there are included
  uint64_t vector_bytes = 0;  // held for rows, capacity included
  uint64_t norm_bytes = 0;    // per-row norms (cosine)
  uint64_t id_bytes = 0;      // ids and deletion marks
  uint64_t memory_bytes = 0;  // all of these together
};

/// Not safe for use by several threads at once.
class SearchEngine {
 public:
  /// dim in 1..65536.
  /// Errors  kInvalidArgument
  static Result<std::unique_ptr<SearchEngine>> create(size_t dim, Metric metric, const KernelTable& kernels);
  ~SearchEngine();

  size_t dim() const;
  Metric metric() const;
  EngineStats stats() const;

  /// Appends rows, all or none of them.
  /// rows     [row_count x dim] finite floats; no zero row when the metric is cosine
  /// Returns  id of the first; the others follow it one by one
  /// Errors   kNotFinite, kZeroVector, kCapacityExceeded, kOutOfMemory; nothing is changed then
  Result<RowId> add(const float* rows, size_t row_count);

  /// Takes the newest `row_count` rows back as if they had never been added (their ids will be given out
  /// again): undoes an `add` in parts that was stopped half-way. Only before anything else was changed.
  void undo_add(size_t row_count);

  /// Replaces a row under the same id.
  /// Errors  kNotFound, kNotFinite, kZeroVector
  Status update(RowId id, const float* row);

  /// Errors  kNotFound
  Status remove(RowId id);

  /// The row as it was given, [dim]; valid until the engine changes.
  /// Errors  kNotFound
  Result<const float*> get(RowId id) const;
  bool contains(RowId id) const;

  /// Exact search of one or many queries; many cost far less than one after another, and find the same to the
  /// last bit. Hits are ordered and scored in double precision (index/flat/flat_search.h).
  /// queries  [query_count x dim] finite floats; not zero when the metric is cosine
  /// hits     overwritten
  /// Errors   kInvalidArgument (k, or a threshold that is NaN), kNotFinite, kZeroVector; std::bad_alloc
  Status search(const float* queries, size_t query_count, const SearchOptions& options, Hits& hits) const;

  /// Makes room for `row_count` rows in all.
  /// Errors  kCapacityExceeded, kOutOfMemory; nothing is changed then
  Status reserve(size_t row_count);
  /// Bytes that an engine of `row_count` rows holds, as `stats().memory_bytes` tells after
  /// `reserve(row_count)` on a new engine.
  static uint64_t bytes_needed(size_t dim, Metric metric, uint64_t row_count);

  /// Reclaims the space of removed rows, and the spare capacity. Ids stay.
  void compact();
  /// Removes every row. Ids go on from where they were.
  void clear();

  /// Writes the live rows, so that what is loaded has no removed ones; ids and the next id are kept. The note
  /// on the byte layout stands beside the writer, in persist/engine_file.h.
  Status save(ByteSink& sink) const;
  uint64_t saved_bytes() const;
  /// Errors  kCorruptData, kUnsupportedVersion, kOutOfMemory
  static Result<std::unique_ptr<SearchEngine>> load(ByteSource& source, const KernelTable& kernels);

 private:
  struct State;
  explicit SearchEngine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vicinal
