#include "index/hnsw/calibration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "index/hnsw/hnsw_index.h"

namespace vicinal {
namespace {

// Of rows: their recall at 0.95 varies by some 0.1 from one to another, so the mean of so many errs by some 0.01.
constexpr size_t kSampledRows = 100;
// Queries compared with all rows in a step: as many as share a pass over the rows.
constexpr size_t kComparedAtOnce = 8;
// Of the sample, the share that walks for 100 hits are tried on, which are long: each tells about ten times the hits.
constexpr size_t kForManyHits = 4;
// Queries walked for in a step.
constexpr size_t kWalkedAtOnce = 32;
// The search ends where the smallest ef that is enough is known to this share of it.
constexpr size_t kPrecision = 12;
// Where no ef is enough, codes bound the recall: the smallest that comes as near as this to the best is taken.
constexpr double kNearBest = 0.002;

// A row that no walk meets, while its neighbors are looked for.
class Hidden {
 public:
  Hidden(const HnswIndex& index, uint32_t slot) : index_(index), slot_(slot) {
    if (slot_ != kNoSlot) index_.hide(slot_);
  }
  ~Hidden() {
    if (slot_ != kNoSlot) index_.show(slot_);
  }

 private:
  const HnswIndex& index_;
  uint32_t slot_;
};

}  // namespace

size_t Calibration::ef_for(size_t k) const {
  if (k <= kHits[0]) return ef[0];
  if (k >= kHits[1]) return static_cast<size_t>((uint64_t{ef[1]} * k + kHits[1] - 1) / kHits[1]);
  const double share = static_cast<double>(k - kHits[0]) / static_cast<double>(kHits[1] - kHits[0]);
  return static_cast<size_t>(std::ceil(ef[0] + share * (static_cast<double>(ef[1]) - ef[0])));
}

CalibrationRun::CalibrationRun(const HnswIndex& index, std::vector<float> queries, size_t oversampling)
    : index_(index), dim_(index.dim()), oversampling_(oversampling), queries_(std::move(queries)) {
  if (queries_.empty()) sample_rows();
  query_count_ = queries_.size() / dim_;
  slots_.resize(query_count_, kNoSlot);
  farthest_.reserve(query_count_);
  ef_ = Calibration::kHits[0];
  result_.row_count = static_cast<uint32_t>(index.graph().linked_count);
}

// Nodes of level 0 alone: the graph stays whole without them.
void CalibrationRun::sample_rows() {
  const HnswGraph& graph = index_.graph();
  const auto node_count = static_cast<uint32_t>(graph.links.size());
  Random random(index_.options().seed + 1);
  std::vector<bool> taken(node_count);
  // Removed and pending nodes may be most of them.
  for (size_t tried = 0; tried < 100 * kSampledRows && slots_.size() < kSampledRows; ++tried) {
    const uint32_t node = random.below(node_count);
    if (taken[node] || !graph.is_linked(node) || graph.is_moved(node)) continue;
    if (graph.links.level(node) > 0 || node == graph.entry) continue;
    taken[node] = true;
    slots_.push_back(index_.stored().slots[node]);
    queries_.resize(queries_.size() + dim_);
    index_.copy_row(slots_.back(), &queries_[queries_.size() - dim_]);
  }
}

double CalibrationRun::share_done() const {
  // Comparing all rows takes about as long as the walks.
  const double count = static_cast<double>(std::max<size_t>(query_count_, 1));
  if (farthest_.size() < query_count_) return 0.5 * static_cast<double>(farthest_.size()) / count;
  return std::min(0.99,
                  0.5 + 0.25 * static_cast<double>(turn_) +
                      0.05 * (static_cast<double>(trials_.size()) + static_cast<double>(next_) / count));
}

void CalibrationRun::step(const AllowedSlots& allowed) {
  if (is_done()) return;
  if (farthest_.size() < query_count_) return find_truth(allowed);
  for (size_t done = 0; done < kWalkedAtOnce && next_ < walked_count(); ++done, ++next_) {
    const double recall = recall_of(next_, allowed);
    sums_[0] += recall;
    sums_[1] += recall * recall;
  }
  if (next_ == walked_count()) judge();
}

size_t CalibrationRun::walked_count() const {
  return turn_ == 0 ? query_count_ : (query_count_ + kForManyHits - 1) / kForManyHits;
}

void CalibrationRun::find_truth(const AllowedSlots& allowed) {
  const size_t first = farthest_.size();
  const size_t count = std::min(kComparedAtOnce, query_count_ - first);
  // One more: a row is the nearest to itself.
  const size_t k = Calibration::kHits.back() + 1;
  const auto found = index_.exact(&queries_[first * dim_], count, k, oversampling_ * k, allowed);
  for (size_t query = 0; query < count; ++query) {
    std::array<float, 2>& farthest = farthest_.emplace_back();
    size_t others = 0;
    for (const Candidate& hit : found[query]) {
      if (hit.slot == slots_[first + query]) continue;
      ++others;
      for (size_t turn = 0; turn < farthest.size(); ++turn) {
        if (others <= Calibration::kHits[turn]) farthest[turn] = hit.distance;
      }
    }
  }
}

// Share of the exact hits that are found; others as near as they count too.
double CalibrationRun::recall_of(size_t query, const AllowedSlots& allowed) {
  const size_t k = Calibration::kHits[turn_];
  const size_t wanted = std::min(k, allowed.count() - (slots_[query] != kNoSlot ? 1 : 0));
  const Hidden hidden(index_, slots_[query]);
  HnswSearch options;
  options.k = wanted;
  options.ef = ef_;
  options.rescored = oversampling_ * k;
  size_t right = 0;
  for (const Candidate& hit : index_.search(&queries_[query * dim_], options, allowed)) {
    if (hit.slot != slots_[query] && hit.distance <= farthest_[query][turn_]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(wanted);
}

// Whether the ef that was tried is enough, and which one is next.
void CalibrationRun::judge() {
  const double count = static_cast<double>(std::max<size_t>(walked_count(), 1));
  const double mean = sums_[0] / count;
  const double variance = std::max(0.0, sums_[1] / count - mean * mean);
  trials_.push_back({ef_, mean});
  next_ = 0;
  sums_ = {};
  const size_t most = std::min(Calibration::kMaxEf, index_.graph().linked_count);
  if (mean - std::sqrt(variance / count) >= static_cast<double>(index_.options().target_recall)) {
    enough_ = ef_;
  } else {
    too_small_ = ef_;
    if (ef_ >= most) {
      Trial best = trials_.back();
      for (const Trial& trial : trials_) best = trial.recall > best.recall ? trial : best;
      for (const Trial& trial : trials_) {
        if (trial.recall >= best.recall - kNearBest && trial.ef < best.ef) best = trial;
      }
      return settle(best);
    }
  }
  if (enough_ == 0) {
    ef_ = std::min(2 * ef_, most);
  } else if (too_small_ == 0 || enough_ - too_small_ <= std::max<size_t>(1, enough_ / kPrecision)) {
    for (const Trial& trial : trials_) {
      if (trial.ef == enough_) return settle(trial);
    }
  } else {
    ef_ = too_small_ + (enough_ - too_small_) / 2;
  }
}

void CalibrationRun::settle(Trial trial) {
  result_.ef[turn_] = static_cast<uint32_t>(trial.ef);
  result_.recall[turn_] = static_cast<float>(trial.recall);
  ++turn_;
  if (is_done()) return;
  trials_.clear();
  too_small_ = enough_ = 0;
  ef_ = Calibration::kHits[turn_];
}

}  // namespace vicinal
