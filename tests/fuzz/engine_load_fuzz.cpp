// Any bytes at all as a saved engine. What loads must answer a search with finite hits in order, and must
// save to the same content again.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "engine/search_engine.h"
#include "fuzz/mended_checksums.h"
#include "support/byte_buffer.h"

namespace {

using namespace vicinal;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_answers(const SearchEngine& engine) {
  const std::vector<float> query(engine.dim(), 0.5f);
  const EngineStats stats = engine.stats();
  require(stats.deleted == 0 && stats.size <= stats.capacity);
  for (const size_t k : {size_t{1}, static_cast<size_t>(stats.size) + 1}) {
    Hits hits;
    require(engine.search(query.data(), 1, {.k = k}, hits).ok());
    require(hits.counts.size() == 1 && hits.counts[0] == std::min<uint64_t>(k, stats.size));
    for (size_t rank = 0; rank < hits.ids.size(); ++rank) {
      require(engine.contains(hits.ids[rank]));
      require(std::isfinite(hits.distances[rank]) && std::isfinite(hits.scores[rank]));
      require(rank == 0 || hits.distances[rank - 1] <= hits.distances[rank]);
    }
  }
}

void load(Bytes bytes) {
  BufferSource source(std::move(bytes));
  const auto loaded = SearchEngine::load(source, best_kernels());
  if (!loaded.ok()) return;
  check_answers(*loaded.value());

  BufferSink first, second;
  require(loaded.value()->save(first).ok());
  BufferSource again(first.bytes());
  const auto reloaded = SearchEngine::load(again, best_kernels());
  require(reloaded.ok() && reloaded.value()->save(second).ok());
  require(first.bytes() == second.bytes());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const Bytes bytes(data, data + size);
  load(bytes);
  // Checksums turn away nearly all mutations: what lies behind them is reached with checksums made right.
  load(mended_checksums(bytes));
  return 0;
}
