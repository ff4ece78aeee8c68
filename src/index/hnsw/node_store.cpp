#include "index/hnsw/node_store.h"

#include <algorithm>

namespace vicinal {

Status NodeStore::make_room(size_t node_count, bool spare) {
  const size_t added = node_count - size();
  if (slots.capacity() < node_count)
    slots.reserve(spare ? std::max(node_count, 2 * slots.capacity()) : node_count);
  if (!codes) return {};
  const Status made = spare ? codes->make_room(added) : codes->reserve(node_count);
  if (!made.ok()) return made;
  return spare ? pair_constants.make_room(added) : pair_constants.reserve(node_count);
}

void NodeStore::note_code(size_t node) {
  const float constant = codes->codec().pair_constant(codes->code(node, nullptr), codes->constants(node));
  if (node < pair_constants.size()) {
    *pair_constants.row(node) = constant;
  } else {
    pair_constants.append_reserved(&constant, 1);
  }
}

Result<NodeStore> NodeStore::renumbered(const std::vector<uint32_t>& order) const {
  NodeStore renewed;
  if (codes) renewed.codes.emplace(codes->shared_codec(), codes->dim());
  const Status made = renewed.make_room(order.size(), false);
  if (!made.ok()) return made.error();
  for (const uint32_t node : order) {
    renewed.slots.push_back(slots[node]);
    if (!codes) continue;
    renewed.codes->append_coded(codes->code(node, nullptr), codes->constants(node), 1);
    renewed.pair_constants.append_reserved(pair_constants.row(size_t{node}), 1);
  }
  return renewed;
}

std::unique_ptr<NodeSpace> NodeStore::space(const VectorRows& rows, const KernelTable& kernels) const {
  return codes ? make_code_space(*codes, pair_constants) : make_float_space(rows, slots, kernels);
}

}  // namespace vicinal
