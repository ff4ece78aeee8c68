// The compressed vector store: rows kept and searched as codes, optionally rescored on the float rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/ids.h"
#include "base/metric.h"
#include "base/result.h"
#include "engine/hits.h"
#include "engine/search_engine.h"
#include "kernels/kernel_table.h"
#include "persist/byte_io.h"
#include "quantize/codec_options.h"

namespace vicinal {

struct CompressedStoreOptions {
  size_t dim = 0;  // 1..65536
  Metric metric = Metric::kCosine;
  CodecOptions codec{};
  bool keep_vectors = false;  // keep the float rows too, for rescoring
};

struct CompressedStoreStats {
  uint64_t size = 0;
  uint64_t code_bytes = 0;    // codes and their per-row constants, capacity included
  uint64_t vector_bytes = 0;  // float rows, when kept
  uint64_t memory_bytes = 0;  // every byte held: codes, rows, buffers of the store
};

struct CompressedSearchOptions {
  SearchOptions search;
  /// Where float rows are kept: oversampling x k best rows by code are scored again exactly. 1 or more; 0
  /// searches by code alone.
  float oversampling = 0;
};

class CompressedStore {
 public:
  /// Errors  kInvalidArgument
  static Result<std::unique_ptr<CompressedStore>> create(const CompressedStoreOptions& options,
                                                         const KernelTable& kernels);
  ~CompressedStore();

  const CompressedStoreOptions& options() const;
  CompressedStoreStats stats() const;

  /// As SearchEngine::add. Ids are 0, 1, 2, ... The codec learns from the rows of the first call (from 64 on,
  /// as well as from more), so codes tell more when the first rows come together than one by one.
  Result<RowId> add(const float* rows, size_t row_count);
  /// As SearchEngine::undo_add.
  void undo_add(size_t row_count);

  /// Decodes a row into `row` [dim]: the float row where it is kept, else the nearest that the code can tell.
  /// Errors  kNotFound
  Status get(RowId id, float* row) const;

  /// As SearchEngine::search, on the codes.
  /// Errors  kInvalidArgument (k, a threshold that is NaN; oversampling below 1 and not 0, or without kept
  ///         rows), kNotFinite, kZeroVector; std::bad_alloc
  Status search(const float* queries, size_t query_count, const CompressedSearchOptions& options,
                Hits& hits) const;

  Status save(ByteSink& sink) const;
  uint64_t saved_bytes() const;
  static Result<std::unique_ptr<CompressedStore>> load(ByteSource& source, const KernelTable& kernels);

 private:
  struct State;
  struct Rollback;
  explicit CompressedStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vicinal
