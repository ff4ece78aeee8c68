#include "index/hnsw/bulk_linker.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "index/hnsw/cell_order.h"
#include "index/hnsw/spanning_tree.h"
#include "rows/top_k.h"

namespace vicinal {
namespace {

// Work of a step, some 20 ms.
constexpr size_t kUpperAtOnce = 64;
constexpr size_t kNodesAtOnce = 1024;
constexpr size_t kCellsAtOnce = 32;
// Nodes that a walk for the nearest center keeps.
constexpr size_t kCellEf = 8;
// Nodes that each node is compared with, as a multiple of those it keeps as candidates.
constexpr size_t kComparedNodes = 5;
// A neighbor covers a candidate only where the candidate is nearer to it by as much. Edges to near nodes alone would be
// found by this linking; linked one after another, early nodes keep edges to far ones, which these stand for. With 1 and 1
// recall@10 of 1,500 uniform rows of 24 values, m = 8, is 0.04 lower at efSearch = 10, with 1.2 and 1.2 at 32 by 0.013.
constexpr float kSlack = 1.08f;
constexpr float kBackSlack = 1.5f;
// Nodes compared with others together: a few rows of tiles.
constexpr size_t kBlockNodes = 32;

}  // namespace

BulkLinker::BulkLinker(const NodeStore& store, const Deletions& left_out, const GraphLinks& links,
                       const VectorRows& rows, const KernelTable& kernels, size_t ef_construction)
    : source_(store),
      left_out_(left_out),
      levels_(links),
      rows_(rows),
      kernels_(kernels),
      ef_construction_(ef_construction),
      graph_(links.m()) {}

double BulkLinker::share_done() const {
  const double count = static_cast<double>(std::max<size_t>(source_.size(), 1));
  switch (phase_) {
    case Phase::kLinkUpper:
      return 0.2 * next_ / count;
    case Phase::kFindCells:
      return 0.2 + 0.1 * next_ / count;
    case Phase::kLinkCells:
      return 0.3 + 0.5 * next_ / static_cast<double>(cells_.size());
    case Phase::kLinkBack:
      return 0.8 + 0.19 * next_ / count;
    case Phase::kDone:
      break;
  }
  return 1;
}

Status BulkLinker::step() {
  const auto node_count = static_cast<uint32_t>(source_.size());
  switch (phase_) {
    case Phase::kLinkUpper: {
      if (space_ == nullptr) {
        const Status reserved = graph_.links.reserve(node_count, levels_.upper_list_count());
        if (!reserved.ok()) return reserved;
        for (uint32_t node = 0; node < node_count; ++node) graph_.links.append(levels_.level(node));
        graph_.visited.resize(node_count);
        space_ = source_.space(rows_, kernels_);
        linker_ = std::make_unique<GraphLinker>(graph_, *space_, ef_construction_);
      }
      for (size_t done = 0; done < kUpperAtOnce && next_ < node_count; ++next_) {
        if (!is_linked(next_) || levels_.level(next_) == 0) continue;
        linker_->insert(next_, 1);
        ++done;
      }
      if (next_ < node_count) return {};
      // Where chance has raised no node, one is the center of all.
      walk_ = std::make_unique<GraphWalk>(graph_);
      from_ = space_->from_nodes();
      parents_.assign(node_count, kNoNode);
      break;
    }
    case Phase::kFindCells:
      for (size_t done = 0; done < kNodesAtOnce && next_ < node_count; ++done, ++next_) find_cell(next_);
      if (next_ < node_count) return {};
      {
        const Status numbered = number_by_cells();
        if (!numbered.ok()) return numbered;
      }
      break;
    case Phase::kLinkCells:
      for (size_t done = 0; done < kCellsAtOnce && next_ < cells_.size(); ++done, ++next_) link_cell(next_);
      if (next_ < cells_.size()) return {};
      gather_back_edges();
      break;
    case Phase::kLinkBack:
      for (size_t done = 0; done < kNodesAtOnce && next_ < store_->size(); ++done, ++next_) link_back(next_);
      if (next_ < store_->size()) return {};
      make_tree();
      break;
    case Phase::kDone:
      return {};
  }
  phase_ = static_cast<Phase>(static_cast<int>(phase_) + 1);
  next_ = 0;
  return {};
}

void BulkLinker::find_cell(uint32_t node) {
  if (!is_linked(node) || graph_.entry == kNoNode) return;
  const size_t above = levels_.level(node) + 1;
  if (above > graph_.top_level()) return;
  from_->move_to(node);
  walk_->run(*from_, walk_->descend(*from_, above), above, kCellEf);
  parents_[node] = walk_->found().node(0);
}

Status BulkLinker::number_by_cells() {
  const size_t top = graph_.entry == kNoNode ? 0 : graph_.top_level();
  std::vector<uint32_t> top_nodes;
  for (uint32_t node = 0; node < source_.size(); ++node) {
    if (is_linked(node) && levels_.level(node) == top) top_nodes.push_back(node);
  }
  CellOrder by_cells = order_by_cells(levels_, std::move(top_nodes), top, parents_);
  const std::vector<uint32_t>& order = by_cells.nodes;
  cells_ = std::move(by_cells.cells);
  if (cells_.empty()) cells_.push_back(0);

  std::vector<uint32_t> numbers(source_.size(), kNoNode);
  for (uint32_t number = 0; number < order.size(); ++number) numbers[order[number]] = number;
  Result<NodeStore> stored = source_.renumbered(order);
  if (!stored.ok()) return stored.error();
  Result<HnswGraph> graph = renumbered(graph_, order, numbers);
  if (!graph.ok()) return graph.error();
  linker_.reset();
  store_ = std::make_unique<NodeStore>(std::move(stored.value()));
  graph_ = std::move(graph.value());
  std::vector<uint32_t>().swap(parents_);
  cell_of_centers_.assign(order.size(), kNoNode);
  for (uint32_t cell = 0; cell < cells_.size(); ++cell) cell_of_centers_[cells_[cell]] = cell;
  cells_.push_back(static_cast<uint32_t>(order.size()));
  space_ = store_->space(rows_, kernels_);
  from_ = space_->from_nodes();
  between_ = space_->from_nodes();
  selection_ = std::make_unique<NeighborSelection>(*between_);
  edge_distances_.resize(order.size() * graph_.links.capacity_at(0));
  return {};
}

void BulkLinker::link_cell(size_t cell) {
  if (cell + 1 == cells_.size()) return;
  const uint32_t center = cells_[cell];
  std::vector<uint32_t> near_cells{static_cast<uint32_t>(cell)};
  if (graph_.entry != kNoNode) {
    // About m nodes to a cell.
    from_->move_to(center);
    walk_->run(*from_, {center, 0}, 1, kComparedNodes * ef_construction_ / graph_.links.m() + 1);
    for (size_t index = 0; index < walk_->found().size(); ++index) {
      const uint32_t near = cell_of_centers_[walk_->found().node(index)];
      if (near != cell) near_cells.push_back(near);
    }
  }
  const uint32_t end = cells_[cell + 1];
  for (uint32_t first = center; first < end; first += kBlockNodes)
    link_block(first, std::min<size_t>(kBlockNodes, end - first), near_cells);
}

// Compares some nodes of a cell with those of the cells near it, its own first.
void BulkLinker::link_block(uint32_t first, size_t count, const std::vector<uint32_t>& near_cells) {
  std::vector<std::vector<uint64_t>> keys(count);
  std::vector<float> distances(count * kMaxScoredNodes);
  from_->move_to_all(first, count);
  size_t left = kComparedNodes * ef_construction_;
  for (const uint32_t cell : near_cells) {
    // Of a cell with very many, those around the block, or the first.
    uint32_t from = cells_[cell];
    uint32_t end = cells_[cell + 1];
    if (end - from > left) {
      if (cell == near_cells[0])
        from = std::max<uint32_t>(from, first - std::min<uint32_t>(first, static_cast<uint32_t>(left / 2)));
      end = std::min<uint32_t>(end, from + static_cast<uint32_t>(left));
    }
    left -= end - from;
    for (; from < end; from += kMaxScoredNodes) {
      const size_t some = std::min<size_t>(kMaxScoredNodes, end - from);
      from_->score_from_all(from, some, distances.data());
      for (size_t i = 0; i < count; ++i) {
        for (size_t j = 0; j < some; ++j) {
          if (from + j != first + i)
            keys[i].push_back(key_of({distances[i * some + j], from + static_cast<uint32_t>(j)}));
        }
      }
    }
    if (left == 0) break;
  }
  for (size_t i = 0; i < count; ++i) choose_neighbors(first + static_cast<uint32_t>(i), keys[i]);
}

void BulkLinker::choose_neighbors(uint32_t node, std::vector<uint64_t>& keys) {
  const size_t kept = std::min(ef_construction_, keys.size());
  std::nth_element(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(kept), keys.end());
  std::sort(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(kept));
  candidates_.clear();
  for (size_t i = 0; i < kept; ++i) {
    const Candidate candidate = candidate_of(keys[i]);
    candidates_.push_back({candidate.slot, candidate.distance});
  }
  selection_->select(candidates_, graph_.links.capacity_at(0), kSlack);
  LinkList list = graph_.links.list(node, 0);
  for (const GraphEdge& edge : candidates_) {
    edge_distances_[size_t{node} * graph_.links.capacity_at(0) + list.size()] = edge.distance;
    list.add(edge.node);
  }
}

void BulkLinker::gather_back_edges() {
  const size_t count = store_->size();
  back_starts_.assign(count + 1, 0);
  for (uint32_t node = 0; node < count; ++node) {
    const LinkList list = graph_.links.list(node, 0);
    for (size_t index = 0; index < list.size(); ++index) ++back_starts_[list[index] + 1];
  }
  std::partial_sum(back_starts_.begin(), back_starts_.end(), back_starts_.begin());
  back_edges_.resize(back_starts_[count]);
  std::vector<size_t> next(back_starts_.begin(), back_starts_.end() - 1);
  for (uint32_t node = 0; node < count; ++node) {
    const LinkList list = graph_.links.list(node, 0);
    for (size_t index = 0; index < list.size(); ++index)
      back_edges_[next[list[index]]++] = {
          node, edge_distances_[size_t{node} * graph_.links.capacity_at(0) + index]};
  }
}

// The edges that a node has chosen, and the edges back to those that have chosen it.
void BulkLinker::link_back(uint32_t node) {
  LinkList list = graph_.links.list(node, 0);
  candidates_.clear();
  for (size_t index = 0; index < list.size(); ++index)
    candidates_.push_back({list[index], edge_distances_[size_t{node} * graph_.links.capacity_at(0) + index]});
  const size_t own = list.size();
  for (size_t place = back_starts_[node]; place < back_starts_[node + 1]; ++place) {
    const GraphEdge& edge = back_edges_[place];
    const auto end = candidates_.begin() + static_cast<ptrdiff_t>(own);
    if (std::none_of(candidates_.begin(), end,
                     [&](const GraphEdge& chosen) { return chosen.node == edge.node; }))
      candidates_.push_back(edge);
  }
  if (candidates_.size() == own) return;
  if (candidates_.size() > list.capacity()) {
    const size_t kept = std::min(candidates_.size(), std::max(ef_construction_, list.capacity()));
    std::partial_sort(candidates_.begin(), candidates_.begin() + static_cast<ptrdiff_t>(kept),
                      candidates_.end(), is_nearer);
    candidates_.resize(kept);
    selection_->select(candidates_, list.capacity(), kBackSlack);
  }
  list.clear();
  for (const GraphEdge& edge : candidates_) list.add(edge.node);
}

uint32_t BulkLinker::root_of(uint32_t node) {
  while (roots_[node] != node) {
    roots_[node] = roots_[roots_[node]];
    node = roots_[node];
  }
  return node;
}

// Makes an edge of the tree between two parts, by these nodes of theirs or by others nearby.
void BulkLinker::unite(uint32_t a, uint32_t b) {
  if (root_of(a) == root_of(b)) return;
  const size_t limit = tree_limit(graph_.links.m());
  add_tree_edge(graph_.links, tree_node_with_room(graph_.links, a, limit),
                tree_node_with_room(graph_.links, b, limit));
  roots_[root_of(a)] = root_of(b);
}

void BulkLinker::make_tree() {
  const auto count = static_cast<uint32_t>(store_->size());
  roots_.resize(count);
  std::iota(roots_.begin(), roots_.end(), 0u);
  // Edges that go both ways come first: they cost no other edge its place.
  for (uint32_t node = 0; node < count; ++node) {
    const LinkList list = graph_.links.list(node, 0);
    for (size_t index = 0; index < list.size(); ++index) {
      if (graph_.links.list(list[index], 0).contains(node)) unite(node, list[index]);
    }
  }
  std::vector<uint32_t> neighbors;
  for (const size_t level : {size_t{0}, size_t{1}}) {
    for (uint32_t node = 0; node < count; ++node) {
      if (graph_.links.level(node) < level) continue;
      const LinkList list = graph_.links.list(node, level);
      neighbors.clear();
      for (size_t index = 0; index < list.size(); ++index) neighbors.push_back(list[index]);
      for (const uint32_t neighbor : neighbors) unite(node, neighbor);
    }
  }
  // Parts that no edge leads to: to the cell before.
  for (uint32_t node = 1; node < count; ++node) unite(node, node - 1);
  for (uint32_t node = 0; node < count; ++node) graph_.visited.open(node);
  graph_.linked_count = count;
  choose_entry(graph_);
}

}  // namespace vicinal
