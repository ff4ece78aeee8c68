#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "index/hnsw/spanning_tree.h"
#include "persist/graph_sections.h"
#include "persist/section_values.h"

namespace vicinal {
namespace {

using namespace engine_file;

// Takes the words of a list. Returns whether they are one: edges to some of the nodes, and zeros in unused places.
// marks  bits of an edge that are not the node's
bool take_list(const uint32_t* words, uint32_t marks, size_t node_count, LinkList list) {
  const uint32_t* const end = words + 1 + list.capacity();
  if (*words > list.capacity()) return false;
  const uint32_t* const unused = words + 1 + *words;
  for (const uint32_t* word = words + 1; word != unused; ++word) {
    const uint32_t node = *word & ~marks;
    if (node >= node_count) return false;
    list.add(node, (*word & marks) != 0);
  }
  return std::all_of(unused, end, [](uint32_t word) { return word == 0; });
}

// Whether the edges of a list lead to linked nodes that are on its level, to each once, and not back to `node`.
bool leads_to_others(HnswGraph& graph, uint32_t node, size_t level) {
  const LinkList list = graph.links.list(node, level);
  if (!graph.is_linked(node)) return list.size() == 0;
  bool leads = graph.visited.meet(node);
  for (size_t index = 0; leads && index < list.size(); ++index)
    leads = graph.links.level(list[index]) >= level && graph.visited.meet(list[index]);
  graph.visited.forget();
  return leads;
}

Result<std::vector<uint32_t>> read_slots(const SectionFile& file, uint64_t row_count) {
  std::vector<uint32_t> slots;
  std::vector<bool> taken(static_cast<size_t>(row_count));
  const Status read = read_values<uint32_t>(
      file, kSlotsTag, row_count, 1, [&](const uint32_t* values, size_t count, uint64_t offset) -> Status {
        for (size_t i = 0; i < count; ++i) {
          if (values[i] >= row_count || taken[values[i]]) return corrupt_at(offset + i * sizeof(uint32_t));
          taken[values[i]] = true;
          slots.push_back(values[i]);
        }
        return {};
      });
  if (!read.ok()) return read.error();
  return slots;
}

// Nodes without edges.
Status read_nodes(const SectionFile& file, const GraphHead& head, uint64_t row_count, HnswGraph& graph) {
  const uint64_t offset = file.section(kLevelsTag).value().offset();
  const Result<std::vector<uint8_t>> levels = read_all<uint8_t>(file, kLevelsTag, row_count);
  if (!levels.ok()) return levels.error();
  uint64_t upper_lists = 0;
  for (const uint8_t level : levels.value()) {
    if (level > GraphLinks::kMaxLevel) return corrupt_at(offset);
    upper_lists += level;
  }
  if (upper_lists != head.upper_list_count) return corrupt_at(offset);
  Status made =
      check_length(file, kBaseListsTag, row_count * (1 + graph.links.capacity_at(0)) * sizeof(uint32_t));
  if (made.ok()) {
    made =
        check_length(file, kUpperListsTag, upper_lists * (1 + graph.links.capacity_at(1)) * sizeof(uint32_t));
  }
  if (made.ok()) made = graph.links.reserve(static_cast<size_t>(row_count), static_cast<size_t>(upper_lists));
  if (!made.ok()) return made;
  for (const uint8_t level : levels.value()) graph.links.append(level);
  graph.visited.resize(graph.links.size());
  return {};
}

// The lists of a section, in their order: those of level 0, or of all levels above it.
class ListOrder {
 public:
  ListOrder(const GraphLinks& links, SectionTag tag) : links_(links), first_(tag == kBaseListsTag ? 0 : 1) {
    skip();
  }

  bool is_over() const { return node_ == links_.size(); }
  uint32_t node() const { return node_; }
  size_t level() const { return level_; }
  void next() {
    ++level_;
    skip();
  }

 private:
  // Past nodes without further lists.
  void skip() {
    while (node_ < links_.size() && level_ > (first_ == 0 ? 0 : links_.level(node_))) {
      ++node_;
      level_ = first_;
    }
  }

  const GraphLinks& links_;
  size_t first_;
  uint32_t node_ = 0;
  size_t level_ = first_;
};

size_t list_words(const GraphLinks& links, SectionTag tag) {
  return 1 + links.capacity_at(tag == kBaseListsTag ? 0 : 1);
}

Status read_lists(const SectionFile& file, SectionTag tag, uint64_t list_count, GraphLinks& links) {
  const size_t width = list_words(links, tag);
  const uint32_t marks = tag == kBaseListsTag ? LinkList::kTreeMark : 0;
  ListOrder order(links, tag);
  return read_values<uint32_t>(
      file, tag, list_count, width, [&](const uint32_t* words, size_t count, uint64_t offset) -> Status {
        for (size_t i = 0; i < count; ++i, order.next()) {
          if (!take_list(words + i * width, marks, links.size(), links.list(order.node(), order.level())))
            return corrupt_at(offset + i * width * sizeof(uint32_t));
        }
        return {};
      });
}

Status check_lists(const SectionFile& file, SectionTag tag, HnswGraph& graph) {
  uint64_t offset = file.section(tag).value().offset();
  for (ListOrder order(graph.links, tag); !order.is_over(); order.next()) {
    if (!leads_to_others(graph, order.node(), order.level())) return corrupt_at(offset);
    offset += list_words(graph.links, tag) * sizeof(uint32_t);
  }
  return {};
}

Status read_pair_constants(const SectionFile& file, uint64_t count, RowBlocks<float>& constants) {
  Status read = check_length(file, kPairConstantsTag, count * sizeof(float));
  if (read.ok()) read = constants.reserve(static_cast<size_t>(count));
  if (!read.ok()) return read;
  return read_values<float>(
      file, kPairConstantsTag, count, 1, [&](const float* values, size_t some, uint64_t offset) -> Status {
        if (!std::all_of(values, values + some, [](float value) { return std::isfinite(value); }))
          return corrupt_at(offset);
        constants.append_reserved(values, some);
        return {};
      });
}

// Nodes with edges are linked, and the entry, which has none where it is the only one.
void open_linked(HnswGraph& graph) {
  for (uint32_t node = 0; node < graph.links.size(); ++node) {
    if (graph.links.list(node, 0).size() == 0 && node != graph.entry) continue;
    graph.visited.open(node);
    ++graph.linked_count;
  }
}

// Whether walks that start at the entry come to every linked node.
bool is_whole(const HnswGraph& graph) {
  if (graph.linked_count == 0) return true;
  if (graph.entry == kNoNode) return false;
  for (uint32_t node = 0; node < graph.links.size(); ++node) {
    if (graph.is_linked(node) && graph.links.level(node) > graph.top_level()) return false;
  }
  return is_spanned(graph.links, graph.entry, graph.linked_count);
}

// The target is put into the options.
Result<Calibration> read_calibration(const SectionFile& file, HnswOptions& options) {
  Calibration calibration;
  if (!file.has_section(kCalibrationTag)) return calibration;
  const Result<CalibrationHead> read = read_struct<CalibrationHead>(file, kCalibrationTag);
  if (!read.ok()) return read.error();
  const CalibrationHead& head = read.value();
  options.target_recall = head.target_recall;
  calibration.row_count = head.row_count;
  bool possible = head.target_recall != 0 && check_hnsw(options).ok();
  for (size_t turn = 0; turn < calibration.ef.size(); ++turn) {
    calibration.ef[turn] = head.ef[turn];
    calibration.recall[turn] = head.recall[turn];
    const bool found = head.ef[turn] >= 1 && head.ef[turn] <= Calibration::kMaxEf && head.recall[turn] >= 0 &&
                       head.recall[turn] <= 1;
    possible = possible && (head.row_count == 0 ? head.ef[turn] == 0 && head.recall[turn] == 0 : found);
  }
  if (!possible) return corrupt_at(file.section(kCalibrationTag).value().offset());
  return calibration;
}

}  // namespace

Result<GraphContents> read_graph(const SectionFile& file, const GraphHead& head, uint64_t row_count,
                                 std::optional<CodedRows> codes) {
  HnswOptions options{head.m, head.ef_construction, head.full_scan_threshold, head.seed};
  const Error wrong = corrupt_at(file.section(kGraphTag).value().offset());
  const bool has_entry = head.entry != kNoNode;
  const bool may_be_linked = codes || head.quantized == 0;
  if (!check_hnsw(options).ok() || row_count > kMaxNodeCount || head.linked_count > row_count ||
      (has_entry && (head.entry >= row_count || !may_be_linked)))
    return wrong;
  const Result<Calibration> calibration = read_calibration(file, options);
  if (!calibration.ok()) return calibration.error();
  // That sections are as long as they must be comes before memory is taken for what they hold.
  Status read = check_length(file, kLevelsTag, row_count);
  if (!read.ok()) return read.error();
  Result<std::vector<uint32_t>> slots = read_slots(file, row_count);
  if (!slots.ok()) return slots.error();
  GraphContents contents{options, HnswGraph(options.m), std::make_unique<NodeStore>(), calibration.value()};
  HnswGraph& graph = contents.graph;
  NodeStore& stored = *contents.stored;
  stored.slots = std::move(slots.value());
  stored.codes = std::move(codes);
  read = read_nodes(file, head, row_count, graph);
  if (read.ok()) read = read_lists(file, kBaseListsTag, row_count, graph.links);
  if (read.ok()) read = read_lists(file, kUpperListsTag, head.upper_list_count, graph.links);
  if (read.ok()) read = read_pair_constants(file, stored.codes ? row_count : 0, stored.pair_constants);
  if (!read.ok()) return read.error();
  graph.entry = head.entry;
  open_linked(graph);
  read = check_lists(file, kBaseListsTag, graph);
  if (read.ok()) read = check_lists(file, kUpperListsTag, graph);
  if (!read.ok()) return read.error();
  if (graph.linked_count != head.linked_count || !is_whole(graph)) return wrong;
  return contents;
}

}  // namespace vicinal
