// The edges of a graph of levels: for every node a level, and for every level up to it a list of the nodes it leads to.
//
// Lists have room for m nodes, those of level 0 for 2 m, and take that room whether it is used or not. Some edges of
// level 0 are marked as the tree's (spanning_tree.h): they always go both ways, and are never pruned.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/result.h"
#include "rows/row_blocks.h"

namespace vicinal {

inline constexpr uint64_t kMaxNodeCount = uint64_t{1} << 31;
/// No node's number: those are below kMaxNodeCount.
inline constexpr uint32_t kNoNode = 0xFFFFFFFFu;

/// The edges of one node on one level, in the order they were put in.
class LinkList {
 public:
  /// Of edges of the tree, in a word.
  static constexpr uint32_t kTreeMark = 1u << 31;

  /// words  [1 + capacity]: the number of edges, then the edges
  LinkList(uint32_t* words, size_t capacity) : words_(words), capacity_(capacity) {}

  size_t size() const { return words_[0]; }
  size_t capacity() const { return capacity_; }
  bool is_full() const { return size() == capacity_; }
  uint32_t operator[](size_t index) const { return words_[1 + index] & ~kTreeMark; }
  bool is_tree(size_t index) const { return (words_[1 + index] & kTreeMark) != 0; }

  /// Index of the edge to a node; size() without one.
  size_t find(uint32_t node) const {
    size_t index = 0;
    while (index < size() && (*this)[index] != node) ++index;
    return index;
  }
  bool contains(uint32_t node) const { return find(node) < size(); }
  size_t tree_count() const {
    size_t count = 0;
    for (size_t index = 0; index < size(); ++index) count += is_tree(index) ? 1 : 0;
    return count;
  }

  void add(uint32_t node, bool tree = false) {
    assert(!is_full());
    words_[1 + words_[0]++] = node | (tree ? kTreeMark : 0);
  }
  void set(size_t index, uint32_t node) { words_[1 + index] = node; }
  void mark(size_t index, bool tree) { words_[1 + index] = (*this)[index] | (tree ? kTreeMark : 0); }
  void remove(size_t index) {
    --words_[0];
    std::memmove(words_ + 1 + index, words_ + 2 + index, (size() - index) * sizeof(uint32_t));
  }
  void clear() { words_[0] = 0; }

  const uint32_t* words() const { return words_; }

 private:
  uint32_t* words_;
  size_t capacity_;
};

class GraphLinks {
 public:
  static constexpr size_t kMaxLevel = 31;

  /// m  2..256
  explicit GraphLinks(uint32_t m)
      : m_(m), base_(1 + 2 * size_t{m}), upper_(1 + size_t{m}), first_upper_(1), levels_(1) {}

  uint32_t m() const { return m_; }
  size_t size() const { return levels_.size(); }
  size_t capacity_at(size_t level) const { return level == 0 ? 2 * size_t{m_} : m_; }
  size_t level(uint32_t node) const { return *levels_.row(size_t{node}); }
  size_t upper_list_count() const { return upper_.size(); }
  uint64_t held_bytes() const {
    return base_.held_bytes() + upper_.held_bytes() + first_upper_.held_bytes() + levels_.held_bytes();
  }

  /// What `held_bytes` tells after `reserve(node_count, upper_lists)` on an empty one.
  static uint64_t bytes_needed(uint32_t m, uint64_t node_count, uint64_t upper_lists) {
    return RowBlocks<uint32_t>::bytes_needed(1 + 2 * size_t{m}, node_count) +
           RowBlocks<uint32_t>::bytes_needed(1 + size_t{m}, upper_lists) +
           RowBlocks<uint32_t>::bytes_needed(1, node_count) + RowBlocks<uint8_t>::bytes_needed(1, node_count);
  }

  /// Makes room for more nodes, and lists above level 0.
  /// Errors  kOutOfMemory, or std::bad_alloc; unchanged then
  Status make_room(size_t node_count, size_t upper_lists) {
    Status made = base_.make_room(node_count);
    if (made.ok()) made = first_upper_.make_room(node_count);
    if (made.ok()) made = levels_.make_room(node_count);
    if (made.ok()) made = upper_.make_room(upper_lists);
    return made;
  }

  /// Makes room for so many in all, and no more than that needs.
  /// Errors  as make_room
  Status reserve(size_t node_count, size_t upper_lists) {
    Status made = base_.reserve(node_count);
    if (made.ok()) made = first_upper_.reserve(node_count);
    if (made.ok()) made = levels_.reserve(node_count);
    if (made.ok()) made = upper_.reserve(upper_lists);
    return made;
  }

  /// The next node, without edges, for which there is room.
  void append(size_t level) {
    assert(level <= kMaxLevel);
    const auto first = static_cast<uint32_t>(upper_.size());
    const auto byte = static_cast<uint8_t>(level);
    base_.append_zeros();
    first_upper_.append_reserved(&first, 1);
    levels_.append_reserved(&byte, 1);
    for (size_t above = 0; above < level; ++above) upper_.append_zeros();
  }

  /// Forgets the nodes from `node_count` on. Edges to them are the caller's to remove.
  void truncate(size_t node_count) {
    if (node_count < size()) upper_.truncate(*first_upper_.row(node_count));
    base_.truncate(node_count);
    first_upper_.truncate(node_count);
    levels_.truncate(node_count);
  }

  /// level  0..level(node)
  LinkList list(uint32_t node, size_t level) {
    assert(level <= this->level(node));
    if (level == 0) return {base_.row(size_t{node}), capacity_at(0)};
    return {upper_.row(*first_upper_.row(size_t{node}) + level - 1), capacity_at(level)};
  }
  /// Not to be changed through.
  LinkList list(uint32_t node, size_t level) const {
    return const_cast<GraphLinks*>(this)->list(node, level);
  }

 private:
  uint32_t m_;
  RowBlocks<uint32_t> base_;         // [1 + 2 m] a node
  RowBlocks<uint32_t> upper_;        // [1 + m] a list: of a node's levels 1, 2, ... one after another
  RowBlocks<uint32_t> first_upper_;  // of a node
  RowBlocks<uint8_t> levels_;
};

}  // namespace vicinal
