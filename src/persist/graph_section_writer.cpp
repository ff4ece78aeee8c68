#include "persist/graph_sections.h"

namespace vicinal {
namespace {

using namespace engine_file;

uint64_t upper_list_count(const HnswIndex& index, const std::vector<uint32_t>& slots) {
  uint64_t count = 0;
  for (const uint32_t slot : slots) count += index.graph().links.level(index.node(slot));
  return count;
}

}  // namespace

void plan_graph(const HnswIndex& index, std::vector<SectionPlan>& sections) {
  const std::vector<uint32_t> slots = index.slots_by_node();
  const GraphLinks& links = index.graph().links;
  const uint64_t count = slots.size();
  const uint64_t upper_lists = upper_list_count(index, slots);
  sections.push_back({kGraphTag, sizeof(GraphHead)});
  sections.push_back({kSlotsTag, count * sizeof(uint32_t)});
  sections.push_back({kLevelsTag, count});
  sections.push_back({kBaseListsTag, count * (1 + links.capacity_at(0)) * sizeof(uint32_t)});
  sections.push_back({kUpperListsTag, upper_lists * (1 + links.capacity_at(1)) * sizeof(uint32_t)});
  sections.push_back({kPairConstantsTag, index.has_codes() ? count * sizeof(float) : 0});
  if (index.options().target_recall != 0) sections.push_back({kCalibrationTag, sizeof(CalibrationHead)});
}

SavedGraph::SavedGraph(const HnswIndex& index, const std::vector<uint32_t>& slots)
    : index_(index), slots_(slots), numbers_(index.graph().links.size(), kNoNode) {
  for (size_t number = 0; number < slots.size(); ++number)
    numbers_[index.node(slots[number])] = static_cast<uint32_t>(number);
}

GraphHead SavedGraph::head(bool quantized) const {
  const HnswOptions& options = index_.options();
  const HnswGraph& graph = index_.graph();
  return {options.m,
          options.ef_construction,
          options.full_scan_threshold,
          quantized ? 1u : 0u,
          options.seed,
          graph.entry == kNoNode ? kNoNode : numbers_[graph.entry],
          static_cast<uint32_t>(graph.linked_count),
          upper_list_count(index_, slots_)};
}

CalibrationHead SavedGraph::calibration() const {
  const Calibration& found = index_.calibration();
  return {index_.options().target_recall,
          found.row_count,
          {found.ef[0], found.ef[1]},
          {found.recall[0], found.recall[1]}};
}

const void* SavedGraph::item(SectionTag tag, uint32_t slot) {
  const auto node = static_cast<uint32_t>(index_.node(slot));
  if (tag == kBaseListsTag) return list(node, 0).data();
  if (tag == kPairConstantsTag) return index_.stored().pair_constants.row(size_t{node});
  level_ = static_cast<uint8_t>(index_.graph().links.level(node));
  return &level_;
}

Status SavedGraph::write_upper_lists(GatheredWrites& writes, uint32_t slot) {
  const auto node = static_cast<uint32_t>(index_.node(slot));
  for (size_t level = 1; level <= index_.graph().links.level(node); ++level) {
    const std::vector<uint32_t>& words = list(node, level);
    const Status written = writes.write(words.data(), words.size() * sizeof(uint32_t));
    if (!written.ok()) return written;
  }
  return {};
}

// Valid until the next call.
const std::vector<uint32_t>& SavedGraph::list(uint32_t node, size_t level) {
  const HnswGraph& graph = index_.graph();
  const size_t capacity = graph.links.capacity_at(level);
  words_.assign(1 + capacity, 0);
  LinkList saved(words_.data(), capacity);
  const LinkList there = graph.links.list(node, level);
  for (size_t i = 0; graph.is_linked(node) && i < there.size(); ++i) {
    if (graph.is_linked(there[i])) saved.add(numbers_[there[i]], there.is_tree(i));
  }
  return words_;
}

}  // namespace vicinal
