#include "index/hnsw/hnsw_index.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/random.h"
#include "index/flat/flat_search.h"
#include "index/hnsw/spanning_tree.h"

namespace vicinal {
namespace {

// Rows linked between two looks at the time, some 20 ms.
constexpr size_t kLinkedAtOnce = 64;
// Float distances confuse few rows, and fewer still by more places than that.
constexpr size_t kSpareFloats = 8;
constexpr uint32_t kNone = 0xFFFFFFFFu;

// Every level holds 1 / m of the nodes of the one below it.
size_t random_level(uint64_t seed, uint64_t number, uint32_t m) {
  Random random(seed ^ (number * 0x9E3779B97F4A7C15ull));
  const double chance = static_cast<double>(random.next_u64() >> 11) * 0x1p-53;
  size_t level = 0;
  for (double share = 1.0 / m; chance < share && level < GraphLinks::kMaxLevel; share /= m) ++level;
  return level;
}

}  // namespace

Status check_hnsw(const HnswOptions& options) {
  if (options.m < 2 || options.m > 256) return Error{ErrorCode::kInvalidArgument, 256, options.m};
  if (options.ef_construction < 1 || options.ef_construction > 65536)
    return Error{ErrorCode::kInvalidArgument, 65536, options.ef_construction};
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
    : options_(options), rows_(&rows), kernels_(&kernels), pair_constants_(1), graph_(options.m) {
  make_space();
}

HnswIndex::~HnswIndex() = default;

void HnswIndex::make_space() {
  linker_.reset();
  walk_.reset();
  space_ = codes_ ? make_code_space(*codes_, pair_constants_) : make_float_space(*rows_, slots_, *kernels_);
}

GraphLinker& HnswIndex::linker() {
  if (linker_ == nullptr) linker_ = std::make_unique<GraphLinker>(graph_, *space_, options_.ef_construction);
  return *linker_;
}

HnswStats HnswIndex::stats() const {
  HnswStats stats;
  stats.linked = graph_.linked_count;
  stats.pending = pending();
  stats.removed = removed_;
  stats.level_count = graph_.entry == kNoNode ? 0 : graph_.top_level() + 1;
  uint64_t edge_count = 0;
  for (uint32_t node = 0; node < slots_.size(); ++node) {
    if (!graph_.is_linked(node)) continue;
    const size_t degree = graph_.links.list(node, 0).size();
    edge_count += degree;
    stats.largest_degree = std::max(stats.largest_degree, degree);
  }
  if (stats.linked > 0)
    stats.mean_degree = static_cast<double>(edge_count) / static_cast<double>(stats.linked);
  stats.graph_bytes = index_bytes();
  return stats;
}

uint64_t HnswIndex::index_bytes() const {
  return graph_.links.held_bytes() + graph_.visited.held_bytes() + pair_constants_.held_bytes() +
         (uint64_t{slots_.capacity()} + nodes_.capacity()) * sizeof(uint32_t);
}

Status HnswIndex::append(const float* rows, size_t row_count) {
  const size_t old_count = slots_.size();
  size_t upper_lists = 0;
  for (size_t row = 0; row < row_count; ++row)
    upper_lists += random_level(options_.seed, old_count + row, options_.m);
  Status made = graph_.links.make_room(row_count, upper_lists);
  if (made.ok() && codes_) made = codes_->make_room(row_count);
  if (made.ok() && codes_) made = pair_constants_.make_room(row_count);
  if (!made.ok()) return made;
  const size_t new_count = old_count + row_count;
  if (slots_.capacity() < new_count) slots_.reserve(std::max(new_count, 2 * slots_.capacity()));
  if (nodes_.capacity() < nodes_.size() + row_count)
    nodes_.reserve(std::max(nodes_.size() + row_count, 2 * nodes_.capacity()));
  graph_.visited.resize(new_count);
  if (codes_) codes_->append(rows, row_count);
  for (size_t node = old_count; node < new_count; ++node) {
    slots_.push_back(static_cast<uint32_t>(nodes_.size()));
    nodes_.push_back(static_cast<uint32_t>(node));
    graph_.links.append(random_level(options_.seed, node, options_.m));
    if (!codes_) continue;
    const float constant =
        codes_->codec().pair_constant(codes_->code(node, nullptr), codes_->constants(node));
    pair_constants_.append_reserved(&constant, 1);
  }
  return {};
}

Status HnswIndex::take_codes(CodedRows codes) {
  assert(codes.size() == nodes_.size());
  // Of the nodes, in their order.
  CodedRows ordered(codes.shared_codec(), rows_->dim());
  RowBlocks<float> constants(1);
  Status made = ordered.reserve(slots_.size());
  if (made.ok()) made = constants.reserve(slots_.size());
  if (!made.ok()) return made;
  for (const uint32_t slot : slots_) {
    // Removed rows keep a place.
    const size_t from = slot == kNone ? 0 : slot;
    ordered.append_coded(codes.code(from, nullptr), codes.constants(from), 1);
    const float constant = codes.codec().pair_constant(codes.code(from, nullptr), codes.constants(from));
    constants.append_reserved(&constant, 1);
  }
  codes_ = std::move(ordered);
  pair_constants_ = std::move(constants);
  unlink_all();
  make_space();
  return {};
}

void HnswIndex::drop_codes() {
  codes_.reset();
  pair_constants_ = RowBlocks<float>(1);
  unlink_all();
  make_space();
}

Status HnswIndex::reserve(size_t row_count) {
  if (row_count <= slots_.size()) return {};
  const size_t added = row_count - slots_.size();
  slots_.reserve(row_count);
  nodes_.reserve(row_count);
  // As many lists above level 0 as there will be, about.
  const Status reserved =
      graph_.links.reserve(row_count, graph_.links.upper_list_count() + added / (options_.m - 1));
  if (!reserved.ok() || !codes_) return reserved;
  const Status coded = codes_->reserve(row_count);
  return coded.ok() ? pair_constants_.reserve(row_count) : coded;
}

void HnswIndex::unlink_all() {
  for (uint32_t node = 0; node < slots_.size(); ++node) {
    graph_.visited.close(node);
    for (size_t level = 0; level <= graph_.links.level(node); ++level) graph_.links.list(node, level).clear();
  }
  graph_.entry = kNoNode;
  graph_.linked_count = 0;
  linked_to_ = 0;
}

size_t HnswIndex::next_pending() const {
  size_t node = linked_to_;
  while (node < slots_.size() && (slots_[node] == kNone || graph_.is_linked(static_cast<uint32_t>(node))))
    ++node;
  return node;
}

Result<double> HnswIndex::link_step() {
  Unlinking unlinking(*this);
  for (size_t done = 0; done < kLinkedAtOnce; ++done) {
    linked_to_ = next_pending();
    if (linked_to_ == slots_.size()) break;
    linker().insert(static_cast<uint32_t>(linked_to_));
  }
  linked_to_ = next_pending();
  unlinking.disarm();
  if (linked_to_ == slots_.size()) return 1.0;
  return static_cast<double>(graph_.linked_count) / static_cast<double>(graph_.linked_count + pending());
}

bool HnswIndex::forget(size_t slot) {
  const uint32_t node = nodes_[slot];
  if (!graph_.is_linked(node)) return false;
  Unlinking unlinking(*this);
  linker().remove(node);
  for (size_t level = 0; level <= graph_.links.level(node); ++level) graph_.links.list(node, level).clear();
  unlinking.disarm();
  return true;
}

void HnswIndex::update(size_t slot, const float* row, bool links) {
  const uint32_t node = nodes_[slot];
  if (codes_) {
    codes_->replace(node, row);
    *pair_constants_.row(size_t{node}) =
        codes_->codec().pair_constant(codes_->code(node, nullptr), codes_->constants(node));
  }
  if (!links) return;
  Unlinking unlinking(*this);
  linker().insert(node);
  unlinking.disarm();
}

void HnswIndex::remove(size_t slot) {
  const uint32_t node = nodes_[slot];
  if (graph_.is_linked(node)) {
    Unlinking unlinking(*this);
    linker().remove(node);
    unlinking.disarm();
  }
  slots_[node] = kNone;
  ++removed_;
}

bool HnswIndex::is_connected() const {
  return graph_.entry == kNoNode || is_spanned(graph_.links, graph_.entry, graph_.linked_count);
}

std::vector<Candidate> HnswIndex::search(const float* query, const HnswSearch& options,
                                         const AllowedSlots& allowed) const {
  if (allowed.count() == 0) return {};
  HnswSearch bounded = options;
  bounded.k = std::min(options.k, allowed.count());
  bounded.ef = std::max(options.ef, bounded.k);
  if (allowed.count() <= std::max<size_t>(options_.full_scan_threshold, bounded.ef) ||
      graph_.entry == kNoNode)
    return scan(query, bounded, allowed);
  if (walk_ == nullptr) walk_ = std::make_unique<GraphWalk>(graph_);
  const std::unique_ptr<NodeScorer> scorer = space_->from_query(query);
  const GraphEdge start = walk_->descend(*scorer, 0);
  if (allowed.count() == slots_.size() - removed_) {
    walk_->run(*scorer, start, 0, bounded.ef);
  } else {
    walk_->run_allowed(*scorer, start, bounded.ef, {allowed, slots_});
  }
  std::vector<Candidate> found;
  for (size_t index = 0; index < walk_->found().size(); ++index)
    found.push_back({walk_->found().distance(index), walk_->found().node(index)});
  // Those not linked yet.
  for (size_t node = linked_to_; pending() > 0 && node < slots_.size(); ++node) {
    if (slots_[node] == kNone || graph_.is_linked(static_cast<uint32_t>(node)) ||
        !allowed.contains(slots_[node]))
      continue;
    const auto number = static_cast<uint32_t>(node);
    found.push_back({0, number});
    scorer->score(&number, 1, &found.back().distance);
  }
  if (found.size() < bounded.k) return scan(query, bounded, allowed);
  return finish(query, bounded, *scorer, std::move(found));
}

std::vector<Candidate> HnswIndex::finish(const float* query, const HnswSearch& options, NodeScorer& scorer,
                                         std::vector<Candidate> by_node) const {
  sort_nearest_first(by_node);
  const bool rescores = !codes_ || options.rescored > 0;
  const size_t wanted = !codes_ ? options.k + kSpareFloats : std::max(options.rescored, options.k);
  by_node.resize(std::min(by_node.size(), rescores ? wanted : scorer.candidates_for(options.k)));
  for (Candidate& candidate : by_node) {
    if (!rescores) candidate.distance = scorer.fine(candidate.slot);
    candidate.slot = slots_[candidate.slot];
  }
  if (rescores) return rescore_flat(*rows_, *kernels_, query, options.k, by_node);
  sort_nearest_first(by_node);
  by_node.resize(std::min(by_node.size(), options.k));
  return by_node;
}

std::vector<Candidate> HnswIndex::scan(const float* query, const HnswSearch& options,
                                       const AllowedSlots& allowed) const {
  if (rows_->size() > 0) {
    return std::move(search_flat(*rows_, *kernels_, query, 1, options.k, allowed, options.max_distance)[0]);
  }
  const std::unique_ptr<NodeScorer> scorer = space_->from_query(query);
  TopK nearest(scorer->candidates_for(options.k));
  std::vector<uint32_t> nodes;
  std::vector<float> distances(kMaxScoredNodes);
  const auto score = [&] {
    scorer->score(nodes.data(), nodes.size(), distances.data());
    nearest.push_scattered(distances.data(), nodes.data(), nodes.size());
    nodes.clear();
  };
  for (uint32_t node = 0; node < slots_.size(); ++node) {
    if (slots_[node] != kNone && allowed.contains(slots_[node])) nodes.push_back(node);
    if (nodes.size() == kMaxScoredNodes) score();
  }
  score();
  return finish(query, options, *scorer, nearest.finish());
}

void HnswIndex::truncate(size_t slot_count) {
  // The newest slots are the newest nodes, since what orders nodes anew comes after them.
  const size_t node_count = slots_.size() - (nodes_.size() - slot_count);
  bool has_linked = false;
  for (size_t node = node_count; node < slots_.size(); ++node) {
    const auto number = static_cast<uint32_t>(node);
    if (slots_[node] == kNone) --removed_;
    if (!graph_.is_linked(number)) continue;
    has_linked = true;
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
  graph_.links.truncate(node_count);
  slots_.resize(node_count);
  nodes_.resize(slot_count);
  graph_.visited.resize(node_count);
  if (codes_) {
    codes_->truncate(node_count);
    pair_constants_.truncate(node_count);
  }
  linked_to_ = std::min(linked_to_, node_count);
  if (has_linked) linker().choose_entry();
}

Status HnswIndex::compact(const Deletions& deletions) {
  std::vector<uint32_t> order;
  order.reserve(slots_.size() - removed_);
  for (uint32_t node = 0; node < slots_.size(); ++node) {
    if (slots_[node] != kNone) order.push_back(node);
  }
  // Where the rows of slots will be.
  std::vector<uint32_t> new_slots(nodes_.size(), kNone);
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
  std::vector<uint32_t> numbers(slots_.size(), kNone);
  size_t upper_lists = 0;
  for (size_t number = 0; number < count; ++number) {
    numbers[order[number]] = static_cast<uint32_t>(number);
    upper_lists += graph_.links.level(order[number]);
  }
  HnswGraph graph(options_.m);
  Status made = graph.links.reserve(count, upper_lists);
  if (!made.ok()) return made;
  graph.visited.resize(count);
  std::vector<uint32_t> slots(count), nodes(count);
  std::optional<CodedRows> codes;
  RowBlocks<float> constants(1);
  if (codes_) {
    codes.emplace(codes_->shared_codec(), codes_->dim());
    made = codes->reserve(count);
    if (made.ok()) made = constants.reserve(count);
    if (!made.ok()) return made;
  }
  for (size_t number = 0; number < count; ++number) {
    const uint32_t old = order[number];
    slots[number] = new_slots[slots_[old]];
    nodes[slots[number]] = static_cast<uint32_t>(number);
    graph.links.append(graph_.links.level(old));
    if (codes_) {
      codes->append_coded(codes_->code(old, nullptr), codes_->constants(old), 1);
      constants.append_reserved(pair_constants_.row(size_t{old}), 1);
    }
    if (!graph_.is_linked(old)) continue;
    graph.visited.open(static_cast<uint32_t>(number));
    for (size_t level = 0; level <= graph_.links.level(old); ++level) {
      const LinkList from = graph_.links.list(old, level);
      LinkList to = graph.links.list(static_cast<uint32_t>(number), level);
      for (size_t index = 0; index < from.size(); ++index) {
        if (graph_.is_linked(from[index])) to.add(numbers[from[index]], from.is_tree(index));
      }
    }
  }
  graph.linked_count = graph_.linked_count;
  graph.entry = graph_.entry == kNoNode ? kNoNode : numbers[graph_.entry];
  graph_ = std::move(graph);
  slots_ = std::move(slots);
  nodes_ = std::move(nodes);
  codes_ = std::move(codes);
  pair_constants_ = std::move(constants);
  removed_ = 0;
  linked_to_ = 0;
  linked_to_ = next_pending();
  make_space();
  return {};
}

}  // namespace vicinal
