// What belongs to each node beside its edges: the slot of its row, and, where rows are walked by codes, its code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "index/flat/coded_rows.h"
#include "index/hnsw/node_space.h"
#include "kernels/kernel_table.h"
#include "rows/row_blocks.h"
#include "rows/vector_rows.h"

namespace vicinal {

/// Of a node whose row was removed.
inline constexpr uint32_t kNoSlot = 0xFFFFFFFFu;

struct NodeStore {
  size_t size() const { return slots.size(); }
  uint64_t held_bytes() const { return slots.capacity() * sizeof(uint32_t) + pair_constants.held_bytes(); }

  /// Makes room for so many nodes in all, with some to spare where told.
  /// Errors  kOutOfMemory, or std::bad_alloc; unchanged then
  Status make_room(size_t node_count, bool spare);
  /// Takes in the code of the next node, which `codes` has already. There is room.
  void note_code(size_t node);

  /// Of some of the nodes, in another order. Errors  kOutOfMemory, or std::bad_alloc
  Result<NodeStore> renumbered(const std::vector<uint32_t>& order) const;

  /// The store must outlive it, where it is.
  std::unique_ptr<NodeSpace> space(const VectorRows& rows, const KernelTable& kernels) const;

  std::vector<uint32_t> slots;
  std::optional<CodedRows> codes;
  RowBlocks<float> pair_constants{1};  // where there are codes
};

}  // namespace vicinal
