// Saving an engine, loading it, and where its float rows are then.
#include <memory>
#include <utility>

#include "engine/search_engine.h"
#include "engine/search_engine_state.h"
#include "persist/engine_file.h"

namespace vicinal {

Status SearchEngine::save(ByteSink& sink) const {
  if (state_->hnsw != nullptr) state_->changing().hnsw->unlink_moved();
  EngineFileWriter writer(sink, state_->view());
  for (;;) {
    const Result<bool> done = writer.step();
    if (!done.ok()) return done.error();
    if (done.value()) return {};
  }
}

void SearchEngine::begin_save(ByteSink& sink, bool compares_all) {
  State& state = state_->changing();
  if (state.hnsw != nullptr) state.hnsw->unlink_moved();
  const WrittenRows present = compares_all ? WrittenRows() : state.present_rows;
  state.saving = std::make_unique<EngineFileWriter>(sink, state.view(), present);
}

Result<bool> SearchEngine::save_step(ByteSink& sink) {
  State& state = *state_;
  if (state.saving == nullptr || &state.saving->sink() != &sink) return invalid(1, 0);
  const Result<bool> done = state.saving->step();
  if (done.ok() && !done.value()) return done;
  if (done.ok()) {
    state.present_rows = {};
    state.written_rows = state.saving->written_rows();
    state.rows.note_unchanged();
  }
  state.saving.reset();
  return done;
}

void SearchEngine::note_saved() {
  state_->present_rows = state_->written_rows;
}

uint64_t SearchEngine::saved_bytes() const {
  if (state_->hnsw != nullptr) state_->hnsw->unlink_moved();
  return engine_file_bytes(state_->view());
}

Result<std::unique_ptr<SearchEngine>> SearchEngine::load(ByteSource& source, const KernelTable& kernels) {
  return load(source, kernels, false);
}

Result<std::unique_ptr<SearchEngine>> SearchEngine::load_but_rows(std::unique_ptr<ByteSource> saved,
                                                                  const KernelTable& kernels) {
  Result<std::unique_ptr<SearchEngine>> engine = load(*saved, kernels, true);
  if (!engine.ok()) return engine;
  const Result<RowsPlace> place = locate_rows(*saved);
  if (!place.ok()) return place.error();
  const Result<bool> placed = engine.value()->place_rows(std::move(saved), place.value().offset);
  if (!placed.ok()) return placed.error();
  engine.value()->state_->rows.note_unchanged();
  return engine;
}

Result<bool> SearchEngine::keep_rows_in(std::unique_ptr<ByteSource> saved) {
  const uint64_t bytes = saved_bytes();
  if (saved->size() != bytes)
    return invalid(static_cast<int64_t>(bytes), static_cast<int64_t>(saved->size()));
  state_->settle();
  return place_rows(std::move(saved), engine_file_rows(state_->view()));
}

Result<bool> SearchEngine::place_rows(std::unique_ptr<ByteSource> saved, uint64_t offset) {
  State& state = state_->changing();
  const size_t live = state.ids.size() - state.deletions.count();
  if (!state.has_codes() || !state.has_vectors() || state.ivf != nullptr || live == 0) return false;
  std::unique_ptr<RowFile> file = rows_in_place(std::move(saved), offset, live, dim(), metric());
  const Status kept = state.rows.keep_in(std::move(file), state.deletions, state.ids.size());
  if (!kept.ok()) return kept.error();
  return true;
}

bool SearchEngine::has_rows_in_file() const {
  return state_->rows.is_stored();
}

Result<double> SearchEngine::load_rows_step(size_t row_count) {
  return state_->rows.load_some(state_->deletions, row_count);
}

Result<std::unique_ptr<SearchEngine>> SearchEngine::load(ByteSource& source, const KernelTable& kernels,
                                                         bool leaves_rows) {
  Result<EngineContents> read = read_engine_file(source, kernels, leaves_rows);
  if (!read.ok()) return read.error();
  EngineContents& contents = read.value();
  EngineOptions options{contents.rows.dim(), contents.rows.metric(), contents.quantization};
  if (contents.ivf != nullptr) options.index = IndexKind::kIvf;
  if (contents.graph) {
    options.index = IndexKind::kHnsw;
    options.hnsw = contents.graph->options;
  }
  Result<std::unique_ptr<SearchEngine>> engine = create(options, kernels);
  if (!engine.ok()) return engine.error();
  State& state = *engine.value()->state_;
  state.rows = std::move(contents.rows);
  state.rows.note_unchanged();
  state.written_rows = contents.written_rows;
  state.ids = std::move(contents.ids);
  state.codes = std::move(contents.codes);
  if (contents.graph) {
    state.hnsw->restore(std::move(contents.graph->graph), std::move(contents.graph->stored));
    state.hnsw->set_calibration(contents.graph->calibration);
  }
  if (contents.ivf != nullptr) state.ivf = std::move(contents.ivf);
  return engine;
}

}  // namespace vicinal
