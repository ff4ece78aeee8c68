#include "engine/compressed_store.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "index/flat/exact_distance.h"
#include "persist/store_file.h"
#include "quantize/codec.h"
#include "rows/allowed_slots.h"
#include "rows/row_blocks.h"
#include "rows/top_k.h"
#include "rows/vector_rows.h"

namespace vicinal {
namespace {

// Blocks of codes and constants: short rows, so small blocks, to leave little room unused.
constexpr size_t kCodeBlockBytes = size_t{64} * 1024;
// Rows encoded between two copies into the blocks.
constexpr size_t kEncodeRows = 64;

// Codes scored at a time: they stay in the second-level cache for all queries (and their planes) that pass.
constexpr size_t kScanBytes = size_t{64} * 1024;
constexpr size_t kMinScanRows = 16;
constexpr size_t kMaxScanRows = 1024;
// Queries that share a pass over the codes.
constexpr size_t kScanQueries = 32;

constexpr float kNotAllowed = std::numeric_limits<float>::quiet_NaN();

Error invalid(int64_t expected, int64_t actual) {
  return {ErrorCode::kInvalidArgument, expected, actual};
}

// The nearest `count` of the candidates by exact distance, nearest first, ties by smaller slot.
void rescore(const ExactDistance& exact, const RowBlocks<float>& vectors, size_t count,
             std::vector<Candidate>& candidates) {
  for (Candidate& candidate : candidates) candidate.distance = exact(vectors.row(size_t{candidate.slot}));
  sort_nearest_first(candidates);
  candidates.resize(std::min(count, candidates.size()));
}

}  // namespace

// Rows are never removed, so ids and slots are the same numbers.
struct CompressedStore::State {
  State(const CompressedStoreOptions& store_options, std::unique_ptr<Codec> made_codec)
      : options(store_options),
        codec(std::move(made_codec)),
        codes(codec->code_bytes(), kCodeBlockBytes),
        constants(codec->constant_count(), kCodeBlockBytes),
        vectors(options.dim) {}

  // Errors  kInvalidArgument
  static Result<std::unique_ptr<State>> create(const CompressedStoreOptions& options,
                                               const KernelTable& kernels) {
    Status checked = check_dim(options.dim);
    if (checked.ok()) checked = check_metric(options.metric);
    if (!checked.ok()) return checked.error();
    Result<std::unique_ptr<Codec>> codec = make_codec(options.codec, options.dim, options.metric, kernels);
    if (!codec.ok()) return codec.error();
    return std::make_unique<State>(options, std::move(codec.value()));
  }

  StoreHead head() const {
    return {static_cast<uint32_t>(options.dim),
            static_cast<uint32_t>(options.metric),
            static_cast<uint32_t>(options.codec.kind),
            options.codec.bits,
            options.keep_vectors ? 1u : 0u,
            static_cast<uint32_t>(codes.row_width()),
            static_cast<uint32_t>(constants.row_width()),
            static_cast<uint32_t>(codec->parameters().size()),
            codes.size()};
  }

  Status make_room(size_t row_count) {
    Status made = codes.make_room(row_count);
    if (made.ok()) made = constants.make_room(row_count);
    if (made.ok() && options.keep_vectors) made = vectors.make_room(row_count);
    return made;
  }

  void truncate(size_t row_count) {
    codes.truncate(row_count);
    constants.truncate(row_count);
    if (options.keep_vectors) vectors.truncate(row_count);
  }

  void train(const float* rows, size_t row_count) {
    const std::unique_ptr<CodecTraining> training =
        codec->train(rows, std::min(row_count, codec->sample_size().most));
    while (!training->step()) {
    }
    codec->set_parameters(training->take_parameters());
  }

  // Appends the codes of rows, for which there is room.
  void append_codes(const float* rows, size_t row_count) {
    const size_t rows_at_once = std::min(row_count, kEncodeRows);
    std::vector<uint8_t> code_buffer(rows_at_once * codes.row_width());
    std::vector<float> constant_buffer(rows_at_once * constants.row_width());
    for (size_t first = 0; first < row_count; first += rows_at_once) {
      const size_t count = std::min(rows_at_once, row_count - first);
      codec->encode(rows + first * options.dim, count, code_buffer.data(), constant_buffer.data());
      codes.append_reserved(code_buffer.data(), count);
      constants.append_reserved(constant_buffer.data(), count);
    }
  }

  size_t scan_rows() const { return std::clamp(kScanBytes / codes.row_width(), kMinScanRows, kMaxScanRows); }

  // The `count` allowed rows that are nearest by code to each query.
  std::vector<std::vector<Candidate>> search_codes(const float* queries, size_t query_count, size_t count,
                                                   const AllowedSlots& allowed) const {
    const std::unique_ptr<CodeScorer> scorer = codec->scorer(queries, query_count);
    std::vector<TopK> best(query_count, TopK(count));
    std::vector<float> distances(query_count * scan_rows());
    for (size_t slot = 0; slot < codes.size();) {
      const auto constant_run = constants.run(slot, scan_rows());
      const auto run = codes.run(slot, constant_run.row_count);
      slot += run.row_count;
      const size_t allowed_count = allowed.count_in(run.first_slot, run.row_count);
      if (allowed_count == 0) continue;
      scorer->score(run.rows, constant_run.rows, run.row_count, distances.data());
      for (size_t query = 0; query < query_count; ++query) {
        float* values = distances.data() + query * run.row_count;
        if (allowed_count < run.row_count) {
          for (size_t row = 0; row < run.row_count; ++row) {
            if (!allowed.contains(run.first_slot + row)) values[row] = kNotAllowed;
          }
        }
        best[query].push_run(values, run.row_count, static_cast<uint32_t>(run.first_slot));
      }
    }
    std::vector<std::vector<Candidate>> found;
    found.reserve(query_count);
    for (TopK& selection : best) found.push_back(selection.finish());
    return found;
  }

  CompressedStoreOptions options;
  std::unique_ptr<Codec> codec;
  RowBlocks<uint8_t> codes;
  RowBlocks<float> constants;
  RowBlocks<float> vectors;  // empty unless kept
};

// Takes back what an `add` has done when it does not reach its end: its buffers may find no memory.
struct CompressedStore::Rollback {
  ~Rollback() {
    if (armed) state.truncate(row_count);
  }

  State& state;
  size_t row_count;
  bool armed = true;
};

CompressedStore::CompressedStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
CompressedStore::~CompressedStore() = default;

Result<std::unique_ptr<CompressedStore>> CompressedStore::create(const CompressedStoreOptions& options,
                                                                 const KernelTable& kernels) {
  Result<std::unique_ptr<State>> state = State::create(options, kernels);
  if (!state.ok()) return state.error();
  return std::unique_ptr<CompressedStore>(new CompressedStore(std::move(state.value())));
}

const CompressedStoreOptions& CompressedStore::options() const {
  return state_->options;
}

CompressedStoreStats CompressedStore::stats() const {
  CompressedStoreStats stats;
  stats.size = state_->codes.size();
  stats.code_bytes = state_->codes.held_bytes() + state_->constants.held_bytes();
  stats.vector_bytes = state_->vectors.held_bytes();
  stats.memory_bytes = stats.code_bytes + stats.vector_bytes + state_->codec->held_bytes() + sizeof(State) +
                       sizeof(CompressedStore);
  return stats;
}

Result<RowId> CompressedStore::add(const float* rows, size_t row_count) {
  State& state = *state_;
  const size_t dim = state.options.dim;
  const uint64_t first_id = state.codes.size();
  if (first_id + row_count > kMaxRowCount) {
    return Error{ErrorCode::kCapacityExceeded, static_cast<int64_t>(kMaxRowCount),
                 static_cast<int64_t>(first_id + row_count)};
  }
  const Status checked = check_rows(rows, row_count, dim, state.options.metric);
  if (!checked.ok()) return checked.error();
  const Status made = state.make_room(row_count);
  if (!made.ok()) return made.error();
  Rollback rollback{state, state.codes.size()};
  // The codec of an empty store is trained anew each time.
  if (first_id == 0 && row_count > 0) state.train(rows, row_count);
  state.append_codes(rows, row_count);
  if (state.options.keep_vectors) state.vectors.append_reserved(rows, row_count);
  rollback.armed = false;
  return RowId{static_cast<uint32_t>(first_id)};
}

void CompressedStore::undo_add(size_t row_count) {
  assert(row_count <= state_->codes.size());
  state_->truncate(state_->codes.size() - row_count);
}

Status CompressedStore::get(RowId id, float* row) const {
  const State& state = *state_;
  const size_t slot = to_number(id);
  if (slot >= state.codes.size()) return Error{ErrorCode::kNotFound, 0, to_number(id)};
  if (state.options.keep_vectors) {
    std::copy_n(state.vectors.row(slot), state.options.dim, row);
  } else {
    state.codec->decode(state.codes.row(slot), state.constants.row(slot), row);
  }
  return {};
}

Status CompressedStore::search(const float* queries, size_t query_count,
                               const CompressedSearchOptions& options, Hits& hits) const {
  const State& state = *state_;
  const size_t dim = state.options.dim;
  const Metric metric = state.options.metric;
  const size_t k = options.search.k;
  const double oversampling = double{options.oversampling};
  if (k == 0) return invalid(1, 0);
  if (options.search.score_threshold && std::isnan(*options.search.score_threshold)) return invalid(0, 0);
  const bool rescores = oversampling != 0;
  if (rescores && (!(oversampling >= 1) || !std::isfinite(oversampling) || !state.options.keep_vectors)) {
    return invalid(state.options.keep_vectors ? 1 : 0, oversampling < 1 ? 0 : 1);
  }
  const Status checked = check_rows(queries, query_count, dim, metric);
  if (!checked.ok()) return checked;

  hits.clear();
  IdMap ids;
  ids.append(state.codes.size());
  const AllowedSlots allowed(ids, Deletions(), options.search.filter);
  if (allowed.count() == 0) {
    hits.counts.assign(query_count, 0);
    return {};
  }
  // In double, where no k and no oversampling overflows.
  const double wanted = std::ceil(static_cast<double>(k) * (rescores ? oversampling : 1.0));
  const size_t candidate_count = static_cast<size_t>(std::min(wanted, static_cast<double>(allowed.count())));
  for (size_t first = 0; first < query_count; first += kScanQueries) {
    const size_t count = std::min(kScanQueries, query_count - first);
    std::vector<std::vector<Candidate>> found =
        state.search_codes(queries + first * dim, count, candidate_count, allowed);
    for (size_t query = 0; query < count; ++query) {
      if (rescores) {
        rescore(ExactDistance(metric, queries + (first + query) * dim, dim), state.vectors, k, found[query]);
      }
      append_hits(found[query], ids, metric, options.search.score_threshold, hits);
    }
  }
  return {};
}

Status CompressedStore::save(ByteSink& sink) const {
  const State& state = *state_;
  return write_store_file(
      sink, {state.head(), state.codec->parameters(), state.codes, state.constants, state.vectors});
}

uint64_t CompressedStore::saved_bytes() const {
  return store_file_bytes(state_->head());
}

Result<std::unique_ptr<CompressedStore>> CompressedStore::load(ByteSource& source,
                                                               const KernelTable& kernels) {
  const Result<StoreFileReader> opened = StoreFileReader::open(source);
  if (!opened.ok()) return opened.error();
  const StoreFileReader& reader = opened.value();
  const StoreHead& head = reader.head();
  const CompressedStoreOptions options{
      head.dim, Metric{head.metric}, {CodecKind{head.codec}, head.bits}, head.keeps_vectors != 0};
  Result<std::unique_ptr<State>> made = State::create(options, kernels);
  if (!made.ok()) return corrupt_at(reader.head_offset());
  std::unique_ptr<State> state = std::move(made.value());
  if (head.code_bytes != state->codes.row_width() || head.constant_count != state->constants.row_width() ||
      head.parameter_count != state->codec->parameters().size()) {
    return corrupt_at(reader.head_offset());
  }

  Result<std::vector<float>> parameters = reader.read_parameters();
  if (!parameters.ok()) return parameters.error();
  state->codec->set_parameters(std::move(parameters.value()));
  const Status read = reader.read_rows(state->codes, state->constants, state->vectors);
  if (!read.ok()) return read.error();
  for (size_t slot = 0; slot < state->codes.size(); ++slot) {
    if (!state->codec->valid(state->codes.row(slot), state->constants.row(slot)) ||
        (options.keep_vectors &&
         !check_rows(state->vectors.row(slot), 1, options.dim, options.metric).ok())) {
      return corrupt_at(reader.head_offset());
    }
  }
  return std::unique_ptr<CompressedStore>(new CompressedStore(std::move(state)));
}

}  // namespace vicinal
