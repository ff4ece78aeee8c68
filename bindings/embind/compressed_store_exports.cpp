// The compressed store as TypeScript sees it: bindings/api/raw-module.ts, RawCompressedStore.
#include <emscripten/bind.h>

#include <cmath>

#include "arrays.h"
#include "byte_pieces.h"
#include "engine/compressed_store.h"
#include "filter_form.h"
#include "guarded.h"
#include "hits_view.h"

namespace vicinal::boundary {
namespace {

struct RawStoreStats {
  double size, code_bytes, vector_bytes, memory_bytes;
};

CompressedStore* create_store(size_t dim, uint32_t metric, uint32_t bits, bool keep_vectors) {
  return guarded_new<CompressedStore>([&] {
    CompressedStoreOptions options;
    options.dim = dim;
    options.metric = static_cast<Metric>(metric);
    options.bits = bits;
    options.keep_vectors = keep_vectors;
    return CompressedStore::create(options, best_kernels());
  });
}

CompressedStore* load_store(double size, const PieceReader& reader) {
  return guarded_new<CompressedStore>([&] {
    PieceSource source(static_cast<uint64_t>(size), reader);
    return CompressedStore::load(source, best_kernels());
  });
}

size_t dim(const CompressedStore& store) {
  return store.options().dim;
}
uint32_t metric(const CompressedStore& store) {
  return static_cast<uint32_t>(store.options().metric);
}
uint32_t bits(const CompressedStore& store) {
  return store.options().bits;
}
bool keep_vectors(const CompressedStore& store) {
  return store.options().keep_vectors;
}
double size(const CompressedStore& store) {
  return static_cast<double>(store.stats().size);
}
double saved_bytes(const CompressedStore& store) {
  return static_cast<double>(store.saved_bytes());
}

RawStoreStats stats(const CompressedStore& store) {
  const CompressedStoreStats stats = store.stats();
  const auto number = [](uint64_t value) { return static_cast<double>(value); };
  return {number(stats.size), number(stats.code_bytes), number(stats.vector_bytes),
          number(stats.memory_bytes)};
}

Reply add(CompressedStore& store, Address rows, size_t row_count) {
  return guarded([&] { return store.add(floats_at(rows), row_count); });
}

void undo_add(CompressedStore& store, size_t row_count) {
  store.undo_add(row_count);
}

Reply get(const CompressedStore& store, uint32_t id, Address row) {
  return guarded([&] { return store.get(RowId{id}, writable_floats_at(row)); });
}

Reply search(const CompressedStore& store, Address queries, size_t query_count, size_t k,
             float score_threshold, uint32_t form, Address filter, size_t filter_length, float oversampling) {
  return guarded([&]() -> Result<const void*> {
    const uint64_t row_count = store.stats().size;
    const CrossedFilter crossed(static_cast<FilterForm>(form), filter, filter_length,
                                [&](RowId id) { return to_number(id) < row_count; });
    CompressedSearchOptions options;
    options.search.k = k;
    options.search.filter = crossed.get();
    if (!std::isnan(score_threshold)) options.search.score_threshold = score_threshold;
    options.oversampling = oversampling;
    const Status found = store.search(floats_at(queries), query_count, options, last_hits());
    if (!found.ok()) return found.error();
    return static_cast<const void*>(view_last_hits());
  });
}

Reply save(const CompressedStore& store, const PieceWriter& writer) {
  return guarded([&] {
    PieceSink sink(writer);
    const Status saved = store.save(sink);
    if (saved.ok()) sink.flush();
    return saved;
  });
}

}  // namespace

EMSCRIPTEN_BINDINGS(compressed_store) {
  using emscripten::allow_raw_pointers;
  emscripten::value_object<RawStoreStats>("RawStoreStats")
      .field("size", &RawStoreStats::size)
      .field("codeBytes", &RawStoreStats::code_bytes)
      .field("vectorBytes", &RawStoreStats::vector_bytes)
      .field("memoryBytes", &RawStoreStats::memory_bytes);
  emscripten::class_<CompressedStore>("RawCompressedStore")
      .function("dim", &dim)
      .function("metric", &metric)
      .function("bits", &bits)
      .function("keepVectors", &keep_vectors)
      .function("size", &size)
      .function("stats", &stats)
      .function("add", &add)
      .function("undoAdd", &undo_add)
      .function("get", &get)
      .function("search", &search)
      .function("savedBytes", &saved_bytes)
      .function("save", &save);
  emscripten::function("createCompressedStore", &create_store, allow_raw_pointers());
  emscripten::function("loadCompressedStore", &load_store, allow_raw_pointers());
}

}  // namespace vicinal::boundary
