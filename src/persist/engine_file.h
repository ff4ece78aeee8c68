// A saved search engine: a section file of kind kSearchEngine with three sections.
//
//   "head"  u32 dim            1..65536
//           u32 metric         base/metric.h
//           u64 row_count
//           u64 next_id        the id that the next row will get; above all ids
//   "ids "  u32 [row_count]    ascending; of no length where they are next_id - row_count to next_id - 1
//   "rows"  f32 [row_count x dim], as the caller gave them
//
// Removed rows are not written: what is read has none. Norms are not written either, but computed anew.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "persist/byte_io.h"
#include "rows/deletions.h"
#include "rows/id_map.h"
#include "rows/vector_rows.h"

namespace vicinal {

struct EngineContents {
  VectorRows rows;
  IdMap ids;
};

/// Size of the file that `write_engine_file` writes.
uint64_t engine_file_bytes(const VectorRows& rows, const IdMap& ids, const Deletions& deletions);

/// Writes the rows that are not marked. Holds no second copy of them.
/// Errors  the sink's
Status write_engine_file(ByteSink& sink, const VectorRows& rows, const IdMap& ids,
                         const Deletions& deletions);

/// Reads and checks everything: no value of the file is believed.
/// Errors  kCorruptData (actual: the offset of what is wrong), kUnsupportedVersion, kOutOfMemory, or
///         the source's
Result<EngineContents> read_engine_file(ByteSource& source);

}  // namespace vicinal
