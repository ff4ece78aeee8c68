// What a search engine is made of, for the files that its calls are in.
#pragma once

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/code_training.h"
#include "engine/search_engine.h"
#include "index/flat/code_search.h"
#include "index/flat/coded_rows.h"
#include "index/flat/flat_search.h"
#include "index/hnsw/hnsw_index.h"
#include "index/ivf/ivf_index.h"
#include "persist/engine_file.h"
#include "rows/allowed_slots.h"
#include "rows/deletions.h"
#include "rows/id_map.h"
#include "rows/vector_rows.h"

namespace vicinal {

inline Error invalid(int64_t expected, int64_t actual) {
  return {ErrorCode::kInvalidArgument, expected, actual};
}

// No row farther than this reaches the threshold. Under cosine the score is rounded once more than the
// distance: a margin far above that rounding, since the hits found are held against the threshold itself.
inline float max_distance_of(Metric metric, std::optional<float> score_threshold) {
  if (!score_threshold) return std::numeric_limits<float>::infinity();
  if (metric == Metric::kCosine) return 1 - std::clamp(*score_threshold, -2.0f, 2.0f) + 1e-5f;
  return -std::clamp(*score_threshold, -FLT_MAX, FLT_MAX);
}

// Nodes that a walk keeps, unless told.
inline constexpr size_t kDefaultEfSearch = 64;

struct SearchEngine::State {
  State(const EngineOptions& engine_options, const KernelTable& kernel_table)
      : options(engine_options), kernels(kernel_table), rows(options.dim, options.metric) {
    make_index();
  }

  EngineView view() const {
    return {rows, options.quantization, codes, ids, deletions, ivf.get(), hnsw.get()};
  }

  void make_index() {
    if (options.index == IndexKind::kIvf) make_lists();
    if (options.index == IndexKind::kHnsw) hnsw = std::make_unique<HnswIndex>(options.hnsw, rows, kernels);
  }

  void make_lists() { ivf = std::make_unique<IvfIndex>(options.dim, options.metric, kernels); }

  bool has_codes() const {
    if (ivf != nullptr) return ivf->lists().has_codes();
    return hnsw != nullptr ? hnsw->has_codes() : codes.has_value();
  }
  // Null without codes, and where they are in lists.
  const CodedRows* coded_rows() const {
    if (hnsw != nullptr) return hnsw->has_codes() ? &hnsw->codes() : nullptr;
    return codes ? &*codes : nullptr;
  }
  // Whether every row is kept as floats.
  bool has_vectors() const { return !has_codes() || options.quantization->keep_vectors; }

  std::optional<Slot> find_live(RowId id) const {
    const std::optional<Slot> slot = ids.find(id);
    return slot && !deletions.contains(to_number(*slot)) ? slot : std::nullopt;
  }

  // To be called by whatever changes what is saved.
  State& changing() {
    saving.reset();
    return *this;
  }

  Status append(const float* added, size_t row_count) {
    calibration.reset();
    if (ivf != nullptr) return ivf->append(added, row_count);
    const Status made = make_room(row_count);
    if (!made.ok()) return made;
    if (has_vectors()) {
      for (size_t row = 0; row < row_count; ++row) rows.append_reserved(added + row * options.dim);
    }
    if (codes) codes->append(added, row_count);
    return hnsw != nullptr ? hnsw->append(added, row_count) : Status();
  }

  // Rows are linked by what they will be searched by.
  bool links() const { return hnsw != nullptr && (!options.quantization || has_codes()); }
  Result<double> link_step(bool renews) {
    if (!links()) return 1.0;
    if (!hnsw->is_linked()) changing();
    return hnsw->link_step(renews);
  }

  size_t ef_search(size_t k) const {
    if (hnsw == nullptr || hnsw->calibration().row_count == 0) return kDefaultEfSearch;
    return std::max(k, hnsw->calibration().ef_for(k));
  }

  void begin_calibration(std::vector<float> queries) {
    // As bindings/api/quantization.ts rescores, unless told.
    const bool rescores = has_codes() && has_vectors();
    const size_t oversampling = !rescores ? 0 : options.quantization->codec.bits == 8 ? 2 : 4;
    calibration = std::make_unique<CalibrationRun>(*hnsw, std::move(queries), oversampling);
  }
  Result<double> calibration_step() {
    calibration->step(AllowedSlots(ids, deletions, nullptr));
    const Status read = rows.take_failure();
    if (!read.ok()) {
      calibration.reset();
      return read.error();
    }
    if (!calibration->is_done()) return calibration->share_done();
    changing().hnsw->set_calibration(calibration->result());
    calibration.reset();
    return 1.0;
  }

  Status make_room(size_t row_count) {
    Status made;
    if (has_vectors()) made = rows.make_room(row_count);
    if (made.ok() && codes) made = codes->make_room(row_count);
    return made;
  }

  void truncate(size_t row_count) {
    calibration.reset();
    if (ivf != nullptr) return ivf->truncate(row_count);
    if (has_vectors()) rows.truncate(row_count);
    if (codes) codes->truncate(row_count);
    if (hnsw != nullptr && hnsw->slot_count() > row_count) hnsw->truncate(row_count);
  }

  std::vector<std::vector<Candidate>> search_rows(const float* queries, size_t query_count,
                                                  const SearchOptions& search,
                                                  const AllowedSlots& allowed) const {
    const float max_distance = max_distance_of(options.metric, search.score_threshold);
    if (ivf != nullptr) {
      const size_t rescored = search.oversampling != 0 ? candidate_count(search) : 0;
      return ivf->search(
          queries, query_count,
          {search.k, search.exact ? kMaxListCount : search.nprobe, max_distance, search.exact, rescored},
          allowed);
    }
    if (hnsw != nullptr && !search.exact) {
      const HnswSearch walk{search.k, search.ef_search == 0 ? ef_search(search.k) : search.ef_search,
                            max_distance, search.oversampling != 0 ? candidate_count(search) : 0};
      std::vector<std::vector<Candidate>> found(query_count);
      for (size_t query = 0; query < query_count; ++query)
        found[query] = hnsw->search(queries + query * options.dim, walk, allowed);
      return found;
    }
    if (codes && !search.exact) return search_by_code(queries, query_count, search, allowed);
    return search_flat(rows, kernels, queries, query_count, search.k, allowed, max_distance);
  }

  // The rows are searched by these codes from now on.
  Status take_codes(CodedRows trained) {
    if (hnsw != nullptr) {
      const Status taken = hnsw->take_codes(std::move(trained));
      if (!taken.ok()) return taken;
    } else {
      codes = std::move(trained);
    }
    if (has_vectors()) return {};
    if (trains_for_add) untrained.emplace(std::move(rows));
    rows = VectorRows(options.dim, options.metric);
    return {};
  }

  // Takes back the training that went before an `add` which does not reach its end. Rows in lists stay coded, unless
  // there are none.
  void untrain() {
    if (!trains_for_add || training != nullptr || ids.size() != size_before_add) return;
    if (ivf == nullptr) {
      codes.reset();
      if (hnsw != nullptr) hnsw->drop_codes();
      if (untrained) rows = std::move(*untrained);
    } else if (ids.size() == 0) {
      make_lists();
    }
    settle();
  }

  // What training has changed stays.
  void settle() {
    calibration.reset();
    if (hnsw != nullptr) hnsw->settle();
    untrained.reset();
    trains_for_add = false;
  }

  // Rows that a codec could learn from; those in lists are live ones only.
  size_t trainable_count() const { return ivf != nullptr ? ivf->lists().size() : ids.size(); }

  Status check_search(const SearchOptions& search) const {
    const double oversampling = double{search.oversampling};
    if (search.k == 0) return invalid(1, 0);
    if (search.score_threshold && std::isnan(*search.score_threshold)) return invalid(0, 0);
    if (oversampling != 0 && (!(oversampling >= 1) || !std::isfinite(oversampling))) return invalid(1, 0);
    const bool keeps_vectors = !options.quantization || options.quantization->keep_vectors;
    if ((oversampling != 0 || search.exact) && !keeps_vectors) return invalid(0, 1);
    return {};
  }

  // Rows to find by code, before some are scored again.
  static size_t candidate_count(const SearchOptions& search) {
    // In double, where no k and no oversampling overflows.
    const double factor = search.oversampling != 0 ? double{search.oversampling} : 1.0;
    const double wanted = std::ceil(static_cast<double>(search.k) * factor);
    return static_cast<size_t>(std::min(wanted, static_cast<double>(kMaxRowCount)));
  }

  std::vector<std::vector<Candidate>> search_by_code(const float* queries, size_t query_count,
                                                     const SearchOptions& search,
                                                     const AllowedSlots& allowed) const {
    const bool rescores = search.oversampling != 0;
    std::vector<std::vector<Candidate>> found =
        search_codes(*codes, queries, query_count, options.dim, candidate_count(search), allowed,
                     rescores ? AfterCodes::kRescoring : AfterCodes::kNothing);
    for (size_t query = 0; rescores && query < query_count; ++query) {
      found[query] = rescore_flat(rows, kernels, queries + query * options.dim, search.k, found[query]);
    }
    return found;
  }

  EngineOptions options;
  const KernelTable& kernels;
  Codec::SampleSize sample_size{0, 0};
  VectorRows rows;                 // empty where rows are kept as codes only
  std::optional<CodedRows> codes;  // of every row, once the codec is trained
  std::unique_ptr<IvfIndex> ivf;   // then rows and codes are in its lists
  std::unique_ptr<IvfTraining> list_training;
  std::unique_ptr<HnswIndex> hnsw;  // then codes are in it
  std::unique_ptr<CalibrationRun> calibration;
  IdMap ids;
  Deletions deletions;
  std::unique_ptr<CodeTraining> training;
  bool trains_for_add = false;  // the training, or the last one, of an `add` not yet over
  size_t size_before_add = 0;
  std::optional<VectorRows> untrained;  // the rows before it, where only their codes are kept
  std::vector<float> decoded;           // what `get` returned last
  std::unique_ptr<EngineFileWriter> saving;
  WrittenRows written_rows;  // of what was saved last in steps, or loaded
  WrittenRows present_rows;  // of what the next takes the place of
};

}  // namespace vicinal
