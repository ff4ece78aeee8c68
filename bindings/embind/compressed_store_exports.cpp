// The compressed store as TypeScript sees it: bindings/api/raw-module.ts, the functions of `store`.
#include <emscripten/bind.h>

#include <array>
#include <cmath>

#include "arrays.h"
#include "byte_pieces.h"
#include "engine/compressed_store.h"
#include "filter_form.h"
#include "guarded.h"
#include "hits_view.h"

namespace vicinal::boundary {
namespace {

CompressedStore& at(Address store) {
  return object_at<CompressedStore>(store);
}

Reply create(size_t dim, uint32_t metric, uint32_t bits, bool keep_vectors) {
  return guarded_new<CompressedStore>([&] {
    CompressedStoreOptions options;
    options.dim = dim;
    options.metric = static_cast<Metric>(metric);
    options.codec.bits = bits;
    options.keep_vectors = keep_vectors;
    return CompressedStore::create(options, best_kernels());
  });
}

Reply load(double size) {
  return guarded_new<CompressedStore>([&] {
    PieceSource source(static_cast<uint64_t>(size));
    return CompressedStore::load(source, best_kernels());
  });
}

size_t dim(Address store) {
  return at(store).options().dim;
}
uint32_t metric(Address store) {
  return static_cast<uint32_t>(at(store).options().metric);
}
uint32_t bits(Address store) {
  return at(store).options().codec.bits;
}
bool keep_vectors(Address store) {
  return at(store).options().keep_vectors;
}
double size(Address store) {
  return static_cast<double>(at(store).stats().size);
}
double saved_bytes(Address store) {
  return static_cast<double>(at(store).saved_bytes());
}

/// Address of four doubles, in the order of `storeStatsFields` in bindings/api/raw-module.ts.
double stats(Address store) {
  static std::array<double, 4> numbers;
  const CompressedStoreStats stats = at(store).stats();
  size_t count = 0;
  for (const uint64_t number : {uint64_t{stats.size}, uint64_t{stats.code_bytes},
                                uint64_t{stats.vector_bytes}, uint64_t{stats.memory_bytes}}) {
    numbers[count++] = static_cast<double>(number);
  }
  return address_of(numbers.data());
}

Reply add(Address store, Address rows, size_t row_count) {
  return guarded([&] { return at(store).add(floats_at(rows), row_count); });
}

void undo_add(Address store, size_t row_count) {
  at(store).undo_add(row_count);
}

Reply get(Address store, uint32_t id, Address row) {
  return guarded([&] { return at(store).get(RowId{id}, writable_floats_at(row)); });
}

Reply search(Address store, Address queries, size_t query_count, size_t k, float score_threshold,
             uint32_t form, Address filter, size_t filter_length, float oversampling) {
  return guarded([&]() -> Result<const void*> {
    const uint64_t row_count = at(store).stats().size;
    const CrossedFilter crossed(static_cast<FilterForm>(form), filter, filter_length,
                                [&](RowId id) { return to_number(id) < row_count; });
    CompressedSearchOptions options;
    options.search.k = k;
    options.search.filter = crossed.get();
    if (!std::isnan(score_threshold)) options.search.score_threshold = score_threshold;
    options.oversampling = oversampling;
    const Status found = at(store).search(floats_at(queries), query_count, options, last_hits());
    if (!found.ok()) return found.error();
    return static_cast<const void*>(view_last_hits());
  });
}

Reply save(Address store) {
  return guarded([&] {
    PieceSink sink;
    const Status saved = at(store).save(sink);
    if (saved.ok()) sink.flush();
    return saved;
  });
}

}  // namespace

EMSCRIPTEN_BINDINGS(compressed_store) {
  emscripten::function("storeCreate", &create);
  emscripten::function("storeLoad", &load);
  emscripten::function("storeDelete", &delete_object<CompressedStore>);
  emscripten::function("storeDim", &dim);
  emscripten::function("storeMetric", &metric);
  emscripten::function("storeBits", &bits);
  emscripten::function("storeKeepVectors", &keep_vectors);
  emscripten::function("storeSize", &size);
  emscripten::function("storeStats", &stats);
  emscripten::function("storeAdd", &add);
  emscripten::function("storeUndoAdd", &undo_add);
  emscripten::function("storeGet", &get);
  emscripten::function("storeSearch", &search);
  emscripten::function("storeSavedBytes", &saved_bytes);
  emscripten::function("storeSave", &save);
}

}  // namespace vicinal::boundary
