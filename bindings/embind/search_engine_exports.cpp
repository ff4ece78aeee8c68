// The search engine as TypeScript sees it: bindings/api/raw-module.ts, the functions of `engine`.
#include <emscripten/bind.h>

#include <array>
#include <bit>
#include <cmath>
#include <vector>

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

/// Words that stand for a `Quantization`, as bindings/api/quantization.ts lists them.
struct QuantizationWords {
  uint32_t kind, bits, segments, rotation;
  float quantile;
  uint32_t keep_vectors, seed_low, seed_high;
};

/// Words that stand for `HnswOptions`, as bindings/api/hnsw.ts lists them.
struct HnswWords {
  uint32_t m, ef_construction, full_scan_threshold, seed_low, seed_high;
  float target_recall;
};

/// quantization  address of such words, or 0 for none
/// hnsw          likewise
EngineOptions engine_options(size_t dim, uint32_t metric, Address quantization, uint32_t index,
                             Address hnsw) {
  EngineOptions options{dim, static_cast<Metric>(metric), std::nullopt, IndexKind{index}};
  if (hnsw != 0) {
    const auto& graph = object_at<const HnswWords>(hnsw);
    options.hnsw = {graph.m, graph.ef_construction, graph.full_scan_threshold,
                    uint64_t{graph.seed_high} << 32 | graph.seed_low, graph.target_recall};
  }
  if (quantization == 0) return options;
  const auto& words = object_at<const QuantizationWords>(quantization);
  options.quantization = Quantization{{CodecKind{words.kind}, words.bits, words.segments, words.rotation != 0,
                                       words.quantile, uint64_t{words.seed_high} << 32 | words.seed_low},
                                      words.keep_vectors != 0};
  return options;
}

Reply create(size_t dim, uint32_t metric, Address quantization, uint32_t index, Address hnsw) {
  return guarded_new<SearchEngine>([&] {
    return SearchEngine::create(engine_options(dim, metric, quantization, index, hnsw), best_kernels());
  });
}

Reply load(double size) {
  return guarded_new<SearchEngine>([&] {
    PieceSource source(static_cast<uint64_t>(size));
    return SearchEngine::load(source, best_kernels());
  });
}

Reply bytes_needed(size_t dim, uint32_t metric, Address quantization, uint32_t index, Address hnsw,
                   double row_count) {
  return guarded([&] {
    return SearchEngine::bytes_needed(engine_options(dim, metric, quantization, index, hnsw),
                                      static_cast<uint64_t>(row_count));
  });
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
Reply saved_bytes(Address engine) {
  return guarded([&]() -> Result<uint64_t> { return at(engine).saved_bytes(); });
}
bool contains(Address engine, uint32_t id) {
  return at(engine).contains(RowId{id});
}

/// Address of `QuantizationWords`, or 0.
double quantization(Address engine) {
  static QuantizationWords words;
  const std::optional<Quantization>& held = at(engine).quantization();
  if (!held) return 0;
  const CodecOptions& codec = held->codec;
  words = {static_cast<uint32_t>(codec.kind),
           codec.bits,
           codec.segments,
           codec.rotation,
           codec.quantile,
           held->keep_vectors,
           static_cast<uint32_t>(codec.seed),
           static_cast<uint32_t>(codec.seed >> 32)};
  return address_of(&words);
}
/// Address of `HnswWords`, or 0.
double hnsw(Address engine) {
  static HnswWords words;
  const HnswOptions* held = at(engine).hnsw();
  if (held == nullptr) return 0;
  words = {held->m,
           held->ef_construction,
           held->full_scan_threshold,
           static_cast<uint32_t>(held->seed),
           static_cast<uint32_t>(held->seed >> 32),
           held->target_recall};
  return address_of(&words);
}
/// Address of words: those of `graphStatsWords` in bindings/api/hnsw.ts, the level sizes, the degrees.
double graph_stats(Address engine) {
  static std::vector<uint32_t> words;
  const HnswStats stats = at(engine).graph_stats();
  words = {static_cast<uint32_t>(stats.linked),         static_cast<uint32_t>(stats.pending),
           static_cast<uint32_t>(stats.removed),        static_cast<uint32_t>(stats.level_sizes.size()),
           static_cast<uint32_t>(stats.degrees.size()), stats.calibration.row_count};
  for (const uint32_t ef : stats.calibration.ef) words.push_back(ef);
  for (const float recall : stats.calibration.recall) words.push_back(std::bit_cast<uint32_t>(recall));
  words.insert(words.end(), stats.level_sizes.begin(), stats.level_sizes.end());
  words.insert(words.end(), stats.degrees.begin(), stats.degrees.end());
  return address_of(words.data());
}
Reply reachable(Address engine) {
  return guarded([&]() -> Result<size_t> { return at(engine).reachable(); });
}
size_t pending_links(Address engine) {
  return at(engine).pending_links();
}
bool is_linked(Address engine) {
  return at(engine).is_linked();
}
uint32_t index(Address engine) {
  return static_cast<uint32_t>(at(engine).index());
}
size_t nlist(Address engine) {
  return at(engine).nlist();
}
double list_imbalance(Address engine) {
  return at(engine).list_imbalance();
}
bool is_trained(Address engine) {
  return at(engine).is_trained();
}
size_t training_least(Address engine) {
  return at(engine).training_sample().least;
}

/// Address of ten doubles, in the order of `engineStatsFields` in bindings/api/raw-module.ts.
double stats(Address engine) {
  static std::array<double, 10> numbers;
  const EngineStats stats = at(engine).stats();
  size_t count = 0;
  for (const uint64_t number :
       {uint64_t{stats.size}, uint64_t{stats.deleted}, uint64_t{stats.capacity}, uint64_t{stats.vector_bytes},
        uint64_t{stats.norm_bytes}, uint64_t{stats.code_bytes}, uint64_t{stats.codec_bytes},
        uint64_t{stats.index_bytes}, uint64_t{stats.id_bytes}, uint64_t{stats.memory_bytes}}) {
    numbers[count++] = static_cast<double>(number);
  }
  return address_of(numbers.data());
}

Reply add(Address engine, Address rows, size_t row_count, bool links) {
  return guarded([&] { return at(engine).add(floats_at(rows), row_count, links); });
}

Reply undo_add(Address engine, size_t row_count) {
  return guarded([&] {
    at(engine).undo_add(row_count);
    return Status();
  });
}

void end_add(Address engine) {
  at(engine).end_add();
}

Reply begin_training(Address engine, bool for_add) {
  return guarded([&] { return at(engine).begin_training(for_add); });
}

Reply add_training_rows(Address engine, Address rows, size_t row_count) {
  return guarded([&] { return at(engine).add_training_rows(floats_at(rows), row_count); });
}

/// Thousandths that are done, 1000 last.
Result<size_t> thousandths(const Result<double>& done) {
  if (!done.ok()) return done.error();
  return static_cast<size_t>(done.value() < 1 ? 999 * done.value() : 1000);
}

Reply training_step(Address engine) {
  return guarded([&] { return thousandths(at(engine).training_step()); });
}

void end_training(Address engine) {
  at(engine).end_training();
}

Reply begin_list_training(Address engine, size_t nlist, double seed) {
  return guarded([&] { return at(engine).begin_list_training(nlist, static_cast<uint64_t>(seed)); });
}

Reply list_training_step(Address engine) {
  return guarded([&] { return thousandths(at(engine).list_training_step()); });
}

void end_list_training(Address engine) {
  at(engine).end_list_training();
}

Reply link_step(Address engine, bool renews) {
  return guarded([&] { return thousandths(at(engine).link_step(renews)); });
}

Reply load_rows_step(Address engine, size_t row_count) {
  return guarded([&] { return thousandths(at(engine).load_rows_step(row_count)); });
}

Reply begin_calibration(Address engine, Address queries, size_t query_count) {
  return guarded([&] { return at(engine).begin_calibration(floats_at(queries), query_count); });
}

Reply calibration_step(Address engine) {
  return guarded([&] { return thousandths(at(engine).calibration_step()); });
}

void end_calibration(Address engine) {
  at(engine).end_calibration();
}

size_t ef_search(Address engine, size_t k) {
  return at(engine).ef_search(k);
}

Reply update(Address engine, uint32_t id, Address row, bool links) {
  return guarded([&] { return at(engine).update(RowId{id}, floats_at(row), links); });
}

Reply remove(Address engine, uint32_t id, bool links) {
  return guarded([&] { return at(engine).remove(RowId{id}, links); });
}

Reply bring_back(Address engine, uint32_t id) {
  return guarded([&] { return at(engine).bring_back(RowId{id}); });
}

Reply get(Address engine, uint32_t id) {
  return guarded([&] { return at(engine).get(RowId{id}); });
}

Reply search(Address engine, Address queries, size_t query_count, size_t k, float score_threshold,
             uint32_t form, Address filter, size_t filter_length, float oversampling, bool exact,
             size_t nprobe, size_t ef_search, uint32_t first_slot, uint32_t end_slot) {
  return guarded([&]() -> Result<const void*> {
    const CrossedFilter crossed(static_cast<FilterForm>(form), filter, filter_length,
                                [&](RowId id) { return at(engine).contains(id); });
    SearchOptions options;
    options.k = k;
    options.filter = crossed.get();
    if (!std::isnan(score_threshold)) options.score_threshold = score_threshold;
    options.oversampling = oversampling;
    options.exact = exact;
    options.nprobe = nprobe;
    options.ef_search = ef_search;
    const Status found =
        at(engine).search(floats_at(queries), query_count, options, last_hits(), {first_slot, end_slot});
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

Reply compact(Address engine, bool renumbers) {
  return guarded([&] { return at(engine).compact(renumbers); });
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
  emscripten::function("engineLinkStep", &link_step);
  emscripten::function("engineLoadRowsStep", &load_rows_step);
  emscripten::function("engineBeginCalibration", &begin_calibration);
  emscripten::function("engineCalibrationStep", &calibration_step);
  emscripten::function("engineEndCalibration", &end_calibration);
  emscripten::function("engineEfSearch", &ef_search);
  emscripten::function("engineUndoAdd", &undo_add);
  emscripten::function("engineEndAdd", &end_add);
  emscripten::function("engineQuantization", &quantization);
  emscripten::function("engineIndex", &index);
  emscripten::function("engineHnsw", &hnsw);
  emscripten::function("engineGraphStats", &graph_stats);
  emscripten::function("engineReachable", &reachable);
  emscripten::function("enginePendingLinks", &pending_links);
  emscripten::function("engineIsLinked", &is_linked);
  emscripten::function("engineNlist", &nlist);
  emscripten::function("engineListImbalance", &list_imbalance);
  emscripten::function("engineBeginListTraining", &begin_list_training);
  emscripten::function("engineListTrainingStep", &list_training_step);
  emscripten::function("engineEndListTraining", &end_list_training);
  emscripten::function("engineIsTrained", &is_trained);
  emscripten::function("engineTrainingLeast", &training_least);
  emscripten::function("engineBeginTraining", &begin_training);
  emscripten::function("engineAddTrainingRows", &add_training_rows);
  emscripten::function("engineTrainingStep", &training_step);
  emscripten::function("engineEndTraining", &end_training);
  emscripten::function("engineUpdate", &update);
  emscripten::function("engineRemove", &remove);
  emscripten::function("engineBringBack", &bring_back);
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
