// The sections of a saved engine that hold its graph, as engine_file.h notes them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "index/hnsw/hnsw_index.h"
#include "persist/engine_file.h"
#include "persist/engine_file_layout.h"
#include "persist/gathered_writes.h"
#include "persist/section_file.h"

namespace vicinal {

/// Appends them to a plan, in their order.
void plan_graph(const HnswIndex& index, std::vector<SectionPlan>& sections);

/// What is written in them: nodes without a row left out, and the others numbered anew.
class SavedGraph {
 public:
  /// All that is given must outlive it.
  /// slots  that have a row, in the order of their nodes
  SavedGraph(const HnswIndex& index, const std::vector<uint32_t>& slots);

  engine_file::GraphHead head(bool quantized) const;
  engine_file::CalibrationHead calibration() const;
  /// What a section with as many bytes for each node has for that of a slot. Valid until the next call.
  const void* item(SectionTag tag, uint32_t slot);
  /// The lists of its node above level 0.
  /// Errors  the sink's
  Status write_upper_lists(GatheredWrites& writes, uint32_t slot);

 private:
  const std::vector<uint32_t>& list(uint32_t node, size_t level);

  const HnswIndex& index_;
  const std::vector<uint32_t>& slots_;
  std::vector<uint32_t> numbers_;  // of nodes
  std::vector<uint32_t> words_;    // of a list
  uint8_t level_ = 0;
};

/// codes   in the order of nodes; none where rows are not kept in codes, or wait for their codec to learn
/// Errors  kCorruptData, kOutOfMemory, or the source's; std::bad_alloc
Result<GraphContents> read_graph(const SectionFile& file, const engine_file::GraphHead& head,
                                 uint64_t row_count, std::optional<CodedRows> codes);

}  // namespace vicinal
