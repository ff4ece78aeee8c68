// Any bytes at all as a saved compressed store: what loads must decode to finite rows, and answer a search.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/compressed_store.h"
#include "fuzz/fuzz_load.h"

namespace {

using namespace vicinal;

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
      require_hits(hits, k, size);
      for (const RowId id : hits.ids) require(to_number(id) < size);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  fuzz_load<CompressedStore>(data, size, check_answers);
  return 0;
}
