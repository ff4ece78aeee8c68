// The search engine as TypeScript sees it: bindings/api/raw-module.ts, RawSearchEngine.
#include <emscripten/bind.h>

#include <cmath>

#include "arrays.h"
#include "byte_pieces.h"
#include "engine/search_engine.h"
#include "filter_form.h"
#include "guarded.h"
#include "hits_view.h"

namespace vicinal::boundary {
namespace {

struct RawEngineStats {
  double size, deleted, capacity, vector_bytes, norm_bytes, id_bytes, memory_bytes;
};

SearchEngine* create_engine(size_t dim, uint32_t metric) {
  return guarded_new<SearchEngine>(
      [&] { return SearchEngine::create(dim, static_cast<Metric>(metric), best_kernels()); });
}

SearchEngine* load_engine(double size, const PieceReader& reader) {
  return guarded_new<SearchEngine>([&] {
    PieceSource source(static_cast<uint64_t>(size), reader);
    return SearchEngine::load(source, best_kernels());
  });
}

double engine_bytes_needed(size_t dim, uint32_t metric, double row_count) {
  return static_cast<double>(
      SearchEngine::bytes_needed(dim, static_cast<Metric>(metric), static_cast<uint64_t>(row_count)));
}

double size(const SearchEngine& engine) {
  return static_cast<double>(engine.stats().size);
}
uint32_t metric(const SearchEngine& engine) {
  return static_cast<uint32_t>(engine.metric());
}
double saved_bytes(const SearchEngine& engine) {
  return static_cast<double>(engine.saved_bytes());
}
bool contains(const SearchEngine& engine, uint32_t id) {
  return engine.contains(RowId{id});
}

RawEngineStats stats(const SearchEngine& engine) {
  const EngineStats stats = engine.stats();
  const auto number = [](uint64_t value) { return static_cast<double>(value); };
  return {number(stats.size),         number(stats.deleted),    number(stats.capacity),
          number(stats.vector_bytes), number(stats.norm_bytes), number(stats.id_bytes),
          number(stats.memory_bytes)};
}

Reply add(SearchEngine& engine, Address rows, size_t row_count) {
  return guarded([&] { return engine.add(floats_at(rows), row_count); });
}

void undo_add(SearchEngine& engine, size_t row_count) {
  engine.undo_add(row_count);
}

Reply update(SearchEngine& engine, uint32_t id, Address row) {
  return guarded([&] { return engine.update(RowId{id}, floats_at(row)); });
}

Reply remove(SearchEngine& engine, uint32_t id) {
  return guarded([&] { return engine.remove(RowId{id}); });
}

Reply get(const SearchEngine& engine, uint32_t id) {
  return guarded([&] { return engine.get(RowId{id}); });
}

Reply search(const SearchEngine& engine, Address queries, size_t query_count, size_t k, float score_threshold,
             uint32_t form, Address filter, size_t filter_length) {
  return guarded([&]() -> Result<const void*> {
    const CrossedFilter crossed(static_cast<FilterForm>(form), filter, filter_length,
                                [&](RowId id) { return engine.contains(id); });
    SearchOptions options;
    options.k = k;
    options.filter = crossed.get();
    if (!std::isnan(score_threshold)) options.score_threshold = score_threshold;
    const Status found = engine.search(floats_at(queries), query_count, options, last_hits());
    if (!found.ok()) return found.error();
    return static_cast<const void*>(view_last_hits());
  });
}

Reply reserve(SearchEngine& engine, double row_count) {
  return guarded([&]() -> Status {
    if (row_count > static_cast<double>(kMaxRowCount)) {
      return Error{ErrorCode::kCapacityExceeded, kMaxRowCount, static_cast<int64_t>(row_count)};
    }
    return engine.reserve(static_cast<size_t>(row_count));
  });
}

Reply compact(SearchEngine& engine) {
  return guarded([&] {
    engine.compact();
    return Status();
  });
}

Reply clear(SearchEngine& engine) {
  return guarded([&] {
    engine.clear();
    return Status();
  });
}

Reply save(const SearchEngine& engine, const PieceWriter& writer) {
  return guarded([&] {
    PieceSink sink(writer);
    const Status saved = engine.save(sink);
    if (saved.ok()) sink.flush();
    return saved;
  });
}

}  // namespace

EMSCRIPTEN_BINDINGS(search_engine) {
  using emscripten::allow_raw_pointers;
  emscripten::value_object<RawEngineStats>("RawEngineStats")
      .field("size", &RawEngineStats::size)
      .field("deleted", &RawEngineStats::deleted)
      .field("capacity", &RawEngineStats::capacity)
      .field("vectorBytes", &RawEngineStats::vector_bytes)
      .field("normBytes", &RawEngineStats::norm_bytes)
      .field("idBytes", &RawEngineStats::id_bytes)
      .field("memoryBytes", &RawEngineStats::memory_bytes);
  emscripten::class_<SearchEngine>("RawSearchEngine")
      .function("dim", &SearchEngine::dim)
      .function("metric", &metric)
      .function("size", &size)
      .function("stats", &stats)
      .function("add", &add)
      .function("undoAdd", &undo_add)
      .function("update", &update)
      .function("remove", &remove)
      .function("get", &get)
      .function("contains", &contains)
      .function("search", &search)
      .function("reserve", &reserve)
      .function("compact", &compact)
      .function("clear", &clear)
      .function("savedBytes", &saved_bytes)
      .function("save", &save);
  emscripten::function("createSearchEngine", &create_engine, allow_raw_pointers());
  emscripten::function("loadSearchEngine", &load_engine, allow_raw_pointers());
  emscripten::function("engineBytesNeeded", &engine_bytes_needed);
}

}  // namespace vicinal::boundary
