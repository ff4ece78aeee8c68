#include "engine/search_engine.h"

#include <cassert>
#include <utility>
#include <vector>

#include "engine/search_engine_state.h"

namespace vicinal {
namespace {

Error not_found(RowId id) {
  return {ErrorCode::kNotFound, 0, to_number(id)};
}

Error capacity_exceeded(uint64_t row_count) {
  return {ErrorCode::kCapacityExceeded, static_cast<int64_t>(kMaxRowCount), static_cast<int64_t>(row_count)};
}

Result<std::unique_ptr<Codec>> make_codec_of(const EngineOptions& options, const KernelTable& kernels) {
  return make_codec(options.quantization->codec, options.dim, options.metric, kernels);
}

// Of the progress of linking, what calibrating takes.
constexpr double kCalibratingShare = 0.03;

// Takes back what an `add` has done when it does not reach its end: coding may find no memory.
template <typename State>
struct Rollback {
  ~Rollback() {
    if (!armed) return;
    state.truncate(row_count);
    if (untrains) state.untrain();
  }

  State& state;
  size_t row_count;
  bool untrains;
  bool armed = true;
};

}  // namespace

SearchEngine::SearchEngine(std::unique_ptr<State> state) : state_(std::move(state)) {}
SearchEngine::~SearchEngine() = default;

Result<std::unique_ptr<SearchEngine>> SearchEngine::create(const EngineOptions& options,
                                                           const KernelTable& kernels) {
  Status checked = check_dim(options.dim);
  if (checked.ok()) checked = check_metric(options.metric);
  if (checked.ok() && options.index > IndexKind::kHnsw) {
    checked = invalid(static_cast<int64_t>(IndexKind::kHnsw), static_cast<int64_t>(options.index));
  }
  if (checked.ok() && options.index == IndexKind::kHnsw) checked = check_hnsw(options.hnsw);
  if (!checked.ok()) return checked.error();
  auto state = std::make_unique<State>(options, kernels);
  if (options.quantization) {
    const Result<std::unique_ptr<Codec>> codec = make_codec_of(options, kernels);
    if (!codec.ok()) return codec.error();
    if (options.index == IndexKind::kHnsw && codec.value()->pair_scorer() == nullptr) {
      return invalid(static_cast<int64_t>(CodecKind::kScalar),
                     static_cast<int64_t>(options.quantization->codec.kind));
    }
    state->sample_size = codec.value()->sample_size();
  }
  return std::unique_ptr<SearchEngine>(new SearchEngine(std::move(state)));
}

size_t SearchEngine::dim() const {
  return state_->options.dim;
}
Metric SearchEngine::metric() const {
  return state_->options.metric;
}
const std::optional<Quantization>& SearchEngine::quantization() const {
  return state_->options.quantization;
}

EngineStats SearchEngine::stats() const {
  const State& state = *state_;
  EngineStats stats;
  stats.deleted = state.deletions.count();
  stats.size = state.ids.size() - stats.deleted;
  stats.id_bytes = state.ids.held_bytes() + state.deletions.held_bytes();
  if (state.ivf != nullptr) {
    // Lists grow as rows come to them.
    stats.capacity = stats.size;
    stats.vector_bytes = state.ivf->lists().vector_bytes();
    stats.norm_bytes = state.ivf->lists().norm_bytes();
    const IvfLists& lists = state.ivf->lists();
    if (lists.has_codes()) stats.codec_bytes = lists.codec()->held_bytes();
    stats.code_bytes = lists.code_bytes() - stats.codec_bytes;
    stats.index_bytes = state.ivf->lists().slot_bytes() + state.ivf->quantizer().held_bytes();
  } else {
    stats.capacity = state.has_vectors() ? state.rows.capacity() : kMaxRowCount;
    if (state.hnsw != nullptr) stats.index_bytes = state.hnsw->index_bytes();
    if (const CodedRows* codes = state.coded_rows())
      stats.capacity = std::min<uint64_t>(stats.capacity, codes->capacity());
    stats.capacity -= stats.deleted;
    stats.vector_bytes = state.rows.vector_bytes();
    stats.norm_bytes = state.rows.norm_bytes();
    if (const CodedRows* codes = state.coded_rows()) {
      stats.code_bytes = codes->held_row_bytes();
      stats.codec_bytes = codes->codec().held_bytes();
    }
  }
  stats.memory_bytes = stats.vector_bytes + stats.norm_bytes + stats.code_bytes + stats.codec_bytes +
                       stats.index_bytes + stats.id_bytes;
  return stats;
}

Result<RowId> SearchEngine::add(const float* rows, size_t row_count, bool links) {
  State& state = state_->changing();
  assert(state.training == nullptr);
  const uint64_t first_id = state.ids.next_id();
  if (first_id + row_count > kMaxRowCount) return capacity_exceeded(first_id + row_count);
  const Status checked = check_rows(rows, row_count, dim(), metric());
  if (!checked.ok()) return checked.error();

  const bool trains = state.options.quantization && !state.has_codes() && row_count > 0 &&
                      state.trainable_count() + row_count >= training_sample().least;
  if (trains) {
    const Status trained = train_for_add(rows, row_count);
    if (!trained.ok()) return trained.error();
  }
  Rollback<State> rollback{state, state.ids.size(), trains};
  const Status appended = state.append(rows, row_count);
  if (!appended.ok()) return appended.error();
  for (double done = links ? 0 : 1; done < 1;) {
    const Result<double> step = state.link_step(false);
    if (!step.ok()) return step.error();
    done = step.value();
  }
  rollback.armed = false;
  state.ids.append(row_count);
  return RowId{static_cast<uint32_t>(first_id)};
}

Status SearchEngine::train_for_add(const float* rows, size_t row_count) {
  // Also where there is no memory half-way.
  struct End {
    ~End() { engine.end_training(); }
    SearchEngine& engine;
  } const end{*this};
  const Result<size_t> begun = begin_training(true);
  if (!begun.ok()) return begun.error();
  const Status added = add_training_rows(rows, row_count);
  if (!added.ok()) return added;
  for (;;) {
    const Result<double> done = training_step();
    if (!done.ok()) return done.error();
    if (done.value() == 1) return {};
  }
}

void SearchEngine::undo_add(size_t row_count) {
  State& state = state_->changing();
  assert(row_count <= state.ids.size());
  state.ids.undo_append(row_count);
  state.truncate(state.ids.size());
  state.untrain();
}

void SearchEngine::end_add() {
  state_->settle();
}

bool SearchEngine::is_trained() const {
  return state_->has_codes();
}

Codec::SampleSize SearchEngine::training_sample() const {
  return state_->sample_size;
}

Result<size_t> SearchEngine::begin_training(bool for_add) {
  State& state = *state_;
  end_training();
  state.settle();
  if (!state.options.quantization || !state.has_vectors()) return invalid(1, 0);
  Result<std::unique_ptr<Codec>> codec = make_codec_of(state.options, state.kernels);
  if (!codec.ok()) return codec.error();
  state.training = state.ivf != nullptr
                       ? std::make_unique<CodeTraining>(std::move(codec.value()), *state.ivf,
                                                        state.options.quantization->keep_vectors)
                       : std::make_unique<CodeTraining>(std::move(codec.value()), state.rows);
  state.trains_for_add = for_add;
  state.size_before_add = state.ids.size();
  return state.training->room();
}

Status SearchEngine::add_training_rows(const float* rows, size_t row_count) {
  assert(state_->training != nullptr);
  const Status checked = check_rows(rows, row_count, dim(), metric());
  if (checked.ok()) state_->training->add_rows(rows, row_count);
  return checked;
}

Result<double> SearchEngine::training_step() {
  State& state = state_->changing();
  if (state.training == nullptr) return invalid(1, 0);
  const Result<double> done = state.training->step();
  if (done.ok() && done.value() == 1) {
    const Status taken = state.ivf == nullptr ? state.take_codes(state.training->take_codes()) : Status();
    state.training.reset();
    if (!taken.ok()) return taken.error();
  }
  return done;
}

void SearchEngine::end_training() {
  (void)state_->rows.take_failure();
  if (state_->training != nullptr) state_->trains_for_add = false;
  state_->training.reset();
  if (state_->ivf != nullptr) state_->ivf->end_coding();
}

IndexKind SearchEngine::index() const {
  return state_->options.index;
}

const HnswOptions* SearchEngine::hnsw() const {
  return state_->hnsw != nullptr ? &state_->hnsw->options() : nullptr;
}

HnswStats SearchEngine::graph_stats() const {
  return state_->hnsw != nullptr ? state_->hnsw->stats() : HnswStats();
}

bool SearchEngine::graph_is_connected() const {
  return state_->hnsw == nullptr || state_->hnsw->is_connected();
}

size_t SearchEngine::reachable() const {
  return state_->hnsw == nullptr ? 0 : state_->hnsw->reachable();
}

Result<double> SearchEngine::link_step(bool renews) {
  State& state = *state_;
  if (state.calibration == nullptr) {
    const Result<double> linked = state.link_step(renews);
    const bool ends = !linked.ok() || linked.value() < 1 || !state.links();
    if (ends || !state.hnsw->needs_calibration()) return linked;
    state.begin_calibration({});
  }
  const Result<double> done = state.calibration_step();
  return done.ok() && done.value() < 1 ? 1 - kCalibratingShare * (1 - done.value()) : done;
}

Status SearchEngine::begin_calibration(const float* queries, size_t query_count) {
  State& state = *state_;
  end_calibration();
  if (state.hnsw == nullptr || state.hnsw->options().target_recall == 0) return invalid(1, 0);
  const Status checked = check_rows(queries, query_count, dim(), metric());
  if (!checked.ok()) return checked;
  if (state.hnsw->walks()) state.begin_calibration({queries, queries + query_count * dim()});
  return {};
}

Result<double> SearchEngine::calibration_step() {
  return state_->calibration != nullptr ? state_->calibration_step() : 1.0;
}

void SearchEngine::end_calibration() {
  state_->calibration.reset();
}

size_t SearchEngine::ef_search(size_t k) const {
  return state_->ef_search(k);
}

bool SearchEngine::is_linked() const {
  const State& state = *state_;
  if (!state.links()) return true;
  return state.hnsw->is_linked() && state.calibration == nullptr && !state.hnsw->needs_calibration();
}

size_t SearchEngine::pending_links() const {
  return state_->links() ? state_->hnsw->pending() : 0;
}

size_t SearchEngine::nlist() const {
  return state_->ivf != nullptr ? state_->ivf->nlist() : 0;
}

double SearchEngine::list_imbalance() const {
  return state_->ivf != nullptr ? state_->ivf->imbalance() : 0;
}

Status SearchEngine::begin_list_training(size_t nlist, uint64_t seed) {
  State& state = *state_;
  if (state.ivf == nullptr || state.ivf->lists().size() == 0) return invalid(1, 0);
  if (nlist > kMaxListCount) return invalid(kMaxListCount, static_cast<int64_t>(nlist));
  state.list_training = std::make_unique<IvfTraining>(*state.ivf, nlist, seed);
  return {};
}

Result<double> SearchEngine::list_training_step() {
  State& state = state_->changing();
  if (state.list_training == nullptr) return invalid(1, 0);
  const Result<bool> done = state.list_training->step();
  if (!done.ok()) return done.error();
  if (!done.value()) return std::min(state.list_training->share_done(), 0.999);
  state.list_training.reset();
  return 1;
}

void SearchEngine::end_list_training() {
  state_->list_training.reset();
}

Status SearchEngine::update(RowId id, const float* row, bool links) {
  const std::optional<Slot> slot = state_->find_live(id);
  if (!slot) return not_found(id);
  const Status checked = check_rows(row, 1, dim(), metric());
  if (!checked.ok()) return checked;
  state_->changing().settle();
  // What can fail comes first.
  if (state_->has_vectors() && state_->ivf == nullptr) {
    const Status made = state_->rows.make_room_to_update(to_number(*slot));
    if (!made.ok()) return made;
  }
  if (state_->ivf != nullptr) return state_->ivf->update(to_number(*slot), row);
  if (state_->codes) state_->codes->replace(to_number(*slot), row);
  HnswIndex* graph = state_->hnsw.get();
  if (graph != nullptr && !links) graph->move(to_number(*slot));
  // A graph measures from the row that was, until it has forgotten it.
  const bool relinks = graph != nullptr && links && graph->forget(to_number(*slot));
  if (graph != nullptr) graph->replace_code(to_number(*slot), row);
  if (state_->has_vectors()) state_->rows.update(to_number(*slot), row);
  if (relinks) graph->link(to_number(*slot));
  return {};
}

Status SearchEngine::remove(RowId id, bool links) {
  const std::optional<Slot> slot = state_->find_live(id);
  if (!slot) return not_found(id);
  state_->changing().settle();
  state_->deletions.make_room(to_number(*slot) + 1);
  HnswIndex* graph = state_->hnsw.get();
  if (graph != nullptr && !links) graph->withdraw(to_number(*slot));
  state_->deletions.mark(to_number(*slot));
  if (state_->ivf != nullptr) state_->ivf->remove(to_number(*slot));
  if (graph != nullptr && links) {
    try {
      graph->remove(to_number(*slot));
    } catch (const std::bad_alloc&) {
      // It is removed. The graph, which could not be mended, is to be made anew.
    }
  }
  return {};
}

Status SearchEngine::bring_back(RowId id) {
  const std::optional<Slot> slot = state_->ids.find(id);
  if (!slot || !state_->deletions.contains(to_number(*slot))) return not_found(id);
  if (state_->ivf != nullptr) return invalid(0, 1);
  state_->changing().settle();
  state_->deletions.unmark(to_number(*slot));
  if (state_->hnsw != nullptr) state_->hnsw->bring_back(to_number(*slot));
  return {};
}

Result<const float*> SearchEngine::get(RowId id) const {
  State& state = *state_;
  const std::optional<Slot> slot = state.find_live(id);
  if (!slot) return not_found(id);
  if (state.has_vectors() && state.ivf != nullptr) return state.ivf->lists().row(to_number(*slot));
  if (state.has_vectors()) {
    const float* row = state.rows.row(to_number(*slot));
    const Status read = state.rows.take_failure();
    return read.ok() ? Result<const float*>(row) : read.error();
  }
  state.decoded.resize(dim());
  if (state.ivf != nullptr) {
    state.ivf->lists().copy_row(to_number(*slot), state.decoded.data());
  } else if (state.hnsw != nullptr) {
    state.hnsw->decode(to_number(*slot), state.decoded.data());
  } else {
    state.codes->decode(to_number(*slot), state.decoded.data());
  }
  return std::as_const(state.decoded).data();
}

bool SearchEngine::contains(RowId id) const {
  return state_->find_live(id).has_value();
}

Status SearchEngine::search(const float* queries, size_t query_count, const SearchOptions& options,
                            Hits& hits, SlotRange range) const {
  const State& state = *state_;
  Status checked = state.check_search(options);
  if (checked.ok()) checked = check_rows(queries, query_count, dim(), metric());
  if (!checked.ok()) return checked;

  const AllowedSlots allowed(state.ids, state.deletions, options.filter, range);
  // One of before, where memory ended before it was told.
  (void)state.rows.take_failure();
  const std::vector<std::vector<Candidate>> found = state.search_rows(queries, query_count, options, allowed);
  const Status read = state.rows.take_failure();
  if (!read.ok()) return read;
  hits.clear();
  for (const std::vector<Candidate>& nearest : found) {
    append_hits(nearest, state.ids, metric(), options.score_threshold, hits);
  }
  return {};
}

Status SearchEngine::reserve(size_t row_count) {
  State& state = *state_;
  const uint64_t slot_count = uint64_t{row_count} + state.deletions.count();
  if (slot_count > kMaxRowCount) return capacity_exceeded(slot_count);
  Status reserved;
  if (state.ivf != nullptr) return reserved;
  if (state.has_vectors()) reserved = state.rows.reserve(static_cast<size_t>(slot_count));
  if (reserved.ok() && state.codes) reserved = state.codes->reserve(static_cast<size_t>(slot_count));
  if (reserved.ok() && state.hnsw != nullptr) reserved = state.hnsw->reserve(static_cast<size_t>(slot_count));
  return reserved;
}

Result<uint64_t> SearchEngine::bytes_needed(const EngineOptions& options, uint64_t row_count) {
  uint64_t bytes = 0;
  if (!options.quantization || options.quantization->keep_vectors) {
    bytes += VectorRows::vector_bytes_needed(options.dim, row_count) +
             VectorRows::norm_bytes_needed(options.metric, row_count);
  }
  if (options.quantization) {
    const Result<std::unique_ptr<Codec>> codec = make_codec_of(options, best_kernels());
    if (!codec.ok()) return codec.error();
    bytes += CodedRows::bytes_needed(*codec.value(), row_count);
  }
  if (options.index == IndexKind::kHnsw) {
    const Status checked = check_hnsw(options.hnsw);
    if (!checked.ok()) return checked.error();
    bytes += HnswIndex::bytes_needed(options.hnsw, options.quantization.has_value(), row_count);
  }
  return bytes;
}

Status SearchEngine::compact(bool renumbers) {
  State& state = state_->changing();
  // What can fail comes first.
  state.settle();
  std::optional<IdMap> ids;
  if (renumbers) {
    const size_t live = state.ids.size() - state.deletions.count();
    ids = IdMap::newest(live, live);
  } else if (state.deletions.count() > 0) {
    ids = state.ids.without(state.deletions);
  }
  if (state.ivf != nullptr) {
    state.ivf->compact(state.deletions);
  } else {
    if (state.hnsw != nullptr) {
      const Status compacted = state.hnsw->compact(state.deletions);
      if (!compacted.ok()) return compacted;
    }
    if (state.codes) state.codes->compact(state.deletions);
    if (state.has_vectors()) state.rows.compact(state.deletions);
  }
  if (ids) {
    state.ids = std::move(*ids);
    state.deletions.clear();
  }
  return {};
}

void SearchEngine::clear() {
  State& state = state_->changing();
  // What can fail comes first.
  state.make_index();
  state.list_training.reset();
  state.calibration.reset();
  state.codes.reset();
  state.settle();
  state.ids = IdMap::newest(0, state.ids.next_id());
  state.deletions.clear();
  state.rows.clear();
}

}  // namespace vicinal
