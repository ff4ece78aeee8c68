// A saved search engine. Without quantization, a section file of kind kSearchEngine with three sections:
//
//   "head"  u32 dim            1..65536
//           u32 metric         base/metric.h
//           u64 row_count
//           u64 next_id        the id that the next row will get; above all ids
//   "ids "  u32 [row_count]    ascending; of no length where they are next_id - row_count to next_id - 1
//   "rows"  f32 [row_count x dim], as the caller gave them
//
// With quantization, one of kind kQuantizedEngine: the same three ("rows" of no length where rows are kept as
// codes only), then
//
//   "codc"  u32 kind             quantize/codec_options.h, from here to quantile
//           u32 bits
//           u32 segments
//           u32 rotation         0 or 1
//           f32 quantile
//           u32 keeps_vectors    1 where float rows are kept, else 0
//           u64 seed
//           u32 trained          1 where rows are kept as codes; 0 where there are too few, and only "rows"
//           u32 code_bytes       a row
//           u32 constant_count   floats a row
//           u32 parameter_count  floats that the codec has learned
//   "parm"  f32 [parameter_count]
//   "code"  u8 [row_count x code_bytes], one row after another, whatever their order in memory
//   "cons"  f32 [row_count x constant_count]
//
// What codes, constants and parameters mean is the codec's to say: src/quantize. The last three sections have no
// length where there are no codes yet.
//
// With lists of an inverted file, one of kind kIvfEngine: "head", "ids " and "rows", with quantization the four of
// kQuantizedEngine too, and
//
//   "ivf "  u32 nlist            lists that rows are sorted into; 0 until trained
//           u32 list_count       nlist, and lists of rows not sorted yet
//           f32 norm_bound       of the rows as they are clustered, where the metric is dot; else 0
//           u32 quantized        0 or 1: whether there are the sections of codes
//   "cent"  f32 [nlist x width]  centroids, width = dim, under dot dim + 1 (index/ivf/coarse_quantizer.h)
//   "size"  u32 [list_count]     rows of each list
//   "slot"  u32 [row_count]      which of the ids each row has: its place in "ids "
//
// Then "slot", "rows", "code" and "cons" hold their rows list after list, in the order of "size": what a search reads
// of a list lies together in each of them, at the sum of the sizes before it.
//
// With a graph (index/hnsw/hnsw_graph.h), one of kind kHnswEngine: "head", "ids " and "rows", with quantization the four
// of kQuantizedEngine too, and
//
//   "hnsw"  u32 m                    2..256
//           u32 ef_construction      1..65536
//           u32 full_scan_threshold
//           u32 quantized            0 or 1: whether there are the sections of codes
//           u64 seed
//           u32 entry                node that walks start from, of the highest level; 2^32 - 1 where none is linked
//           u32 linked_count         nodes that have been linked; none where rows wait for their codec to learn
//           u64 upper_list_count     lists above level 0: the sum of all levels
//   "slot"  u32 [row_count]          which of the ids each node has: its place in "ids "
//   "levl"  u8 [row_count]           highest level of each node, up to 31
//   "base"  u32 [row_count x (1 + 2 m)]          the list of each node on level 0
//   "uppr"  u32 [upper_list_count x (1 + m)]     those of its levels 1, 2, ..., node after node
//   "pair"  f32 [row_count]          what Codec::pair_constant tells of each node; of no length without codes
//
// and, only where ef_search is calibrated (index/hnsw/calibration.h),
//
//   "cali"  f32 target_recall        0.5..0.999
//           u32 row_count            rows in the graph when it was found; 0 where it is not yet: then all are 0
//           u32 [2]                  ef_search for 10 and for 100 hits, 1..4096
//           f32 [2]                  recall of the sample at these, 0..1
//
// A list is the number of its edges, the nodes that they lead to, and zeros. The highest bit of an edge of level 0 marks
// it as the spanning tree's (index/hnsw/spanning_tree.h). Linked nodes have edges on level 0, but for the entry where it
// is the only one; the others have none, and are rows still to be linked. "code" and "cons" are in the order of nodes,
// "rows" in that of ids.
//
// Removed rows are not written: what is read has none. Norms are not written either, but computed anew.
//
// Files of kind kCompressedStore, which earlier builds wrote, are read too. Their ids are 0, 1, 2, ..., their
// codes scalar ones, and their sections
//
//   "head"  u32 dim, metric, codec (0), bits, keeps_vectors, code_bytes, constant_count, parameter_count
//           u64 row_count
//   "parm", "code", "cons", "rows" as above
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "index/flat/coded_rows.h"
#include "index/hnsw/hnsw_index.h"
#include "index/ivf/ivf_index.h"
#include "kernels/kernel_table.h"
#include "persist/byte_io.h"
#include "quantize/quantization.h"
#include "rows/deletions.h"
#include "rows/id_map.h"
#include "rows/vector_rows.h"

namespace vicinal {

/// What is written.
struct EngineView {
  const VectorRows& rows;  // empty where rows are kept as codes only, or in lists
  const std::optional<Quantization>& quantization;
  const std::optional<CodedRows>& codes;
  const IdMap& ids;
  const Deletions& deletions;
  const IvfIndex* ivf;    // null where rows are not kept in lists
  const HnswIndex* hnsw;  // null where rows are not in a graph
};

struct GraphContents {
  HnswOptions options;
  HnswGraph graph;
  std::unique_ptr<NodeStore> stored;
  Calibration calibration;
};

/// The first float rows of an engine, none of them marked, as they lie one after another in a file.
struct WrittenRows {
  size_t count = 0;
  uint64_t offset = 0;  // of the first
  uint32_t crc = 0;     // CRC-32C of all
};

/// What is read.
struct EngineContents {
  VectorRows rows;           // empty where they were left in the file
  WrittenRows written_rows;  // in the file; none where rows are in lists
  std::optional<Quantization> quantization;
  std::optional<CodedRows> codes;
  IdMap ids;
  std::unique_ptr<IvfIndex> ivf;       // then rows and codes are in its lists
  std::optional<GraphContents> graph;  // then codes are in it
};

/// Size of the file that `write_engine_file` writes.
uint64_t engine_file_bytes(const EngineView& engine);
/// Where the first of its rows lies in it.
uint64_t engine_file_rows(const EngineView& engine);

/// Writes the rows that are not marked, some at a time. Holds no second copy of them.
class EngineFileWriter {
 public:
  /// sink, engine  must outlive it, and the engine stay as it is
  /// present       in the file that this takes the place of; its rows must have been noted as unchanged then
  EngineFileWriter(ByteSink& sink, const EngineView& engine, const WrittenRows& present = {});
  ~EngineFileWriter();

  ByteSink& sink() const;
  /// Writes some 2 MB more; a list of rows whole.
  /// Returns  whether all is written
  /// Errors   the sink's, and those of reading rows
  Result<bool> step();
  /// Of the file, once all is written; none where rows are in lists, or some are marked.
  WrittenRows written_rows() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads and checks everything: no value of the file is believed.
/// leaves_rows  do not read float rows of which there are codes too, unless they are in lists
/// Errors  kCorruptData (actual: the offset of what is wrong), kUnsupportedVersion, kOutOfMemory, or
///         the source's
Result<EngineContents> read_engine_file(ByteSource& source, const KernelTable& kernels,
                                        bool leaves_rows = false);

/// Where the float rows of a saved engine lie, each [dim].
struct RowsPlace {
  uint32_t dim;
  uint64_t offset;            // of the first, in the file
  std::vector<uint32_t> ids;  // of each row, in their order there; empty where rows are kept as codes only
};

/// Reads no more of a file, of which other parts may be damaged, than tells where its rows are.
/// Errors  kCorruptData, kUnsupportedVersion, or the source's
Result<RowsPlace> locate_rows(ByteSource& source);

/// The same of a file whose last bytes are damaged, and which keeps float rows: the caller must know. Its ids may be told
/// wrong, and then differ from those that were written: the caller compares them.
/// Errors  kCorruptData, also where rows are in lists
Result<RowsPlace> locate_rows_without_table(ByteSource& source);

/// Rows that are read where they lie in a file, from `offset` on.
std::unique_ptr<RowFile> rows_in_place(std::unique_ptr<ByteSource> source, uint64_t offset, size_t row_count,
                                       size_t dim, Metric metric);

}  // namespace vicinal
