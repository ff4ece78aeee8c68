// Rows in a graph (hnsw_graph.h), which a search walks to the nearest of them.
//
// The graph's nodes are rows by numbers of its own: `compact` and linking many rows at once order them by where they lie,
// so that what a walk reads lies together. Codes, where there are any, lie in the order of nodes, float rows in that of
// slots. Rows that are appended are not linked at once, nor are those that are moved: until `link_step` has come to them,
// searches compare all of them with the query besides. A moved row keeps its old edges until then, for walks to pass, and
// so does one that is withdrawn, which no search finds any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "index/flat/coded_rows.h"
#include "index/hnsw/bulk_linker.h"
#include "index/hnsw/calibration.h"
#include "index/hnsw/graph_linker.h"
#include "index/hnsw/hnsw_graph.h"
#include "index/hnsw/node_space.h"
#include "index/hnsw/node_store.h"
#include "kernels/kernel_table.h"
#include "rows/allowed_slots.h"
#include "rows/deletions.h"
#include "rows/row_blocks.h"
#include "rows/top_k.h"
#include "rows/vector_rows.h"

namespace vicinal {

struct HnswOptions {
  uint32_t m = 16;                 // M in the paper: edges of a new node on each level; 2..256
  uint32_t ef_construction = 200;  // candidates that they are chosen from; 1..65536
  uint32_t full_scan_threshold =
      1000;                 // of allowed rows that are all compared with the query: HnswIndex::scans
  uint64_t seed = 42;       // of the levels
  float target_recall = 0;  // that ef_search is calibrated for, 0.5..0.999; 0: it is not
};

/// Errors  kInvalidArgument
Status check_hnsw(const HnswOptions& options);

struct HnswSearch {
  size_t k = 10;                                                // >= 1
  size_t ef = 64;                                               // nodes that a walk keeps; at least k
  float max_distance = std::numeric_limits<float>::infinity();  // rows farther than this may be left out
  size_t rescored = 0;  // by code: so many rows, at least k, get exact distances; 0: none do
};

struct HnswStats {
  size_t linked = 0;                  // rows in the graph, where they are
  size_t pending = 0;                 // rows not yet in it, or not where they are now
  size_t removed = 0;                 // nodes whose space is not yet reclaimed
  std::vector<uint32_t> level_sizes;  // nodes of linked rows that are on each level; none for an empty graph
  std::vector<uint32_t> degrees;  // [2 m + 1] nodes of linked rows by the number of their edges on level 0
  Calibration calibration;
};

/// A walk among a small share of the rows takes about as long as reading the codes of all that are allowed, where these are
/// some thousand, and finds less: of 100,000 rows of 256 dimensions in 1,000 clusters, 1, 2 and 5 % of them allowed, 0.87,
/// 0.68 and 0.89 of the 10 nearest; from an eighth of the rows on, 0.98.
inline constexpr size_t kSparseScans = 5;
inline constexpr size_t kSparseShare = 8;

class HnswIndex {
 public:
  /// options  that have passed check_hnsw
  /// rows     the float rows, by slot; must outlive this. Empty where there are codes only.
  HnswIndex(const HnswOptions& options, const VectorRows& rows, const KernelTable& kernels);
  ~HnswIndex();

  const HnswOptions& options() const { return options_; }
  size_t dim() const { return rows_->dim(); }
  bool has_codes() const { return stored_->codes.has_value(); }
  const CodedRows& codes() const { return *stored_->codes; }
  size_t slot_count() const { return nodes_.size(); }
  HnswStats stats() const;
  uint64_t index_bytes() const;
  /// What `index_bytes` tells, about, of a graph of so many rows.
  /// coded  whether it is walked by codes
  static uint64_t bytes_needed(const HnswOptions& options, bool coded, uint64_t row_count);

  /// The rows are walked by these codes from now on: of every slot, in their order, of a codec that has a pair scorer.
  /// All rows are to be linked anew. May throw std::bad_alloc; unchanged then.
  Status take_codes(CodedRows codes);

  /// All rows are to be linked anew, by their floats.
  void drop_codes();

  const HnswGraph& graph() const { return graph_; }
  const NodeStore& stored() const { return *stored_; }
  uint32_t node(size_t slot) const { return nodes_[slot]; }
  /// The slots that have a row, in the order of their nodes.
  std::vector<uint32_t> slots_by_node() const;
  /// Takes in what was saved, while there are no rows yet.
  /// graph   whose lists have been checked
  /// stored  of its nodes: each slot once; their rows are there. Codes are of a codec that has a pair scorer.
  /// May throw std::bad_alloc; unchanged then.
  void restore(HnswGraph graph, std::unique_ptr<NodeStore> stored);

  /// Makes room for so many rows in all.
  /// Errors  kOutOfMemory, or std::bad_alloc; unchanged then
  Status reserve(size_t row_count);
  /// Takes in the rows of the next slots, [row_count x dim].
  /// Errors  kOutOfMemory, or std::bad_alloc; unchanged then
  Status append(const float* rows, size_t row_count);
  /// Rows that are not linked yet, or not where they are now.
  size_t pending() const { return live_count() + graph_.moved_count - graph_.linked_count; }
  /// Whether `link_step` has nothing to do, with `renews`.
  bool is_linked() const { return pending() == 0 && withdrawn_.count() == 0 && !is_worn(); }
  /// Links some of them, and takes withdrawn rows out of the graph: some 20 ms of work.
  /// renews   link all anew where more rows were taken out than there are: mended so often, the graph finds less. Of 20,000
  ///          rows of 64 dimensions 2,500 were left, in 50 clusters: recall 0.935 at ef 32, linked anew 1.000; without
  ///          clusters 0.66 and 0.88
  /// Returns  the share that is done, 0 to 1
  /// Errors   kOutOfMemory, or std::bad_alloc; then rows may have to be linked anew
  Result<double> link_step(bool renews);

  /// Of an update, in this order: unlinks the row in a slot, and returns whether it was linked; codes it anew; links it
  /// again, once its floats are the new ones. May throw std::bad_alloc: a row that is not linked again is pending.
  bool forget(size_t slot);
  void replace_code(size_t slot, const float* row);
  void link(size_t slot);
  /// Of an update, in place of `forget` and `link`: the row in a slot is pending from now on. May throw std::bad_alloc;
  /// unchanged then.
  void move(size_t slot);
  /// Takes moved and withdrawn rows out of the graph, which is what can be written of them. May throw std::bad_alloc;
  /// then rows may have to be linked anew.
  void unlink_moved();
  /// Takes the row out of a slot, and mends the graph; the slot stays, empty, until compaction.
  void remove(size_t slot);
  /// `remove`, but that `link_step` mends the graph. May throw std::bad_alloc; unchanged then.
  void withdraw(size_t slot);
  /// Takes back a `remove` or a `withdraw`, as long as nothing but others of them came after it: the row is pending.
  void bring_back(size_t slot);
  /// Forgets the rows from slot `slot_count` on, the newest. Where they have been linked together with others, all is
  /// as it was before that; once that is settled, the rows that stay are to be linked anew.
  void truncate(size_t slot_count);
  /// Gives back what would undo the linking of many rows. Before rows are updated or removed.
  void settle() { before_bulk_.reset(); }
  /// Closes the gaps of removed rows, which are those marked.
  Status compact(const Deletions& deletions);

  /// Whether a search among so many rows compares all of them: no more than `full_scan_threshold`, or kSparseScans times as
  /// many where that is a share of 1 / kSparseShare at most.
  bool scans(size_t allowed_count) const;

  /// What ef_search reaches the target; of no rows where none is set, or it was not found since the rows were coded.
  const Calibration& calibration() const { return calibration_; }
  void set_calibration(const Calibration& calibration);
  /// Whether there are many more rows than when it was made, and so many that searches walk.
  bool needs_calibration() const;
  /// Whether searches of all rows walk, and may miss some.
  bool walks() const;

  /// row [dim] as it was given where it is kept, else the nearest that its code can tell
  void copy_row(size_t slot, float* row) const;
  /// row [dim] the nearest that its code can tell
  void decode(size_t slot, float* row) const { stored_->codes->decode(nodes_[slot], row); }

  /// The allowed rows nearest to a query that a walk meets, nearest first, ties by smaller slot. Where it meets fewer
  /// than k of them, and where few are allowed, all that are allowed are compared with the query: there are fewer than
  /// k hits only where fewer rows are allowed.
  /// query    [dim] finite, not zero when the metric is cosine
  /// allowed  no slot without a row
  std::vector<Candidate> search(const float* query, const HnswSearch& options,
                                const AllowedSlots& allowed) const;

  /// The k allowed rows nearest to each query, all compared: by floats where they are in memory, else by codes.
  /// rescored  then this many of the nearest by code are scored again by their floats
  std::vector<std::vector<Candidate>> exact(const float* queries, size_t query_count, size_t k,
                                            size_t rescored, const AllowedSlots& allowed) const;

  /// Searches pass over the linked row in a slot of level 0 as though it were not in the graph, until it is shown again.
  void hide(size_t slot) const { graph_.visited.close(nodes_[slot]); }
  void show(size_t slot) const { graph_.visited.open(nodes_[slot]); }

  /// Whether every linked row is reached from every other.
  bool is_connected() const;
  /// Linked rows that edges of level 0 lead to from the entry, it among them.
  size_t reachable() const { return reachable_count(graph_); }

 private:
  class Unlinking;
  /// What linking many rows together replaces.
  struct Replaced {
    explicit Replaced(uint32_t m) : graph(m) {}

    HnswGraph graph;
    std::unique_ptr<NodeStore> stored;
    std::vector<uint32_t> nodes;
    Deletions withdrawn;
    size_t removed = 0;
    size_t taken_out = 0;
    size_t linked_to = 0;
  };

  std::vector<Candidate> scan(const float* query, const HnswSearch& options,
                              const AllowedSlots& allowed) const;
  std::vector<Candidate> finish(const float* query, const HnswSearch& options, NodeScorer& scorer,
                                std::vector<Candidate> by_node) const;
  void take_store(std::unique_ptr<NodeStore> stored, std::unique_ptr<NodeSpace> space);
  GraphLinker& linker();
  Result<double> bulk_step();
  void drop_bulk();
  void truncate_reordered(size_t slot_count);
  void unlink_all();
  Status renumber(const std::vector<uint32_t>& order, const std::vector<uint32_t>& new_slots);
  void unlink(uint32_t node);
  void take_out(uint32_t node);
  bool is_worn() const;
  size_t live_count() const { return stored_->size() - removed_; }
  size_t unlinked() const { return live_count() + withdrawn_.count() - graph_.linked_count; }
  // Or withdrawn.
  bool is_pending(uint32_t node) const {
    return stored_->slots[node] != kNoSlot && (!graph_.is_linked(node) || graph_.is_moved(node));
  }
  size_t next_pending() const;
  // Whether floats of all rows are in memory.
  bool has_floats() const { return rows_->size() > 0 && !rows_->is_stored(); }

  HnswOptions options_;
  const VectorRows* rows_;
  const KernelTable* kernels_;
  std::unique_ptr<NodeStore> stored_ = std::make_unique<NodeStore>();  // where the space looks for it
  std::vector<uint32_t> nodes_;                                        // of slots
  mutable HnswGraph graph_;
  std::unique_ptr<NodeSpace> space_;
  std::unique_ptr<GraphLinker> linker_;  // made when first needed
  mutable std::unique_ptr<GraphWalk> walk_;
  std::unique_ptr<BulkLinker> bulk_;  // while many rows are linked together
  std::unique_ptr<Replaced> before_bulk_;
  Calibration calibration_, last_calibration_;
  Deletions withdrawn_;      // nodes: each is moved, and keeps its slot, which tells where its row still is
  size_t removed_ = 0;       // nodes whose rows were, the withdrawn among them
  size_t taken_out_ = 0;     // rows, since all were linked together
  size_t linked_to_ = 0;     // no node before it is pending
  double dropped_work_ = 0;  // rows linked together in vain, since all was linked
};

}  // namespace vicinal
