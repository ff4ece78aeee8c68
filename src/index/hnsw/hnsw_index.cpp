#include "index/hnsw/hnsw_index.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "base/random.h"
#include "index/flat/flat_search.h"
#include "index/hnsw/cell_order.h"
#include "index/hnsw/spanning_tree.h"

namespace vicinal {
namespace {

// Rows linked between two looks at the time, some 20 ms.
constexpr size_t kLinkedAtOnce = 64;
// From so many rows on, where linking them one by one takes as long as that of half of all rows, all are linked together.
constexpr size_t kBulkRows = 1000;
// Linking a row where it is now, and mending the graph where it was, takes so many times the time of linking one; mending
// it where a row was withdrawn such a part of that.
constexpr size_t kMoveCost = 3;
constexpr size_t kWithdrawalsPerLink = 2;
// Linking all together that is given up for a change counts as so much of it at least. Where what was given up comes to all of
// it, rows are linked one by one, lest those who wait for it wait as long as there are changes.
constexpr double kLeastDroppedShare = 0.01;
// Calibrated anew where there are so many times the rows: ef_search for the same recall grows slowly with their number.
constexpr size_t kCalibratedGrowth = 2;
// Float distances confuse few rows, and fewer still by more places than that.
constexpr size_t kSpareFloats = 8;

// Every level holds 1 / m of the nodes of the one below it.
size_t random_level(uint64_t seed, uint64_t number, uint32_t m) {
  Random random(seed ^ (number * 0x9E3779B97F4A7C15ull));
  const double chance = static_cast<double>(random.next_u64() >> 11) * 0x1p-53;
  size_t level = 0;
  for (double share = 1.0 / m; chance < share && level < GraphLinks::kMaxLevel; share /= m) ++level;
  return level;
}

// Lists above level 0 that so many nodes come to have, about.
uint64_t expected_upper_lists(uint32_t m, uint64_t node_count) {
  return node_count / (m - 1);
}

}  // namespace

Status check_hnsw(const HnswOptions& options) {
  if (options.m < 2 || options.m > 256) return Error{ErrorCode::kInvalidArgument, 256, options.m};
  if (options.ef_construction < 1 || options.ef_construction > 65536)
    return Error{ErrorCode::kInvalidArgument, 65536, options.ef_construction};
  const float target = options.target_recall;
  if (target != 0 && !(target >= 0.5f && target <= 0.999f)) return Error{ErrorCode::kInvalidArgument, 1, 0};
  return {};
}

// Where linking finds no memory half-way all rows are left to be linked anew.
class HnswIndex::Unlinking {
 public:
  explicit Unlinking(HnswIndex& index) : index_(index) {}
  ~Unlinking() {
    if (armed_) index_.unlink_all();
  }
  void disarm() { armed_ = false; }

 private:
  HnswIndex& index_;
  bool armed_ = true;
};

HnswIndex::HnswIndex(const HnswOptions& options, const VectorRows& rows, const KernelTable& kernels)
    : options_(options), rows_(&rows), kernels_(&kernels), graph_(options.m) {
  space_ = stored_->space(rows, kernels);
}

HnswIndex::~HnswIndex() = default;

// A space over what is stored is made before anything is changed, since that may find no memory.
void HnswIndex::take_store(std::unique_ptr<NodeStore> stored, std::unique_ptr<NodeSpace> space) {
  bulk_.reset();
  linker_.reset();
  walk_.reset();
  space_ = std::move(space);
  stored_ = std::move(stored);
}

GraphLinker& HnswIndex::linker() {
  if (linker_ == nullptr) linker_ = std::make_unique<GraphLinker>(graph_, *space_, options_.ef_construction);
  return *linker_;
}

HnswStats HnswIndex::stats() const {
  HnswStats stats;
  stats.linked = graph_.linked_count - graph_.moved_count;
  stats.pending = pending();
  stats.removed = removed_;
  stats.calibration = calibration_;
  stats.degrees.resize(graph_.links.capacity_at(0) + 1);
  if (graph_.entry != kNoNode) stats.level_sizes.resize(graph_.top_level() + 1);
  for (uint32_t node = 0; node < stored_->slots.size(); ++node) {
    if (!graph_.is_linked(node) || graph_.is_moved(node)) continue;
    ++stats.degrees[graph_.links.list(node, 0).size()];
    for (size_t level = 0; level <= graph_.links.level(node); ++level) ++stats.level_sizes[level];
  }
  return stats;
}

uint64_t HnswIndex::index_bytes() const {
  return graph_.links.held_bytes() + graph_.visited.held_bytes() + stored_->held_bytes() +
         nodes_.capacity() * sizeof(uint32_t);
}

std::vector<uint32_t> HnswIndex::slots_by_node() const {
  std::vector<uint32_t> slots;
  slots.reserve(live_count());
  for (const uint32_t slot : stored_->slots) {
    if (slot != kNoSlot) slots.push_back(slot);
  }
  return slots;
}

void HnswIndex::restore(HnswGraph graph, std::unique_ptr<NodeStore> stored) {
  assert(nodes_.empty() && graph.links.size() == stored->size());
  std::vector<uint32_t> nodes(stored->size());
  for (uint32_t node = 0; node < stored->size(); ++node) nodes[stored->slots[node]] = node;
  std::unique_ptr<NodeSpace> space = stored->space(*rows_, *kernels_);
  graph_ = std::move(graph);
  nodes_ = std::move(nodes);
  take_store(std::move(stored), std::move(space));
  linked_to_ = next_pending();
}

uint64_t HnswIndex::bytes_needed(const HnswOptions& options, bool coded, uint64_t row_count) {
  const uint64_t numbers = 2 * row_count * sizeof(uint32_t);
  const uint64_t marks = (row_count + 63) / 64 * sizeof(uint64_t);
  const uint64_t constants = coded ? RowBlocks<float>::bytes_needed(1, row_count) : 0;
  return GraphLinks::bytes_needed(options.m, row_count, expected_upper_lists(options.m, row_count)) +
         numbers + marks + constants;
}

Status HnswIndex::append(const float* rows, size_t row_count) {
  settle();
  const size_t old_count = stored_->slots.size();
  size_t upper_lists = 0;
  for (size_t row = 0; row < row_count; ++row)
    upper_lists += random_level(options_.seed, old_count + row, options_.m);
  const size_t new_count = old_count + row_count;
  Status made = graph_.links.make_room(row_count, upper_lists);
  if (made.ok()) made = stored_->make_room(new_count, true);
  if (!made.ok()) return made;
  if (nodes_.capacity() < nodes_.size() + row_count)
    nodes_.reserve(std::max(nodes_.size() + row_count, 2 * nodes_.capacity()));
  graph_.visited.resize(new_count);
  if (has_codes()) {
    // Codes of rows that were not taken in because coding found no memory.
    stored_->codes->truncate(old_count);
    stored_->codes->append(rows, row_count);
  }
  for (size_t node = old_count; node < new_count; ++node) {
    stored_->slots.push_back(static_cast<uint32_t>(nodes_.size()));
    nodes_.push_back(static_cast<uint32_t>(node));
    graph_.links.append(random_level(options_.seed, node, options_.m));
    if (has_codes()) stored_->note_code(node);
  }
  drop_bulk();
  return {};
}

Status HnswIndex::take_codes(CodedRows codes) {
  assert(codes.size() == nodes_.size());
  // Of the nodes, in their order; removed ones keep a place.
  auto stored = std::make_unique<NodeStore>();
  stored->codes.emplace(codes.shared_codec(), codes.dim());
  const Status made = stored->make_room(stored_->slots.size(), false);
  if (!made.ok()) return made;
  for (size_t node = 0; node < stored_->slots.size(); ++node) {
    const size_t slot = stored_->slots[node] == kNoSlot ? 0 : stored_->slots[node];
    stored->slots.push_back(stored_->slots[node]);
    stored->codes->append_coded(codes.code(slot, nullptr), codes.constants(slot), 1);
    stored->note_code(node);
  }
  std::unique_ptr<NodeSpace> space = stored->space(*rows_, *kernels_);
  take_store(std::move(stored), std::move(space));
  unlink_all();
  return {};
}

void HnswIndex::drop_codes() {
  std::unique_ptr<NodeSpace> space = make_float_space(*rows_, stored_->slots, *kernels_);
  stored_->codes.reset();
  stored_->pair_constants = RowBlocks<float>(1);
  take_store(std::move(stored_), std::move(space));
  unlink_all();
}

Status HnswIndex::reserve(size_t row_count) {
  if (row_count <= stored_->slots.size()) return {};
  const size_t added = row_count - stored_->slots.size();
  nodes_.reserve(row_count);
  const Status reserved =
      graph_.links.reserve(row_count, graph_.links.upper_list_count() +
                                          static_cast<size_t>(expected_upper_lists(options_.m, added)));
  return reserved.ok() ? stored_->make_room(row_count, false) : reserved;
}

void HnswIndex::set_calibration(const Calibration& calibration) {
  last_calibration_ = std::exchange(calibration_, calibration);
}

bool HnswIndex::walks() const {
  return graph_.linked_count >=
         std::max<size_t>(kLeastCalibratedRows, size_t{options_.full_scan_threshold} + 1);
}

bool HnswIndex::needs_calibration() const {
  return options_.target_recall != 0 && walks() &&
         graph_.linked_count >= kCalibratedGrowth * calibration_.row_count;
}

void HnswIndex::copy_row(size_t slot, float* row) const {
  if (!has_floats()) return decode(slot, row);
  std::copy_n(rows_->row(slot), dim(), row);
}

std::vector<std::vector<Candidate>> HnswIndex::exact(const float* queries, size_t query_count, size_t k,
                                                     size_t rescored, const AllowedSlots& allowed) const {
  if (has_floats()) return search_flat(*rows_, *kernels_, queries, query_count, k, allowed);
  HnswSearch options;
  options.k = std::min(k, allowed.count());
  options.rescored = rescored;
  std::vector<std::vector<Candidate>> found(query_count);
  for (size_t query = 0; query < query_count; ++query)
    found[query] = scan(queries + query * dim(), options, allowed);
  return found;
}

void HnswIndex::unlink_all() {
  calibration_ = last_calibration_ = {};
  bulk_.reset();
  graph_.visited.forget();
  for (uint32_t node = 0; node < stored_->slots.size(); ++node) {
    if (withdrawn_.contains(node)) stored_->slots[node] = kNoSlot;
    graph_.visited.close(node);
    for (size_t level = 0; level <= graph_.links.level(node); ++level) graph_.links.list(node, level).clear();
  }
  graph_.entry = kNoNode;
  graph_.linked_count = 0;
  graph_.moved.clear();
  graph_.moved_count = 0;
  withdrawn_.clear();
  taken_out_ = 0;
  linked_to_ = 0;
}

size_t HnswIndex::next_pending() const {
  size_t node = linked_to_;
  while (node < stored_->slots.size() && !is_pending(static_cast<uint32_t>(node))) ++node;
  return node;
}

bool HnswIndex::is_worn() const {
  return taken_out_ >= std::max(kBulkRows, live_count());
}

Result<double> HnswIndex::link_step(bool renews) {
  const size_t withdrawn = withdrawn_.count();
  const size_t cost =
      unlinked() + kMoveCost * (graph_.moved_count - withdrawn) + withdrawn / kWithdrawalsPerLink;
  const bool is_much = pending() + withdrawn >= kBulkRows && cost >= (live_count() + 1) / 2;
  if ((is_much || (renews && is_worn())) && dropped_work_ <= static_cast<double>(live_count())) {
    if (live_count() >= kBulkRows) return bulk_step();
    unlink_all();
  }
  Unlinking unlinking(*this);
  for (size_t done = 0; done < kLinkedAtOnce; ++done) {
    linked_to_ = next_pending();
    if (linked_to_ == stored_->size()) break;
    const auto node = static_cast<uint32_t>(linked_to_);
    if (withdrawn_.contains(node)) {
      take_out(node);
      continue;
    }
    if (graph_.is_moved(node)) {
      unlink(node);
      done += kMoveCost - 1;
    }
    linker().insert(node);
  }
  linked_to_ = next_pending();
  unlinking.disarm();
  if (linked_to_ == stored_->size()) {
    dropped_work_ = 0;
    if (!renews || !is_worn()) return 1.0;
  }
  const auto left = static_cast<double>(pending() + withdrawn_.count());
  return std::min(0.999, 1 - left / static_cast<double>(live_count() + withdrawn_.count() + 1));
}

// All rows are linked anew, and change places only when that is done.
Result<double> HnswIndex::bulk_step() {
  // One that finds no memory cannot go on, nor would the next.
  std::unique_ptr<BulkLinker> bulk = std::move(bulk_);
  const double dropped_work = std::exchange(dropped_work_, std::numeric_limits<double>::infinity());
  if (bulk == nullptr) {
    bulk = std::make_unique<BulkLinker>(*stored_, withdrawn_, graph_.links, *rows_, *kernels_,
                                        options_.ef_construction);
  }
  const Status stepped = bulk->step();
  if (!stepped.ok()) return stepped.error();
  dropped_work_ = dropped_work;
  if (!bulk->is_done()) {
    bulk_ = std::move(bulk);
    return bulk_->share_done();
  }
  std::unique_ptr<NodeStore> stored = bulk->take_store();
  std::unique_ptr<NodeSpace> space = stored->space(*rows_, *kernels_);
  std::vector<uint32_t> nodes(nodes_.size(), kNoNode);
  for (uint32_t node = 0; node < stored->size(); ++node) nodes[stored->slots[node]] = node;
  auto replaced = std::make_unique<Replaced>(options_.m);
  std::swap(replaced->graph, graph_);
  replaced->nodes = std::move(nodes_);
  replaced->withdrawn = std::exchange(withdrawn_, {});
  replaced->removed = removed_;
  replaced->taken_out = taken_out_;
  replaced->linked_to = linked_to_;
  replaced->stored = std::move(stored_);
  before_bulk_ = std::move(replaced);
  graph_ = bulk->take_graph();
  nodes_ = std::move(nodes);
  removed_ = 0;
  taken_out_ = 0;
  dropped_work_ = 0;
  take_store(std::move(stored), std::move(space));
  linked_to_ = stored_->size();
  return 1.0;
}

// For a change of what it links.
void HnswIndex::drop_bulk() {
  if (bulk_ != nullptr)
    dropped_work_ += static_cast<double>(live_count()) * std::max(bulk_->share_done(), kLeastDroppedShare);
  bulk_.reset();
}

bool HnswIndex::forget(size_t slot) {
  const uint32_t node = nodes_[slot];
  drop_bulk();
  if (!graph_.is_linked(node)) return false;
  Unlinking unlinking(*this);
  unlink(node);
  unlinking.disarm();
  linked_to_ = std::min<size_t>(linked_to_, node);
  return true;
}

void HnswIndex::unlink(uint32_t node) {
  linker().remove(node);
  for (size_t level = 0; level <= graph_.links.level(node); ++level) graph_.links.list(node, level).clear();
}

// Of a withdrawn row.
void HnswIndex::take_out(uint32_t node) {
  unlink(node);
  stored_->slots[node] = kNoSlot;
  withdrawn_.unmark(node);
  ++taken_out_;
}

void HnswIndex::move(size_t slot) {
  const uint32_t node = nodes_[slot];
  if (graph_.is_linked(node)) graph_.set_moved(node, true);
  drop_bulk();
  linked_to_ = std::min<size_t>(linked_to_, node);
}

void HnswIndex::unlink_moved() {
  if (graph_.moved_count == 0) return;
  bulk_.reset();
  // Mending the graph takes longer than linking all anew.
  if (2 * graph_.moved_count >= graph_.linked_count) return unlink_all();
  Unlinking unlinking(*this);
  for (uint32_t node = 0; node < stored_->size() && graph_.moved_count > 0; ++node) {
    if (withdrawn_.contains(node)) {
      take_out(node);
    } else if (graph_.is_moved(node)) {
      unlink(node);
    }
  }
  unlinking.disarm();
}

void HnswIndex::replace_code(size_t slot, const float* row) {
  if (!has_codes()) return;
  stored_->codes->replace(nodes_[slot], row);
  stored_->note_code(nodes_[slot]);
}

void HnswIndex::link(size_t slot) {
  Unlinking unlinking(*this);
  linker().insert(nodes_[slot]);
  unlinking.disarm();
  linked_to_ = next_pending();
}

void HnswIndex::remove(size_t slot) {
  const uint32_t node = nodes_[slot];
  drop_bulk();
  // Also where there is no memory to mend the graph, which is then to be made anew.
  stored_->slots[node] = kNoSlot;
  ++removed_;
  if (!graph_.is_linked(node)) return;
  Unlinking unlinking(*this);
  unlink(node);
  ++taken_out_;
  unlinking.disarm();
}

void HnswIndex::withdraw(size_t slot) {
  const uint32_t node = nodes_[slot];
  if (!graph_.is_linked(node)) return remove(slot);
  // What can fail comes first.
  withdrawn_.make_room(stored_->size());
  graph_.set_moved(node, true);
  withdrawn_.mark(node);
  ++removed_;
  drop_bulk();
  linked_to_ = std::min<size_t>(linked_to_, node);
}

void HnswIndex::bring_back(size_t slot) {
  const uint32_t node = nodes_[slot];
  assert(node != kNoNode);
  // It keeps its edges, if any, as a moved row does.
  if (withdrawn_.contains(node)) withdrawn_.unmark(node);
  stored_->slots[node] = static_cast<uint32_t>(slot);
  --removed_;
  drop_bulk();
  linked_to_ = std::min<size_t>(linked_to_, node);
}

bool HnswIndex::is_connected() const {
  return graph_.entry == kNoNode || is_spanned(graph_.links, graph_.entry, graph_.linked_count);
}

bool HnswIndex::scans(size_t allowed_count) const {
  // Of rows that are left among many withdrawn ones, too.
  const bool is_sparse = allowed_count <= std::max(live_count(), graph_.linked_count) / kSparseShare;
  return allowed_count <= (is_sparse ? kSparseScans : 1) * size_t{options_.full_scan_threshold};
}

std::vector<Candidate> HnswIndex::search(const float* query, const HnswSearch& options,
                                         const AllowedSlots& allowed) const {
  if (allowed.count() == 0) return {};
  HnswSearch bounded = options;
  bounded.k = std::min(options.k, allowed.count());
  bounded.ef = std::max(options.ef, bounded.k);
  if (allowed.count() <= bounded.ef || scans(allowed.count()) || graph_.entry == kNoNode)
    return scan(query, bounded, allowed);
  if (walk_ == nullptr) walk_ = std::make_unique<GraphWalk>(graph_);
  const std::unique_ptr<NodeScorer> scorer = space_->from_query(query);
  const std::vector<GraphEdge>& starts = walk_->approach(*scorer, bounded.ef);
  if (allowed.count() == live_count() && withdrawn_.count() == 0) {
    walk_->run(*scorer, starts, 0, bounded.ef);
  } else {
    walk_->run_allowed(*scorer, starts, bounded.ef, {allowed, stored_->slots});
  }
  std::vector<Candidate> found;
  for (size_t index = 0; index < walk_->found().size(); ++index) {
    if (graph_.is_moved(walk_->found().node(index))) continue;
    found.push_back({walk_->found().distance(index), walk_->found().node(index)});
  }
  // Those not linked yet.
  for (size_t node = linked_to_; pending() > 0 && node < stored_->slots.size(); ++node) {
    const auto number = static_cast<uint32_t>(node);
    if (!is_pending(number) || !allowed.contains(stored_->slots[node])) continue;
    found.push_back({0, number});
    scorer->score(&number, 1, &found.back().distance);
  }
  if (found.size() < bounded.k) return scan(query, bounded, allowed);
  return finish(query, bounded, *scorer, std::move(found));
}

std::vector<Candidate> HnswIndex::finish(const float* query, const HnswSearch& options, NodeScorer& scorer,
                                         std::vector<Candidate> by_node) const {
  sort_nearest_first(by_node);
  const bool rescores = !has_codes() || options.rescored > 0;
  const size_t wanted = !has_codes() ? options.k + kSpareFloats : std::max(options.rescored, options.k);
  by_node.resize(std::min(by_node.size(), rescores ? wanted : scorer.candidates_for(options.k)));
  for (Candidate& candidate : by_node) {
    if (!rescores) candidate.distance = scorer.fine(candidate.slot);
    candidate.slot = stored_->slots[candidate.slot];
  }
  if (rescores) return rescore_flat(*rows_, *kernels_, query, options.k, by_node);
  sort_nearest_first(by_node);
  by_node.resize(std::min(by_node.size(), options.k));
  return by_node;
}

std::vector<Candidate> HnswIndex::scan(const float* query, const HnswSearch& options,
                                       const AllowedSlots& allowed) const {
  // Reading a few rows costs little; of more, codes are read faster, where the best are scored again.
  const size_t threshold = options_.full_scan_threshold;
  const bool are_few = allowed.count() <= (has_floats() ? std::max(threshold, options.ef) : threshold);
  if (rows_->size() > 0 && (are_few || (has_floats() && (!has_codes() || options.rescored == 0)))) {
    return std::move(search_flat(*rows_, *kernels_, query, 1, options.k, allowed, options.max_distance)[0]);
  }
  const std::unique_ptr<NodeScorer> scorer = space_->from_query(query);
  TopK nearest(std::max(scorer->candidates_for(options.k), std::min(options.rescored, allowed.count())));
  std::vector<uint32_t> nodes;
  std::vector<float> distances(kMaxScoredNodes);
  const auto score = [&] {
    scorer->score(nodes.data(), nodes.size(), distances.data());
    nearest.push_scattered(distances.data(), nodes.data(), nodes.size());
    nodes.clear();
  };
  const auto take = [&](uint32_t node) {
    nodes.push_back(node);
    if (nodes.size() == kMaxScoredNodes) score();
  };
  if (allowed.all()) {
    for (uint32_t node = 0; node < stored_->slots.size(); ++node) {
      if (stored_->slots[node] != kNoSlot) take(node);
    }
  } else {
    allowed.for_each([&](size_t slot) { take(nodes_[slot]); });
  }
  score();
  return finish(query, options, *scorer, nearest.finish());
}

void HnswIndex::truncate(size_t slot_count) {
  if (calibration_.row_count > slot_count) calibration_ = last_calibration_;
  if (before_bulk_ != nullptr) {
    std::unique_ptr<NodeSpace> space = before_bulk_->stored->space(*rows_, *kernels_);
    graph_ = std::move(before_bulk_->graph);
    nodes_ = std::move(before_bulk_->nodes);
    withdrawn_ = std::move(before_bulk_->withdrawn);
    removed_ = before_bulk_->removed;
    taken_out_ = before_bulk_->taken_out;
    linked_to_ = before_bulk_->linked_to;
    take_store(std::move(before_bulk_->stored), std::move(space));
    settle();
  }
  const size_t node_count = stored_->size() - (nodes_.size() - slot_count);
  const bool are_last =
      std::none_of(stored_->slots.begin(), stored_->slots.begin() + static_cast<ptrdiff_t>(node_count),
                   [&](uint32_t slot) { return slot != kNoSlot && slot >= slot_count; });
  if (!are_last) return truncate_reordered(slot_count);
  bool has_linked = false;
  for (size_t node = node_count; node < stored_->slots.size(); ++node) {
    const auto number = static_cast<uint32_t>(node);
    if (stored_->slots[node] == kNoSlot || withdrawn_.contains(node)) --removed_;
    if (withdrawn_.contains(node)) withdrawn_.unmark(node);
    if (!graph_.is_linked(number)) continue;
    has_linked = true;
    graph_.set_moved(number, false);
    --graph_.linked_count;
    graph_.visited.close(number);
  }
  for (uint32_t node = 0; has_linked && node < node_count; ++node) {
    for (size_t level = 0; level <= graph_.links.level(node); ++level) {
      LinkList list = graph_.links.list(node, level);
      for (size_t index = list.size(); index-- > 0;) {
        if (list[index] >= node_count) list.remove(index);
      }
    }
  }
  bulk_.reset();
  graph_.links.truncate(node_count);
  stored_->slots.resize(node_count);
  nodes_.resize(slot_count);
  graph_.visited.resize(node_count);
  if (has_codes()) {
    stored_->codes->truncate(node_count);
    stored_->pair_constants.truncate(node_count);
  }
  linked_to_ = std::min(linked_to_, node_count);
  if (has_linked) choose_entry(graph_);
}

// Where all rows have been linked together, and that is settled, the newest are among the others: they become removed
// nodes, and what is left is to be linked anew.
void HnswIndex::truncate_reordered(size_t slot_count) {
  unlink_all();
  for (uint32_t& slot : stored_->slots) {
    if (slot == kNoSlot || slot < slot_count) continue;
    slot = kNoSlot;
    ++removed_;
  }
  nodes_.resize(slot_count);
}

Status HnswIndex::compact(const Deletions& deletions) {
  if (withdrawn_.count() > 0) unlink_moved();
  std::vector<uint32_t> order = linked_by_cells(graph_);
  order.reserve(live_count());
  for (uint32_t node = 0; node < stored_->slots.size(); ++node) {
    if (stored_->slots[node] != kNoSlot && !graph_.is_linked(node)) order.push_back(node);
  }
  // Where the rows of slots will be.
  std::vector<uint32_t> new_slots(nodes_.size(), kNoSlot);
  uint32_t kept = 0;
  for (size_t slot = 0; slot < nodes_.size(); ++slot) {
    if (!deletions.contains(slot)) new_slots[slot] = kept++;
  }
  return renumber(order, new_slots);
}

// order      [n] the nodes that are kept, as they will follow one another
// new_slots  [slot_count] of the slots there are
Status HnswIndex::renumber(const std::vector<uint32_t>& order, const std::vector<uint32_t>& new_slots) {
  const size_t count = order.size();
  std::vector<uint32_t> numbers(stored_->slots.size(), kNoNode);
  for (uint32_t number = 0; number < count; ++number) numbers[order[number]] = number;
  Result<HnswGraph> graph = renumbered(graph_, order, numbers);
  if (!graph.ok()) return graph.error();
  Result<NodeStore> stored = stored_->renumbered(order);
  if (!stored.ok()) return stored.error();
  for (uint32_t& slot : stored.value().slots) slot = new_slots[slot];
  std::vector<uint32_t> nodes(count);
  for (uint32_t number = 0; number < count; ++number) nodes[stored.value().slots[number]] = number;
  auto taken = std::make_unique<NodeStore>(std::move(stored.value()));
  std::unique_ptr<NodeSpace> space = taken->space(*rows_, *kernels_);
  graph_ = std::move(graph.value());
  nodes_ = std::move(nodes);
  take_store(std::move(taken), std::move(space));
  removed_ = 0;
  linked_to_ = 0;
  linked_to_ = next_pending();
  return {};
}

}  // namespace vicinal
