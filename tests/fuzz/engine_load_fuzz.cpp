// Any bytes at all as a saved engine: what loads must answer a search, and decode to finite rows.
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  fuzz_load<SearchEngine>(data, size, check_answers);
  return 0;
}
