#include "index/flat/flat_search.h"

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>

#include "index/flat/exact_distance.h"

namespace vicinal {
namespace {

// The most rows of one kernel call: enough that the call itself costs nothing, few enough that their
// distances stay in the nearest cache.
constexpr size_t kMaxRunRows = 256;
// Bytes of rows in one kernel call for several queries: rows stay in the second-level cache, which phones too
// have, while every query passes over them.
constexpr size_t kTileBytes = size_t{128} * 1024;
// Queries that share a pass over the rows.
constexpr size_t kTileQueries = 32;
// Where fewer rows than one in this many are allowed, a single query visits them one by one; else it scans
// all and masks. A visited row costs up to twice a scanned one.
constexpr size_t kVisitShare = 2;

constexpr float kNotAllowed = std::numeric_limits<float>::quiet_NaN();

const KernelFamily<float, float, float>& kernels_of(const KernelTable& table, Metric metric) {
  switch (metric) {
    case Metric::kEuclidean:
      return table.l2_squared_f32;
    case Metric::kManhattan:
      return table.l1_f32;
    case Metric::kCosine:
    case Metric::kDot:
      break;
  }
  return table.dot_f32;
}

// A bound of the error of a scanned distance that did not overflow: a sum of dim products (or squares, or
// magnitudes) in any order errs by less than dim * u times the sum of magnitudes, u = 2^-24; 16 more u cover
// what comes before and after the sum. A product that underflows errs by 2^-150, which is taken twice to be
// safe. Source: Higham. Accuracy and Stability of Numerical Algorithms, 2nd ed. SIAM 2002. Section 3.1.
DistanceError scan_error(const VectorRows& rows, double query_norm) {
  const double dim = static_cast<double>(rows.dim());
  const double rounding = (dim + 16) * 0x1p-24;
  switch (rows.metric()) {
    case Metric::kCosine:
      return {0, static_cast<float>(rounding)};
    case Metric::kEuclidean:
      return {static_cast<float>(rounding), static_cast<float>(std::sqrt(dim) * 0x1p-74)};
    case Metric::kManhattan:
      return {static_cast<float>(rounding), 0};
    case Metric::kDot:
      break;
  }
  const double absolute = rounding * query_norm * rows.largest_norm() + dim * 0x1p-149;
  return {0, absolute > FLT_MAX ? std::numeric_limits<float>::infinity() : static_cast<float>(absolute)};
}

bool any_not_finite(const float* values, size_t count) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; ++i)
    largest = std::max(largest, std::bit_cast<uint32_t>(values[i]) & 0x7FFFFFFFu);
  return largest >= 0x7F800000u;
}

// What goes with the rows of one kernel call: neighbors in storage, or rows picked from them.
struct RunRows {
  size_t row_count;
  size_t first_slot;           // of neighbors
  const uint32_t* slots;       // [row_count] of picked rows; null for neighbors
  const float* inverse_norms;  // [row_count]; null unless cosine
  const AllowedSlots* mask;    // neighbors not in it are passed over; null when all of them count

  size_t slot(size_t row) const { return slots != nullptr ? slots[row] : first_slot + row; }
};

// The allowed rows of a run of neighbors.
class PickedRows {
 public:
  void pick(size_t first_slot, size_t row_count, const float* inverse_norms, const AllowedSlots& allowed) {
    count_ = 0;
    has_norms_ = inverse_norms != nullptr;
    for (size_t row = 0; row < row_count; ++row) {
      if (!allowed.contains(first_slot + row)) continue;
      slots_[count_] = static_cast<uint32_t>(first_slot + row);
      if (has_norms_) inverse_norms_[count_] = inverse_norms[row];
      ++count_;
    }
  }

  size_t count() const { return count_; }
  size_t slot(size_t index) const { return slots_[index]; }
  RunRows run() const { return {count_, 0, slots_, has_norms_ ? inverse_norms_ : nullptr, nullptr}; }

 private:
  size_t count_ = 0;
  bool has_norms_ = false;
  uint32_t slots_[kMaxRunRows];
  float inverse_norms_[kMaxRunRows];
};

// One query during a scan.
class QueryScan {
 public:
  QueryScan(const VectorRows& rows, const float* query, size_t k, float max_distance)
      : rows_(rows),
        exact_(rows.metric(), query, rows.dim()),
        k_(k),
        best_(k, scan_error(rows, std::sqrt(squared_norm(query, rows.dim()))), max_distance) {}

  // Turns what the kernel gave, [row_count], into distances, and selects. Overwrites `values`. Not inlined:
  // engines that compile a function anew while it runs for long take up the faster code only at the next
  // call.
  [[gnu::noinline]] void take(float* values, const RunRows& run) {
    to_distances(values, run);
    if (run.mask != nullptr) {
      for (size_t row = 0; row < run.row_count; ++row) {
        if (!run.mask->contains(run.first_slot + row)) values[row] = kNotAllowed;
      }
    }
    if (run.slots != nullptr) {
      best_.push_scattered(values, run.slots, run.row_count);
    } else {
      best_.push_run(values, run.row_count, static_cast<uint32_t>(run.first_slot));
    }
  }

  // Selects a row without scanning it, ahead of all that are scanned.
  void take_unseen(size_t slot) {
    best_.push(-std::numeric_limits<float>::infinity(), static_cast<uint32_t>(slot));
  }

  // The k nearest by exact distance.
  std::vector<Candidate> finish() {
    std::vector<Candidate> nearest = best_.finish();
    for (Candidate& candidate : nearest) candidate.distance = exact_(rows_.row(candidate.slot));
    sort_nearest_first(nearest);
    // A copy of its own size: where many rows are as near as the last, the selection is much larger.
    if (nearest.size() <= k_) return nearest;
    return {nearest.begin(), nearest.begin() + static_cast<std::ptrdiff_t>(k_)};
  }

 private:
  void to_distances(float* values, const RunRows& run) const {
    const size_t count = run.row_count;
    switch (rows_.metric()) {
      case Metric::kCosine:
        for (size_t row = 0; row < count; ++row) values[row] = 1.0f - values[row] * run.inverse_norms[row];
        if (rows_.has_marked_norms()) {
          for (size_t row = 0; row < count; ++row) {
            if (run.inverse_norms[row] == 0) values[row] = exact_(rows_.row(run.slot(row)));
          }
        }
        return;
      case Metric::kEuclidean:
        for (size_t row = 0; row < count; ++row) values[row] = std::sqrt(values[row]);
        break;
      case Metric::kDot:
        for (size_t row = 0; row < count; ++row) values[row] = -values[row];
        break;
      case Metric::kManhattan:
        break;
    }
    if (any_not_finite(values, count)) {
      for (size_t row = 0; row < count; ++row) {
        if (!std::isfinite(values[row])) values[row] = exact_(rows_.row(run.slot(row)));
      }
    }
  }

  const VectorRows& rows_;
  ExactDistance exact_;
  size_t k_;
  TopK best_;
};

// What the kernels compare with the rows: the queries, under cosine scaled to length 1. [query_count x dim]
std::vector<float> unit_queries(const float* queries, size_t query_count, size_t dim) {
  std::vector<float> units(query_count * dim);
  for (size_t query = 0; query < query_count; ++query) {
    const float* from = queries + query * dim;
    const double inverse_norm = 1 / std::sqrt(squared_norm(from, dim));
    for (size_t i = 0; i < dim; ++i) units[query * dim + i] = static_cast<float>(from[i] * inverse_norm);
  }
  return units;
}

// One query over all rows, as they stream from memory.
void scan_alone(const VectorRows& rows, const KernelFamily<float, float, float>& kernels, const float* query,
                const AllowedSlots& allowed, QueryScan& scan) {
  float values[kMaxRunRows];
  const float* picked_rows[kMaxRunRows];
  PickedRows picked;
  for (size_t slot = 0; slot < rows.size();) {
    const auto run = rows.rows().run(slot, kMaxRunRows);
    const float* inverse_norms = rows.inverse_norms(slot);
    slot += run.row_count;
    const size_t allowed_count = allowed.count_in(run.first_slot, run.row_count);
    if (allowed_count == 0) continue;
    if (allowed_count * kVisitShare >= run.row_count) {
      kernels.one_to_many(query, run.rows, run.row_count, rows.dim(), values);
      const bool all = allowed_count == run.row_count;
      scan.take(values, {run.row_count, run.first_slot, nullptr, inverse_norms, all ? nullptr : &allowed});
    } else {
      picked.pick(run.first_slot, run.row_count, inverse_norms, allowed);
      for (size_t i = 0; i < picked.count(); ++i) picked_rows[i] = rows.row(picked.slot(i));
      kernels.scattered(query, picked_rows, picked.count(), rows.dim(), values);
      scan.take(values, picked.run());
    }
  }
}

// Several queries over all rows, a tile of rows that stays in cache at a time. Where not all rows of a tile
// are allowed, those that are get copied together first: one copy serves all queries.
void scan_together(const VectorRows& rows, const KernelFamily<float, float, float>& kernels,
                   const float* queries, const AllowedSlots& allowed, std::vector<QueryScan>& scans) {
  const size_t dim = rows.dim();
  const size_t tile_rows = std::clamp<size_t>(kTileBytes / (dim * sizeof(float)), 1, kMaxRunRows);
  std::vector<float> values(scans.size() * tile_rows);
  std::vector<float> copied(allowed.all() ? 0 : tile_rows * dim);
  PickedRows picked;
  for (size_t slot = 0; slot < rows.size();) {
    const auto run = rows.rows().run(slot, tile_rows);
    const float* inverse_norms = rows.inverse_norms(slot);
    slot += run.row_count;
    const size_t allowed_count = allowed.count_in(run.first_slot, run.row_count);
    if (allowed_count == 0) continue;
    const float* tile = run.rows;
    RunRows tile_run{run.row_count, run.first_slot, nullptr, inverse_norms, nullptr};
    if (allowed_count < run.row_count) {
      picked.pick(run.first_slot, run.row_count, inverse_norms, allowed);
      for (size_t i = 0; i < picked.count(); ++i)
        std::copy_n(rows.row(picked.slot(i)), dim, copied.data() + i * dim);
      tile = copied.data();
      tile_run = picked.run();
    }
    kernels.many_to_many(queries, scans.size(), tile, tile_run.row_count, dim, values.data());
    for (size_t query = 0; query < scans.size(); ++query) {
      scans[query].take(values.data() + query * tile_run.row_count, tile_run);
    }
  }
}

// All allowed rows are wanted: a scan would leave none out.
void take_all(const VectorRows& rows, const AllowedSlots& allowed, QueryScan& scan) {
  for (size_t slot = 0; slot < rows.size(); ++slot) {
    if (allowed.contains(slot)) scan.take_unseen(slot);
  }
}

}  // namespace

std::vector<std::vector<Candidate>> search_flat(const VectorRows& rows, const KernelTable& kernels,
                                                const float* queries, size_t query_count, size_t k,
                                                const AllowedSlots& allowed, float max_distance) {
  std::vector<std::vector<Candidate>> found(query_count);
  if (allowed.count() == 0) return found;
  const bool wants_all = k >= allowed.count();
  k = std::min(k, allowed.count());
  const KernelFamily<float, float, float>& family = kernels_of(kernels, rows.metric());
  for (size_t first = 0; first < query_count; first += kTileQueries) {
    const size_t tile_count = std::min(kTileQueries, query_count - first);
    const float* tile = queries + first * rows.dim();
    std::vector<QueryScan> scans;
    scans.reserve(tile_count);
    for (size_t query = 0; query < tile_count; ++query) {
      scans.emplace_back(rows, tile + query * rows.dim(), k, max_distance);
    }
    if (wants_all) {
      for (QueryScan& scan : scans) take_all(rows, allowed, scan);
    } else {
      std::vector<float> units;
      if (rows.metric() == Metric::kCosine) {
        units = unit_queries(tile, tile_count, rows.dim());
        tile = units.data();
      }
      if (tile_count == 1) {
        scan_alone(rows, family, tile, allowed, scans[0]);
      } else {
        scan_together(rows, family, tile, allowed, scans);
      }
    }
    for (size_t query = 0; query < tile_count; ++query) found[first + query] = scans[query].finish();
  }
  return found;
}

}  // namespace vicinal
