// Any bytes at all as a saved engine: what loads must answer a search, decode to finite rows, and take changes.
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/search_engine.h"
#include "fuzz/fuzz_load.h"

namespace {

using namespace vicinal;

void check_answers(const SearchEngine& engine) {
  const std::vector<float> query(engine.dim(), 0.5f);
  const EngineStats stats = engine.stats();
  require(stats.deleted == 0 && stats.size <= stats.capacity);
  const bool rescores = engine.quantization() && engine.quantization()->keep_vectors;
  for (const float oversampling : {0.0f, rescores ? 2.0f : 0.0f}) {
    for (const size_t k : {size_t{1}, static_cast<size_t>(stats.size) + 1}) {
      Hits hits;
      require(engine.search(query.data(), 1, {.k = k, .oversampling = oversampling, .nprobe = 1}, hits).ok());
      require_hits(hits, k, stats.size);
      for (const RowId id : hits.ids) {
        require(engine.contains(id));
        const float* row = engine.get(id).value();
        require(std::all_of(row, row + engine.dim(), [](float value) { return std::isfinite(value); }));
      }
    }
  }
}

// Rows come, change and go, some of those that were loaded among them.
void change(SearchEngine& engine) {
  require(engine.graph_is_connected());
  const std::vector<float> row(engine.dim(), 0.25f);
  Hits hits;
  require(engine.search(row.data(), 1, {.k = 8, .nprobe = 1}, hits).ok());
  const Result<RowId> added = engine.add(row.data(), 1);
  require(added.ok() || added.error().code == ErrorCode::kCapacityExceeded);
  for (size_t i = 0; i < hits.ids.size(); ++i)
    require(i % 2 == 0 ? engine.update(hits.ids[i], row.data()).ok() : engine.remove(hits.ids[i]).ok());
  require(engine.graph_is_connected());
  const size_t left = static_cast<size_t>(engine.stats().size);
  require(engine.search(row.data(), 1, {.k = left + 1, .nprobe = 1}, hits).ok());
  require_hits(hits, left + 1, left);
}

// Float rows that are left in the file are checked when they are read: then they are right, or told to be damaged.
void leave_rows(const Bytes& bytes) {
  auto loaded = SearchEngine::load_but_rows(std::make_unique<BufferSource>(bytes), best_kernels());
  if (!loaded.ok() || !loaded.value()->has_rows_in_file()) return;
  SearchEngine& engine = *loaded.value();
  const std::vector<float> query(engine.dim(), 0.5f);
  const size_t size = static_cast<size_t>(engine.stats().size);
  for (const SearchOptions& options : {SearchOptions{.k = 3, .oversampling = 2},
                                       SearchOptions{.k = 3, .exact = true}, SearchOptions{.k = size + 1}}) {
    Hits hits;
    const Status searched = engine.search(query.data(), 1, options, hits);
    require(searched.ok() || searched.error().code == ErrorCode::kCorruptData);
    if (searched.ok()) require_hits(hits, options.k, size);
    for (const RowId id : hits.ids) {
      const Result<const float*> row = engine.get(id);
      require(row.ok() || row.error().code == ErrorCode::kCorruptData);
      require(!row.ok() || check_rows(row.value(), 1, engine.dim(), engine.metric()).ok());
    }
  }
  BufferSink sink;
  const Status saved = engine.save(sink);
  require(saved.ok() || saved.error().code == ErrorCode::kCorruptData);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  fuzz_load<SearchEngine>(data, size, check_answers, change);
  leave_rows(mended_checksums({data, data + size}));
  return 0;
}
