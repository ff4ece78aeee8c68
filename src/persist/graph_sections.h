// The sections of a saved engine that hold its graph, as engine_file.h notes them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "index/hnsw/hnsw_index.h"
#include "persist/engine_file.h"
#include "persist/engine_file_layout.h"
#include "persist/section_file.h"

namespace vicinal {

/// Appends them to a plan, in their order.
void plan_graph(const HnswIndex& index, std::vector<SectionPlan>& sections);

/// slots   that have a row, in the order of their nodes
/// places  of each slot among those that have a row
/// Errors  the sink's
Status write_graph(SectionFileWriter& writer, const HnswIndex& index, const std::vector<uint32_t>& slots,
                   const std::vector<uint32_t>& places, bool quantized);

/// codes   in the order of nodes; none where rows are not kept in codes, or wait for their codec to learn
/// Errors  kCorruptData, kOutOfMemory, or the source's; std::bad_alloc
Result<GraphContents> read_graph(const SectionFile& file, const engine_file::GraphHead& head,
                                 uint64_t row_count, std::optional<CodedRows> codes);

}  // namespace vicinal
