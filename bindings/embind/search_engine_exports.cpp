// The search engine as TypeScript sees it: bindings/api/raw-module.ts, the functions of `engine`.
#include <emscripten/bind.h>

#include <array>
#include <cmath>

#include "arrays.h"
#include "byte_pieces.h"
#include "engine/search_engine.h"
#include "filter_form.h"
#include "guarded.h"
#include "hits_view.h"

namespace vicinal::boundary {
namespace {

SearchEngine& at(Address engine) {
  return object_at<SearchEngine>(engine);
}

Reply create(size_t dim, uint32_t metric) {
  return guarded_new<SearchEngine>(
      [&] { return SearchEngine::create(dim, static_cast<Metric>(metric), best_kernels()); });
}

Reply load(double size) {
  return guarded_new<SearchEngine>([&] {
    PieceSource source(static_cast<uint64_t>(size));
    return SearchEngine::load(source, best_kernels());
  });
}

double bytes_needed(size_t dim, uint32_t metric, double row_count) {
  return static_cast<double>(
      SearchEngine::bytes_needed(dim, static_cast<Metric>(metric), static_cast<uint64_t>(row_count)));
}

size_t dim(Address engine) {
  return at(engine).dim();
}
double size(Address engine) {
  return static_cast<double>(at(engine).stats().size);
}
uint32_t metric(Address engine) {
  return static_cast<uint32_t>(at(engine).metric());
}
double saved_bytes(Address engine) {
  return static_cast<double>(at(engine).saved_bytes());
}
bool contains(Address engine, uint32_t id) {
  return at(engine).contains(RowId{id});
}

/// Address of seven doubles, in the order of `engineStatsFields` in bindings/api/raw-module.ts.
double stats(Address engine) {
  static std::array<double, 7> numbers;
  const EngineStats stats = at(engine).stats();
  size_t count = 0;
  for (const uint64_t number :
       {uint64_t{stats.size}, uint64_t{stats.deleted}, uint64_t{stats.capacity}, uint64_t{stats.vector_bytes},
        uint64_t{stats.norm_bytes}, uint64_t{stats.id_bytes}, uint64_t{stats.memory_bytes}}) {
    numbers[count++] = static_cast<double>(number);
  }
  return address_of(numbers.data());
}

Reply add(Address engine, Address rows, size_t row_count) {
  return guarded([&] { return at(engine).add(floats_at(rows), row_count); });
}

void undo_add(Address engine, size_t row_count) {
  at(engine).undo_add(row_count);
}

Reply update(Address engine, uint32_t id, Address row) {
  return guarded([&] { return at(engine).update(RowId{id}, floats_at(row)); });
}

Reply remove(Address engine, uint32_t id) {
  return guarded([&] { return at(engine).remove(RowId{id}); });
}

Reply get(Address engine, uint32_t id) {
  return guarded([&] { return at(engine).get(RowId{id}); });
}

Reply search(Address engine, Address queries, size_t query_count, size_t k, float score_threshold,
             uint32_t form, Address filter, size_t filter_length) {
  return guarded([&]() -> Result<const void*> {
    const CrossedFilter crossed(static_cast<FilterForm>(form), filter, filter_length,
                                [&](RowId id) { return at(engine).contains(id); });
    SearchOptions options;
    options.k = k;
    options.filter = crossed.get();
    if (!std::isnan(score_threshold)) options.score_threshold = score_threshold;
    const Status found = at(engine).search(floats_at(queries), query_count, options, last_hits());
    if (!found.ok()) return found.error();
    return static_cast<const void*>(view_last_hits());
  });
}

Reply reserve(Address engine, double row_count) {
  return guarded([&]() -> Status {
    if (row_count > static_cast<double>(kMaxRowCount)) {
      return Error{ErrorCode::kCapacityExceeded, kMaxRowCount, static_cast<int64_t>(row_count)};
    }
    return at(engine).reserve(static_cast<size_t>(row_count));
  });
}

Reply compact(Address engine) {
  return guarded([&] {
    at(engine).compact();
    return Status();
  });
}

Reply clear(Address engine) {
  return guarded([&] {
    at(engine).clear();
    return Status();
  });
}

Reply save(Address engine) {
  return guarded([&] {
    PieceSink sink;
    const Status saved = at(engine).save(sink);
    if (saved.ok()) sink.flush();
    return saved;
  });
}

}  // namespace

EMSCRIPTEN_BINDINGS(search_engine) {
  emscripten::function("engineCreate", &create);
  emscripten::function("engineLoad", &load);
  emscripten::function("engineDelete", &delete_object<SearchEngine>);
  emscripten::function("engineBytesNeeded", &bytes_needed);
  emscripten::function("engineDim", &dim);
  emscripten::function("engineMetric", &metric);
  emscripten::function("engineSize", &size);
  emscripten::function("engineStats", &stats);
  emscripten::function("engineAdd", &add);
  emscripten::function("engineUndoAdd", &undo_add);
  emscripten::function("engineUpdate", &update);
  emscripten::function("engineRemove", &remove);
  emscripten::function("engineGet", &get);
  emscripten::function("engineContains", &contains);
  emscripten::function("engineSearch", &search);
  emscripten::function("engineReserve", &reserve);
  emscripten::function("engineCompact", &compact);
  emscripten::function("engineClear", &clear);
  emscripten::function("engineSavedBytes", &saved_bytes);
  emscripten::function("engineSave", &save);
}

}  // namespace vicinal::boundary
