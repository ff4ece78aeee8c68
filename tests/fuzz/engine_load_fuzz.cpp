// Any bytes at all as a saved engine: what loads must answer a search, decode to finite rows, and take changes.
#include <algorithm>
#include <cmath>
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  fuzz_load<SearchEngine>(data, size, check_answers, change);
  return 0;
}
