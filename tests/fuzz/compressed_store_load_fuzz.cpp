// Any bytes at all as a saved compressed store. What loads must decode to finite rows, must answer a search
// with finite hits in order, and must save to the same content again.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "engine/compressed_store.h"
#include "fuzz/mended_checksums.h"
#include "support/byte_buffer.h"

namespace {

using namespace vicinal;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_answers(const CompressedStore& store) {
  const uint64_t size = store.stats().size;
  const std::vector<float> query(store.options().dim, 0.5f);
  std::vector<float> row(store.options().dim);
  for (uint32_t id = 0; id < std::min<uint64_t>(size, 8); ++id) {
    require(store.get(RowId{id}, row.data()).ok());
    require(std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); }));
  }
  for (const float oversampling : {0.0f, store.options().keep_vectors ? 2.0f : 0.0f}) {
    for (const size_t k : {size_t{1}, static_cast<size_t>(size) + 1}) {
      Hits hits;
      require(store.search(query.data(), 1, {.search = {.k = k}, .oversampling = oversampling}, hits).ok());
      require(hits.counts.size() == 1 && hits.counts[0] == std::min<uint64_t>(k, size));
      for (size_t rank = 0; rank < hits.ids.size(); ++rank) {
        require(to_number(hits.ids[rank]) < size);
        require(std::isfinite(hits.distances[rank]) && std::isfinite(hits.scores[rank]));
        require(rank == 0 || hits.distances[rank - 1] <= hits.distances[rank]);
      }
    }
  }
}

void load(Bytes bytes) {
  BufferSource source(std::move(bytes));
  const auto loaded = CompressedStore::load(source, best_kernels());
  if (!loaded.ok()) return;
  check_answers(*loaded.value());

  BufferSink first, second;
  require(loaded.value()->save(first).ok());
  require(first.bytes().size() == loaded.value()->saved_bytes());
  BufferSource again(first.bytes());
  const auto reloaded = CompressedStore::load(again, best_kernels());
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
