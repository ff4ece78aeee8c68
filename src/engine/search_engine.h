// The search engine: rows with stable ids, kept as floats, as codes or as both, and search over them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/ids.h"
#include "base/metric.h"
#include "base/result.h"
#include "engine/hits.h"
#include "index/hnsw/hnsw_index.h"
#include "kernels/kernel_table.h"
#include "persist/byte_io.h"
#include "quantize/quantization.h"
#include "rows/filter.h"

namespace vicinal {

enum class IndexKind : uint32_t { kFlat = 0, kIvf = 1, kHnsw = 2 };  // crosses to TypeScript

struct EngineOptions {
  size_t dim = 0;  // 1..65536
  Metric metric = Metric::kCosine;
  std::optional<Quantization> quantization = std::nullopt;
  IndexKind index = IndexKind::kFlat;
  HnswOptions hnsw = {};  // of a graph
};

struct SearchOptions {
  size_t k = 10;                                        // >= 1; more than there are rows returns all of them
  const IdFilter* filter = nullptr;                     // null: every live row
  std::optional<float> score_threshold = std::nullopt;  // only hits with score >= this
  /// Where rows are kept as codes and as floats: oversampling x k best rows by code are scored again exactly.
  /// 1 or more; 0 searches by code alone.
  float oversampling = 0;
  /// Search the float rows, whatever codes there are, in all lists.
  bool exact = false;
  /// With lists: how many are searched, of those nearest to the query. 0: 1.5 times the root of their number,
  /// at least 8.
  size_t nprobe = 0;
  /// With a graph: nodes that a walk keeps, more for more recall; at least k. 0: the calibrated one, else 64.
  size_t ef_search = 0;
};

struct EngineStats {
  uint64_t size = 0;          // live rows
  uint64_t deleted = 0;       // removed rows whose space is not yet reclaimed
  uint64_t capacity = 0;      // rows that fit before memory grows, those there are included
  uint64_t vector_bytes = 0;  // held for float rows, capacity included
  uint64_t norm_bytes = 0;    // per-row norms (cosine)
  uint64_t code_bytes = 0;    // codes, and what belongs to each
  uint64_t codec_bytes = 0;   // what their codec has learned
  uint64_t index_bytes = 0;   // lists' centroids, and where each row is
  uint64_t id_bytes = 0;      // ids and deletion marks
  uint64_t memory_bytes = 0;  // all of these together
};

/// Not safe for use by several threads at once.
///
/// With quantization, rows are kept as floats and searched exactly until there are enough for the codec to learn
/// from (Codec::sample_size); from then on they are searched by their codes.
///
/// With an inverted file, every row is searched until lists are trained, by `begin_list_training`; from then on those
/// of the lists nearest to the query.
///
/// With a graph, searches walk it: by codes where rows have codes, else by the float rows. With quantization that are
/// scalar codes of 8 or 4 bits, and not under Manhattan distance; rows are linked once the codec has learned.
class SearchEngine {
 public:
  /// Errors  kInvalidArgument
  static Result<std::unique_ptr<SearchEngine>> create(const EngineOptions& options,
                                                      const KernelTable& kernels);
  ~SearchEngine();

  size_t dim() const;
  Metric metric() const;
  const std::optional<Quantization>& quantization() const;
  EngineStats stats() const;

  /// Appends rows, all or none of them. Trains the codec first where these make the rows enough: in one go, so
  /// that a caller who wants to report or to stop trains it before, by `begin_training`.
  /// rows     [row_count x dim] finite floats; no zero row when the metric is cosine
  /// links    with a graph: link the rows to it, in one go; else `link_step` does it later
  /// Returns  id of the first; the others follow it one by one
  /// Errors   kNotFinite, kZeroVector, kCapacityExceeded, kOutOfMemory; std::bad_alloc. No row is changed then.
  Result<RowId> add(const float* rows, size_t row_count, bool links = true);

  /// Takes the newest `row_count` rows back as if they had never been added (their ids will be given out
  /// again): undoes an `add` in parts that was stopped half-way. Only before anything else was changed. A training
  /// that went before it is undone, too; but rows in lists that have been coded stay so.
  void undo_add(size_t row_count);
  /// After the last `add` of several that belong together, or after one: gives back what would undo a training that
  /// came with them, the float rows from before it, and the graph from before many rows were linked together.
  void end_add();

  /// Whether rows are searched by code.
  bool is_trained() const;
  /// Rows that training needs at least, and uses at most; zeros without quantization.
  Codec::SampleSize training_sample() const;
  /// Starts to train the codec, with the float rows that there are. Nothing else may be changed until it is done
  /// or ended.
  /// for_add  rows will be added next, and `undo_add` or `end_add` will be called
  /// Returns  how many more rows it can use
  /// Errors   kInvalidArgument (no quantization, or codes without float rows: these cannot be coded anew);
  ///          std::bad_alloc
  Result<size_t> begin_training(bool for_add = false);
  /// Gives it more rows to learn from, [row_count x dim], which are not added.
  /// Errors  kNotFinite, kZeroVector; std::bad_alloc
  Status add_training_rows(const float* rows, size_t row_count);
  /// Some 20 ms of training, and of coding the rows that there are. After the last step they are searched by code.
  /// Returns  the share that is done, 0 to 1: 1 after the last step
  /// Errors   kInvalidArgument (not begun, or no rows to learn from), kOutOfMemory; std::bad_alloc
  Result<double> training_step();
  /// Ends it before it is done: all is as it was before.
  void end_training();

  IndexKind index() const;
  /// With a graph: its options, and what it is like now; null, and zeros, without one.
  const HnswOptions* hnsw() const;
  HnswStats graph_stats() const;
  /// Whether every row of the graph is reached from every other; true without one.
  bool graph_is_connected() const;
  /// Rows of the graph that edges of its lowest level lead to from where walks start; 0 without one.
  /// May throw std::bad_alloc.
  size_t reachable() const;
  /// Some 20 ms of linking rows to the graph that were added or updated without, of mending it where some were removed
  /// without, and then, where a recall is the target, of calibrating, if there are twice the rows of the last time. Until
  /// rows are linked, searches compare them with the query, one by one.
  /// renews   link all anew where more rows were taken out of the graph than there are, which it suffers from
  /// Returns  the share that is done, 0 to 1: 1 where nothing is left to do
  /// Errors   kOutOfMemory; std::bad_alloc
  Result<double> link_step(bool renews = true);
  /// Starts to find which ef_search reaches the target recall. Nothing may be changed until it is done or ended.
  /// queries      [query_count x dim] of the kind that will be searched for; none: a sample of the rows
  /// Errors  kInvalidArgument (no graph, or no target), kNotFinite, kZeroVector; std::bad_alloc
  Status begin_calibration(const float* queries = nullptr, size_t query_count = 0);
  /// Some 20 ms of it. Where there are so few rows that searches are exact nothing is to be found.
  /// Returns  the share that is done, 0 to 1: 1 after the last step
  /// Errors   kInvalidArgument (not begun); std::bad_alloc
  Result<double> calibration_step();
  /// Ends it before it is done: all is as it was before.
  void end_calibration();
  /// Nodes that a walk for k hits keeps, unless told.
  size_t ef_search(size_t k) const;
  /// Rows that `link_step` would link; 0 without a graph, and while its codec has not learned.
  size_t pending_links() const;
  /// Whether `link_step` has nothing to do, with `renews`.
  bool is_linked() const;
  /// Lists of an inverted file; 0 until trained, and where there is none.
  size_t nlist() const;
  /// Rows of the largest list in relation to the mean; 0 without lists.
  double list_imbalance() const;
  /// Starts to sort the rows into lists, anew where they are sorted already. Rows may be added, updated, removed and
  /// searched before it is done.
  /// nlist   1..65536; 0: twice the root of the number of rows; no more than there are rows
  /// Errors  kInvalidArgument (no inverted file, or no rows); std::bad_alloc
  Status begin_list_training(size_t nlist, uint64_t seed);
  /// Some 20 ms of it.
  /// Returns  the share that is done, 0 to 1: 1 after the last step
  /// Errors   kInvalidArgument (not begun), kOutOfMemory; std::bad_alloc
  Result<double> list_training_step();
  /// Ends it before it is done. Until the lists are known all is as it was before; rows that have moved to them stay
  /// there, and searches scan the others too.
  void end_list_training();

  /// Replaces a row under the same id.
  /// links   with a graph: link the row anew; else `link_step` does it later
  /// Errors  kNotFound, kNotFinite, kZeroVector; std::bad_alloc
  Status update(RowId id, const float* row, bool links = true);

  /// links   with a graph: mend it; else `link_step` does it later
  /// Errors  kNotFound; std::bad_alloc
  Status remove(RowId id, bool links = true);
  /// Takes back the `remove` of a row, as long as nothing but others of them came after it. With a graph `link_step`
  /// links the row again.
  /// Errors  kNotFound (no row was removed under this id), kInvalidArgument (rows are in lists)
  Status bring_back(RowId id);

  /// The row, [dim], as it was given where it is kept, else the nearest that its code can tell. Valid until the
  /// next call.
  /// Errors  kNotFound; std::bad_alloc
  Result<const float*> get(RowId id) const;
  bool contains(RowId id) const;

  /// Search of one or many queries; many cost far less than one after another, and find the same to the last
  /// bit. Exact hits are ordered and scored in double precision (index/flat/flat_search.h).
  /// queries  [query_count x dim] finite floats; not zero when the metric is cosine
  /// hits     overwritten
  /// range    only rows in these slots: the exact hits of ranges that follow one another, merged with ties to the
  ///          earlier range, are those of all of them
  /// Errors   kInvalidArgument (k, a threshold that is NaN; oversampling below 1 and not 0, oversampling or
  ///          exact without float rows), kNotFinite, kZeroVector; std::bad_alloc
  Status search(const float* queries, size_t query_count, const SearchOptions& options, Hits& hits,
                SlotRange range = {}) const;

  /// Makes room for `row_count` rows in all.
  /// Errors  kCapacityExceeded, kOutOfMemory; nothing is changed then
  Status reserve(size_t row_count);
  /// Bytes that an engine of `row_count` rows holds, as `stats().memory_bytes` tells after
  /// `reserve(row_count)` on a new engine, where codes have been trained; about, with a graph, whose levels are random.
  /// Lists are not counted.
  /// Errors  kInvalidArgument
  static Result<uint64_t> bytes_needed(const EngineOptions& options, uint64_t row_count);

  /// Reclaims the space of removed rows, and the spare capacity. Ids stay, unless
  /// renumbers  they become 0, 1, 2, ... in the order in which they are, and the next row gets the next
  /// Errors     kOutOfMemory (a graph); std::bad_alloc. Unchanged then.
  Status compact(bool renumbers = false);
  /// Removes every row. Ids go on from where they were. What a codec has learned is forgotten.
  void clear();

  /// Writes the live rows, so that what is loaded has no removed ones; ids and the next id are kept. The note
  /// on the byte layout stands beside the writer, in persist/engine_file.h. Rows that were updated and are not linked anew
  /// yet are pending in it, and here from then on: not in the graph. May throw std::bad_alloc.
  Status save(ByteSink& sink) const;
  uint64_t saved_bytes() const;
  /// Begins what `save` does, to be done by `save_step` some milliseconds at a time. Any change of the engine ends it.
  /// sink          must outlive it
  /// compares_all  do not go by what `note_saved` tells: what is stored may be damaged. May throw std::bad_alloc.
  void begin_save(ByteSink& sink, bool compares_all = false);
  /// Returns  whether all is written
  /// Errors   the sink's; kInvalidArgument where none to this sink is under way
  Result<bool> save_step(ByteSink& sink);
  /// To be called when what was written last so, or what it was loaded from, is what the next save so takes the place of:
  /// float rows of which none was removed or changed since are not written again (ByteSink::write_same).
  void note_saved();
  /// Errors  kCorruptData, kUnsupportedVersion, kOutOfMemory
  static Result<std::unique_ptr<SearchEngine>> load(ByteSource& source, const KernelTable& kernels);

  // --- float rows in a file, where rows have codes too: read when they are scored again, searched exactly or asked for.
  // Rows that are added or updated later are in memory. Where reading fails, what needed it does, with kCorruptData
  // (actual: the offset in the source) or the source's error.

  /// Leaves the float rows where they were saved. Reads nothing.
  /// saved   what `save` wrote of the rows as they are now
  /// Returns whether they are there: where rows have no codes, or are in lists, they stay in memory
  /// Errors  kInvalidArgument (expected: `saved_bytes()`; actual: another size), kOutOfMemory; std::bad_alloc. All is as
  ///         it was then.
  Result<bool> keep_rows_in(std::unique_ptr<ByteSource> saved);
  /// `load`, but for rows that are left where they are.
  /// Errors  as load
  static Result<std::unique_ptr<SearchEngine>> load_but_rows(std::unique_ptr<ByteSource> saved,
                                                             const KernelTable& kernels);
  /// Whether they are in a file.
  bool has_rows_in_file() const;
  /// Reads some of them into memory, at most `row_count`: once all are, it is as if they had never been in a file.
  /// Returns  the share that is read: 1 where none is in a file
  /// Errors   kOutOfMemory, std::bad_alloc; those of reading. All are in the file then, and the next step begins anew.
  Result<double> load_rows_step(size_t row_count);

 private:
  struct State;
  explicit SearchEngine(std::unique_ptr<State> state);
  Status train_for_add(const float* rows, size_t row_count);
  static Result<std::unique_ptr<SearchEngine>> load(ByteSource& source, const KernelTable& kernels,
                                                    bool leaves_rows);
  Result<bool> place_rows(std::unique_ptr<ByteSource> saved, uint64_t offset);
  std::unique_ptr<State> state_;
};

}  // namespace vicinal
