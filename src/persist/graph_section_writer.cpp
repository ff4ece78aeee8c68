#include "persist/gathered_writes.h"
#include "persist/graph_sections.h"

namespace vicinal {
namespace {

using namespace engine_file;

// The lists of an index as a file has them: nodes without a row left out, and the others numbered anew.
class SavedLists {
 public:
  // slots  that have a row, in the order of their nodes
  SavedLists(const HnswIndex& index, const std::vector<uint32_t>& slots)
      : graph_(index.graph()), numbers_(graph_.links.size(), kNoNode) {
    for (size_t number = 0; number < slots.size(); ++number)
      numbers_[index.node(slots[number])] = static_cast<uint32_t>(number);
    words_.reserve(1 + graph_.links.capacity_at(0));
  }

  uint32_t number(uint32_t node) const { return numbers_[node]; }

  Status write(GatheredWrites& writes, uint32_t node, size_t level) {
    words_.assign(1 + graph_.links.capacity_at(level), 0);
    LinkList saved(words_.data(), graph_.links.capacity_at(level));
    const LinkList list = graph_.links.list(node, level);
    for (size_t index = 0; graph_.is_linked(node) && index < list.size(); ++index) {
      if (graph_.is_linked(list[index])) saved.add(numbers_[list[index]], list.is_tree(index));
    }
    return writes.write(words_.data(), words_.size() * sizeof(uint32_t));
  }

 private:
  const HnswGraph& graph_;
  std::vector<uint32_t> numbers_;  // of nodes
  std::vector<uint32_t> words_;
};

uint64_t upper_list_count(const HnswIndex& index, const std::vector<uint32_t>& slots) {
  uint64_t count = 0;
  for (const uint32_t slot : slots) count += index.graph().links.level(index.node(slot));
  return count;
}

GraphHead head_of(const HnswIndex& index, const std::vector<uint32_t>& slots, const SavedLists& lists,
                  bool quantized) {
  const HnswOptions& options = index.options();
  const HnswGraph& graph = index.graph();
  return {options.m,
          options.ef_construction,
          options.full_scan_threshold,
          quantized ? 1u : 0u,
          options.seed,
          graph.entry == kNoNode ? kNoNode : lists.number(graph.entry),
          static_cast<uint32_t>(graph.linked_count),
          upper_list_count(index, slots)};
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

Status write_graph(SectionFileWriter& writer, const HnswIndex& index, const std::vector<uint32_t>& slots,
                   const std::vector<uint32_t>& places, bool quantized) {
  const GraphLinks& links = index.graph().links;
  SavedLists lists(index, slots);
  const GraphHead head = head_of(index, slots, lists, quantized);
  Status written = writer.write(kGraphTag, &head, sizeof(head));

  GatheredWrites slot_writes(writer, kSlotsTag);
  for (size_t i = 0; written.ok() && i < slots.size(); ++i)
    written = slot_writes.write(&places[slots[i]], sizeof(uint32_t));
  if (written.ok()) written = slot_writes.finish();

  GatheredWrites level_writes(writer, kLevelsTag);
  for (size_t i = 0; written.ok() && i < slots.size(); ++i) {
    const auto level = static_cast<uint8_t>(links.level(index.node(slots[i])));
    written = level_writes.write(&level, sizeof(level));
  }
  if (written.ok()) written = level_writes.finish();

  GatheredWrites base_writes(writer, kBaseListsTag);
  for (size_t i = 0; written.ok() && i < slots.size(); ++i)
    written = lists.write(base_writes, index.node(slots[i]), 0);
  if (written.ok()) written = base_writes.finish();

  GatheredWrites upper_writes(writer, kUpperListsTag);
  for (size_t i = 0; written.ok() && i < slots.size(); ++i) {
    const uint32_t node = index.node(slots[i]);
    for (size_t level = 1; written.ok() && level <= links.level(node); ++level)
      written = lists.write(upper_writes, node, level);
  }
  if (written.ok()) written = upper_writes.finish();

  GatheredWrites pair_writes(writer, kPairConstantsTag);
  for (size_t i = 0; index.has_codes() && written.ok() && i < slots.size(); ++i)
    written =
        pair_writes.write(index.stored().pair_constants.row(size_t{index.node(slots[i])}), sizeof(float));
  if (written.ok()) written = pair_writes.finish();
  if (!written.ok() || index.options().target_recall == 0) return written;
  const Calibration& found = index.calibration();
  const CalibrationHead calibration{index.options().target_recall,
                                    found.row_count,
                                    {found.ef[0], found.ef[1]},
                                    {found.recall[0], found.recall[1]}};
  return writer.write(kCalibrationTag, &calibration, sizeof(calibration));
}

}  // namespace vicinal
