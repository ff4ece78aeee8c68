#include "engine/search_engine.h"

#include <algorithm>
#include <cassert>
#include <cfloat>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "index/flat/flat_search.h"
#include "persist/engine_file.h"
#include "rows/allowed_slots.h"
#include "rows/deletions.h"
#include "rows/id_map.h"
#include "rows/vector_rows.h"

namespace vicinal {

struct SearchEngine::State {
  VectorRows rows;
  IdMap ids;
  Deletions deletions;
  const KernelTable& kernels;

  std::optional<Slot> find_live(RowId id) const {
    const std::optional<Slot> slot = ids.find(id);
    return slot && !deletions.contains(to_number(*slot)) ? slot : std::nullopt;
  }
};

namespace {

Error not_found(RowId id) {
  return {ErrorCode::kNotFound, 0, to_number(id)};
}

Error capacity_exceeded(uint64_t row_count) {
  return {ErrorCode::kCapacityExceeded, static_cast<int64_t>(kMaxRowCount), static_cast<int64_t>(row_count)};
}

// No row farther than this reaches the threshold. Under cosine the score is rounded once more than the
// distance: a margin far above that rounding, since the hits found are held against the threshold itself.
float max_distance_of(Metric metric, std::optional<float> score_threshold) {
  if (!score_threshold) return std::numeric_limits<float>::infinity();
  if (metric == Metric::kCosine) return 1 - std::clamp(*score_threshold, -2.0f, 2.0f) + 1e-5f;
  return -std::clamp(*score_threshold, -FLT_MAX, FLT_MAX);
}

}  // namespace

SearchEngine::SearchEngine(std::unique_ptr<State> state) : state_(std::move(state)) {}
SearchEngine::~SearchEngine() = default;

Result<std::unique_ptr<SearchEngine>> SearchEngine::create(size_t dim, Metric metric,
                                                           const KernelTable& kernels) {
  Status checked = check_dim(dim);
  if (checked.ok()) checked = check_metric(metric);
  if (!checked.ok()) return checked.error();
  auto state = std::make_unique<State>(State{VectorRows(dim, metric), {}, {}, kernels});
  return std::unique_ptr<SearchEngine>(new SearchEngine(std::move(state)));
}

size_t SearchEngine::dim() const {
  return state_->rows.dim();
}
Metric SearchEngine::metric() const {
  return state_->rows.metric();
}

EngineStats SearchEngine::stats() const {
  EngineStats stats;
  stats.deleted = state_->deletions.count();
  stats.size = state_->ids.size() - stats.deleted;
  stats.capacity = state_->rows.capacity() - stats.deleted;
  stats.vector_bytes = state_->rows.vector_bytes();
  stats.norm_bytes = state_->rows.norm_bytes();
  stats.id_bytes = state_->ids.held_bytes() + state_->deletions.held_bytes();
  stats.memory_bytes = stats.vector_bytes + stats.norm_bytes + stats.id_bytes;
  return stats;
}

Result<RowId> SearchEngine::add(const float* rows, size_t row_count) {
  const uint64_t first_id = state_->ids.next_id();
  if (first_id + row_count > kMaxRowCount) return capacity_exceeded(first_id + row_count);
  const Status checked = check_rows(rows, row_count, dim(), metric());
  if (!checked.ok()) return checked.error();
  const Status appended = state_->rows.append(rows, row_count);
  if (!appended.ok()) return appended.error();
  state_->ids.append(row_count);
  return RowId{static_cast<uint32_t>(first_id)};
}

void SearchEngine::undo_add(size_t row_count) {
  assert(row_count <= state_->rows.size());
  state_->ids.undo_append(row_count);
  state_->rows.truncate(state_->ids.size());
}

Status SearchEngine::update(RowId id, const float* row) {
  const std::optional<Slot> slot = state_->find_live(id);
  if (!slot) return not_found(id);
  const Status checked = check_rows(row, 1, dim(), metric());
  if (!checked.ok()) return checked;
  state_->rows.update(to_number(*slot), row);
  return {};
}

Status SearchEngine::remove(RowId id) {
  const std::optional<Slot> slot = state_->find_live(id);
  if (!slot) return not_found(id);
  state_->deletions.mark(to_number(*slot));
  return {};
}

Result<const float*> SearchEngine::get(RowId id) const {
  const std::optional<Slot> slot = state_->find_live(id);
  if (!slot) return not_found(id);
  return std::as_const(state_->rows).row(to_number(*slot));
}

bool SearchEngine::contains(RowId id) const {
  return state_->find_live(id).has_value();
}

Status SearchEngine::search(const float* queries, size_t query_count, const SearchOptions& options,
                            Hits& hits) const {
  if (options.k == 0) return Error{ErrorCode::kInvalidArgument, 1, 0};
  if (options.score_threshold && std::isnan(*options.score_threshold))
    return Error{ErrorCode::kInvalidArgument, 0, 0};
  const Status checked = check_rows(queries, query_count, dim(), metric());
  if (!checked.ok()) return checked;

  const AllowedSlots allowed(state_->ids, state_->deletions, options.filter);
  const std::vector<std::vector<Candidate>> found =
      search_flat(state_->rows, state_->kernels, queries, query_count, options.k, allowed,
                  max_distance_of(metric(), options.score_threshold));
  hits.clear();
  for (const std::vector<Candidate>& nearest : found) {
    append_hits(nearest, state_->ids, metric(), options.score_threshold, hits);
  }
  return {};
}

Status SearchEngine::reserve(size_t row_count) {
  const uint64_t slot_count = uint64_t{row_count} + state_->deletions.count();
  if (slot_count > kMaxRowCount) return capacity_exceeded(slot_count);
  return state_->rows.reserve(static_cast<size_t>(slot_count));
}

uint64_t SearchEngine::bytes_needed(size_t dim, Metric metric, uint64_t row_count) {
  return VectorRows::vector_bytes_needed(dim, row_count) + VectorRows::norm_bytes_needed(metric, row_count);
}

void SearchEngine::compact() {
  // What can fail comes first.
  if (state_->deletions.count() > 0) {
    IdMap ids = state_->ids.without(state_->deletions);
    state_->rows.compact(state_->deletions);
    state_->ids = std::move(ids);
    state_->deletions.clear();
  } else {
    state_->rows.compact(state_->deletions);
  }
}

void SearchEngine::clear() {
  state_->ids = IdMap::newest(0, state_->ids.next_id());
  state_->deletions.clear();
  state_->rows.clear();
}

Status SearchEngine::save(ByteSink& sink) const {
  return write_engine_file(sink, state_->rows, state_->ids, state_->deletions);
}

uint64_t SearchEngine::saved_bytes() const {
  return engine_file_bytes(state_->rows, state_->ids, state_->deletions);
}

Result<std::unique_ptr<SearchEngine>> SearchEngine::load(ByteSource& source, const KernelTable& kernels) {
  Result<EngineContents> contents = read_engine_file(source);
  if (!contents.ok()) return contents.error();
  auto state = std::make_unique<State>(
      State{std::move(contents.value().rows), std::move(contents.value().ids), {}, kernels});
  return std::unique_ptr<SearchEngine>(new SearchEngine(std::move(state)));
}

}  // namespace vicinal
