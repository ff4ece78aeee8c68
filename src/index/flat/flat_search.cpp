#include "index/flat/flat_search.h"

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "base/all_finite.h"
#include "index/flat/exact_distance.h"
#include "index/flat/stored_search.h"

namespace vicinal {
namespace {

// The most rows of one kernel call: enough that the call itself costs nothing, few enough that their
// distances stay in the nearest cache.
constexpr size_t kMaxRunRows = 256;
// Several queries: bytes of rows, and queries, of one kernel call. Both stay in the second-level cache, which
// phones too have.
constexpr size_t kTileBytes = size_t{256} * 1024;
constexpr size_t kTileQueries = 32;
// Queries that share a pass over the rows: enough that reading them from memory costs little.
constexpr size_t kPassQueries = 128;
// Where fewer rows than one in this many are allowed, a single query visits them one by one; else it scans
// all and masks. A visited row costs up to twice a scanned one.
constexpr size_t kVisitShare = 2;

// Candidates from which on a composed distance is found to tell too little apart: k times the first, and the
// second. So many are scored again in a fraction of the time of a scan.
constexpr size_t kCrowdPerK = 8;
constexpr size_t kCrowdAtLeast = 1024;

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

// The sums that `composed` distances are put together from, or under cosine and dot the products themselves.
const TileFamily<float, float, float>& tiles_of(const KernelTable& table, Metric metric) {
  if (metric == Metric::kManhattan) return table.max_sum_f32;
  return table.dot_f32;
}

// Whether several queries at once are scored by distances put together from sums.
bool is_composed(Metric metric) {
  return metric == Metric::kEuclidean || metric == Metric::kManhattan;
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

double sum_of_magnitudes(const float* values, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += std::fabs(values[i]);
  return sum;
}

// The same for a composed distance, under Euclidean for its square. With r the rounding above, the three sums and
// what joins them err, by the triangle inequality on x = q + (x - q), by less than
//   Euclidean  r (|q| + |x|)^2             <= r (2 |q| + d)^2 <= r (6 |q|^2 + 3 d^2)
//   Manhattan  r (2 |q| + 2 |x| + d)       <= r (4 |q| + 3 d), since max(a, b) = (a + b + |a - b|) / 2
// where d is the true distance, itself above the computed one by no more than that.
DistanceError composed_error(const VectorRows& rows, const float* query) {
  const double dim = static_cast<double>(rows.dim());
  const double rounding = (dim + 16) * 0x1p-24;
  const double share = rounding / (1 - 3 * rounding);
  const double absolute = rows.metric() == Metric::kEuclidean
                              ? 6 * share * squared_norm(query, rows.dim()) + dim * 0x1p-146
                              : 4 * share * sum_of_magnitudes(query, rows.dim());
  return {static_cast<float>(3 * share),
          absolute > FLT_MAX ? std::numeric_limits<float>::infinity() : static_cast<float>(absolute)};
}

// What goes with the rows of one kernel call: neighbors in storage, or rows picked from them.
struct RunRows {
  size_t row_count;
  size_t first_slot;           // of neighbors
  const uint32_t* slots;       // [row_count] of picked rows; null for neighbors
  const float* inverse_norms;  // [row_count]; null unless cosine
  const float* self_sums;      // [row_count] of the rows with themselves; null unless composed
  const AllowedSlots* mask;    // neighbors not in it are passed over; null when all of them count

  size_t slot(size_t row) const { return slots != nullptr ? slots[row] : first_slot + row; }
};

// Rows that are scored by themselves: the allowed ones of a run of neighbors, or candidates of another search.
class PickedRows {
 public:
  void pick(std::span<const Candidate> candidates, const VectorRows& rows) {
    count_ = candidates.size();
    has_norms_ = rows.metric() == Metric::kCosine;
    for (size_t i = 0; i < count_; ++i) {
      slots_[i] = candidates[i].slot;
      if (has_norms_) inverse_norms_[i] = *rows.inverse_norms(slots_[i]);
    }
  }

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
  RunRows run() const { return {count_, 0, slots_, has_norms_ ? inverse_norms_ : nullptr, nullptr, nullptr}; }

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

  // For composed distances; `self_sum` is that of the query with itself.
  QueryScan(const VectorRows& rows, const float* query, size_t k, float max_distance, float self_sum)
      : rows_(rows),
        exact_(rows.metric(), query, rows.dim()),
        k_(k),
        composed_(true),
        self_sum_(self_sum),
        best_(k, composed_error(rows, query),
              rows.metric() == Metric::kEuclidean ? max_distance * max_distance : max_distance) {}

  // Whether the scan has been given up, since it tells too little apart.
  bool is_crowded() const { return crowded_; }

  // Turns what the kernel gave, [row_count], into distances, and selects. Overwrites `values`. Not inlined:
  // engines that compile a function anew while it runs for long take up the faster code only at the next
  // call.
  [[gnu::noinline]] void take(float* values, const RunRows& run) {
    if (crowded_) return;
    if (composed_) {
      to_composed_distances(values, run);
    } else {
      to_distances(values, run);
    }
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
    crowded_ = composed_ && best_.size() > kCrowdPerK * k_ + kCrowdAtLeast;
  }

  // Selects a row without scanning it, ahead of all that are scanned.
  void take_unseen(size_t slot) {
    best_.push(-std::numeric_limits<float>::infinity(), static_cast<uint32_t>(slot));
  }

  // The k nearest by exact distance.
  std::vector<Candidate> finish() {
    std::vector<Candidate> nearest = best_.finish();
    for (Candidate& candidate : nearest) candidate.distance = exact_(rows_.rows().row(candidate.slot));
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
            if (run.inverse_norms[row] == 0) values[row] = exact_(rows_.rows().row(run.slot(row)));
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
    replace_not_finite(values, run);
  }

  // Under Euclidean, the squares of the distances.
  void to_composed_distances(float* values, const RunRows& run) const {
    const float sign = rows_.metric() == Metric::kEuclidean ? 1 : -1;
    for (size_t row = 0; row < run.row_count; ++row)
      values[row] = sign * (self_sum_ + run.self_sums[row] - 2 * values[row]);
    replace_not_finite(values, run);
  }

  void replace_not_finite(float* values, const RunRows& run) const {
    if (all_finite(values, run.row_count)) return;
    for (size_t row = 0; row < run.row_count; ++row) {
      if (std::isfinite(values[row])) continue;
      const float distance = exact_(rows_.rows().row(run.slot(row)));
      values[row] = composed_ && rows_.metric() == Metric::kEuclidean ? distance * distance : distance;
    }
  }

  const VectorRows& rows_;
  ExactDistance exact_;
  size_t k_;
  bool composed_ = false;
  bool crowded_ = false;
  float self_sum_ = 0;
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
      scan.take(values,
                {run.row_count, run.first_slot, nullptr, inverse_norms, nullptr, all ? nullptr : &allowed});
    } else {
      picked.pick(run.first_slot, run.row_count, inverse_norms, allowed);
      for (size_t i = 0; i < picked.count(); ++i) picked_rows[i] = rows.rows().row(picked.slot(i));
      kernels.scattered(query, picked_rows, picked.count(), rows.dim(), values);
      scan.take(values, picked.run());
    }
  }
}

// Several queries over all rows, a tile of rows that stays in cache at a time. Where not all rows of a tile
// are allowed, those that are get copied together first: one copy serves all queries.
void scan_together(const VectorRows& rows, const TileFamily<float, float, float>& kernels,
                   const float* queries, const AllowedSlots& allowed, std::vector<QueryScan>& scans) {
  const size_t dim = rows.dim();
  // A power of two, as the rows of a block are: no short tiles between.
  const size_t tile_rows =
      std::bit_floor(std::clamp<size_t>(kTileBytes / (dim * sizeof(float)), 1, kMaxRunRows));
  std::vector<float> values(std::min(scans.size(), kTileQueries) * tile_rows);
  std::vector<float> copied(allowed.all() ? 0 : tile_rows * dim);
  std::vector<float> self_sums(is_composed(rows.metric()) ? tile_rows : 0);
  PickedRows picked;
  for (size_t slot = 0; slot < rows.size();) {
    const auto run = rows.rows().run(slot, tile_rows);
    const float* inverse_norms = rows.inverse_norms(slot);
    slot += run.row_count;
    const size_t allowed_count = allowed.count_in(run.first_slot, run.row_count);
    if (allowed_count == 0) continue;
    const float* tile = run.rows;
    RunRows tile_run{run.row_count, run.first_slot, nullptr, inverse_norms, nullptr, nullptr};
    if (allowed_count < run.row_count) {
      picked.pick(run.first_slot, run.row_count, inverse_norms, allowed);
      for (size_t i = 0; i < picked.count(); ++i)
        std::copy_n(rows.rows().row(picked.slot(i)), dim, copied.data() + i * dim);
      tile = copied.data();
      tile_run = picked.run();
    }
    if (!self_sums.empty()) {
      for (size_t row = 0; row < tile_run.row_count; ++row)
        self_sums[row] = kernels.one(tile + row * dim, tile + row * dim, dim);
      tile_run.self_sums = self_sums.data();
    }
    for (size_t first = 0; first < scans.size(); first += kTileQueries) {
      const size_t count = std::min(kTileQueries, scans.size() - first);
      kernels.many_to_many(queries + first * dim, count, tile, tile_run.row_count, dim, values.data());
      for (size_t query = 0; query < count; ++query) {
        scans[first + query].take(values.data() + query * tile_run.row_count, tile_run);
      }
    }
    // What is left would be scanned for nothing.
    if (std::all_of(scans.begin(), scans.end(), [](const QueryScan& scan) { return scan.is_crowded(); }))
      return;
  }
}

// All allowed rows are wanted: a scan would leave none out.
std::vector<Candidate> take_all(const VectorRows& rows, const float* query, const AllowedSlots& allowed) {
  QueryScan scan(rows, query, allowed.count(), std::numeric_limits<float>::infinity());
  for (size_t slot = 0; slot < rows.size(); ++slot) {
    if (allowed.contains(slot)) scan.take_unseen(slot);
  }
  return scan.finish();
}

std::vector<Candidate> search_alone(const VectorRows& rows, const KernelTable& kernels, const float* query,
                                    size_t k, const AllowedSlots& allowed, float max_distance) {
  QueryScan scan(rows, query, k, max_distance);
  std::vector<float> unit;
  const float* scanned = query;
  if (rows.metric() == Metric::kCosine) {
    unit = unit_queries(query, 1, rows.dim());
    scanned = unit.data();
  }
  scan_alone(rows, kernels_of(kernels, rows.metric()), scanned, allowed, scan);
  return scan.finish();
}

// Fills found, [query_count].
void search_together(const VectorRows& rows, const KernelTable& kernels, const float* queries,
                     size_t query_count, size_t k, const AllowedSlots& allowed, float max_distance,
                     std::vector<Candidate>* found) {
  const size_t dim = rows.dim();
  const TileFamily<float, float, float>& tiles = tiles_of(kernels, rows.metric());
  std::vector<QueryScan> scans;
  scans.reserve(query_count);
  for (size_t number = 0; number < query_count; ++number) {
    const float* query = queries + number * dim;
    if (is_composed(rows.metric())) {
      scans.emplace_back(rows, query, k, max_distance, tiles.one(query, query, dim));
    } else {
      scans.emplace_back(rows, query, k, max_distance);
    }
  }
  std::vector<float> units;
  const float* scanned = queries;
  if (rows.metric() == Metric::kCosine) {
    units = unit_queries(queries, query_count, dim);
    scanned = units.data();
  }
  scan_together(rows, tiles, scanned, allowed, scans);
  for (size_t number = 0; number < query_count; ++number) {
    found[number] = scans[number].is_crowded()
                        ? search_alone(rows, kernels, queries + number * dim, k, allowed, max_distance)
                        : scans[number].finish();
  }
}

}  // namespace

std::vector<std::vector<Candidate>> search_flat(const VectorRows& rows, const KernelTable& kernels,
                                                const float* queries, size_t query_count, size_t k,
                                                const AllowedSlots& allowed, float max_distance) {
  std::vector<std::vector<Candidate>> found(query_count);
  if (allowed.count() == 0) return found;
  if (rows.is_stored()) return search_stored(rows, queries, query_count, k, allowed);
  for (size_t first = 0; first < query_count; first += kPassQueries) {
    const size_t count = std::min(kPassQueries, query_count - first);
    const float* pass = queries + first * rows.dim();
    if (k >= allowed.count()) {
      for (size_t query = 0; query < count; ++query)
        found[first + query] = take_all(rows, pass + query * rows.dim(), allowed);
    } else if (count == 1) {
      found[first] = search_alone(rows, kernels, pass, k, allowed, max_distance);
    } else {
      search_together(rows, kernels, pass, count, k, allowed, max_distance, &found[first]);
    }
  }
  return found;
}

std::vector<Candidate> rescore_flat(const VectorRows& rows, const KernelTable& kernels, const float* query,
                                    size_t k, const std::vector<Candidate>& candidates) {
  if (rows.is_stored()) return rescore_stored(rows, query, k, candidates);
  QueryScan scan(rows, query, k, std::numeric_limits<float>::infinity());
  if (candidates.size() <= k) {
    for (const Candidate& candidate : candidates) scan.take_unseen(candidate.slot);
    return scan.finish();
  }
  std::vector<float> unit;
  if (rows.metric() == Metric::kCosine) {
    unit = unit_queries(query, 1, rows.dim());
    query = unit.data();
  }
  float values[kMaxRunRows];
  const float* picked_rows[kMaxRunRows];
  PickedRows picked;
  for (size_t first = 0; first < candidates.size(); first += kMaxRunRows) {
    picked.pick({&candidates[first], std::min(kMaxRunRows, candidates.size() - first)}, rows);
    for (size_t i = 0; i < picked.count(); ++i) picked_rows[i] = rows.rows().row(picked.slot(i));
    kernels_of(kernels, rows.metric()).scattered(query, picked_rows, picked.count(), rows.dim(), values);
    scan.take(values, picked.run());
  }
  return scan.finish();
}

}  // namespace vicinal
