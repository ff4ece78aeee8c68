#include "embedding/k_means.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <utility>

#include "embedding/double_arithmetic.h"

namespace vicinal {
namespace {

// Multiplications a step: some 20 ms.
constexpr uint64_t kStepWork = 150'000'000;
// What is added to a row's multiplications for all that is done once a row.
constexpr uint64_t kRowWork = 64;

// The sample that seeds are drawn from. More of it does not lower the inertia in the end, fewer do.
constexpr size_t kSeedRowsPerCentroid = 16;
constexpr size_t kLeastSeedRows = 1024;
// Once there are so many seeds, more than one is drawn at a time.
constexpr size_t kSeedsPerDraw = 8;
// Centroids are scored in panels of 16, full or not.
constexpr size_t kPanelCentroids = 16;

// How far, from a cluster's centroid to one of its rows, another centroid is put that takes part of it.
constexpr float kSplit = 1.0f / 16;

double squared_distance(const float* a, const float* b, size_t width) {
  double sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= width; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      const double difference = double{a[i + lane]} - double{b[i + lane]};
      sums[lane] += difference * difference;
    }
  }
  for (; i < width; ++i) sums[0] += (double{a[i]} - double{b[i]}) * (double{a[i]} - double{b[i]});
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Uniform in [0, 1).
double unit_double(Random& random) {
  return static_cast<double>(random.next_u64() >> 11) * 0x1p-53;
}

void to_unit_length(float* values, size_t width) {
  const double length = norm_double(values, width);
  if (!(length > 0)) return;
  for (size_t i = 0; i < width; ++i) values[i] = static_cast<float>(values[i] / length);
}

}  // namespace

KMeans::KMeans(const KMeansOptions& options, size_t width, size_t row_count)
    : options_(options),
      width_(width),
      random_(options.seed),
      inertia_(std::numeric_limits<double>::infinity()),
      last_inertia_(inertia_) {
  rows_.reserve(row_count * width);
}

void KMeans::add(const float* rows, size_t row_count, size_t stride) {
  for (size_t number = 0; number < row_count; ++number) {
    const float* values = rows + number * stride;
    rows_.insert(rows_.end(), values, values + width_);
    if (options_.spherical) to_unit_length(&rows_[rows_.size() - width_], width_);
  }
}

bool KMeans::step() {
  for (uint64_t work = 0; work < kStepWork && phase_ != Phase::kDone;) work += advance();
  return phase_ == Phase::kDone;
}

double KMeans::share_done() const {
  if (phase_ == Phase::kDone) return 1;
  if (phase_ == Phase::kCenter) return 0;
  // In passes over all rows, of which the seeds are worth one.
  const double through = static_cast<double>(position_) / static_cast<double>(pass_rows_.size());
  const double passes = phase_ == Phase::kSeed
                            ? static_cast<double>(seed_count_) / static_cast<double>(options_.k)
                            : 1 + static_cast<double>(iteration_) + through;
  return passes / (1 + static_cast<double>(options_.max_iterations));
}

double KMeans::imbalance() const {
  const size_t largest = *std::max_element(counts_.begin(), counts_.end());
  return static_cast<double>(largest) * static_cast<double>(options_.k) /
         static_cast<double>(assignment_.size());
}

std::vector<float> KMeans::take_centroids() {
  for (size_t number = 0; number < options_.k; ++number) frame_.leave(centroid(number), centroid(number));
  return std::move(centroids_);
}

// Does a part of the phase. Returns about how many multiplications that took.
uint64_t KMeans::advance() {
  if (phase_ == Phase::kCenter) {
    center_rows();
    begin_seeds();
    return rows_.size();
  }
  const uint64_t padded_count = (nearest_.count() + kPanelCentroids - 1) / kPanelCentroids * kPanelCentroids;
  const uint64_t row_work = padded_count * width_ + kRowWork;
  const size_t row_count =
      std::min(pass_rows_.size() - position_, static_cast<size_t>(kStepWork / row_work + 1));
  if (phase_ == Phase::kSeed) {
    pass_seed_rows(row_count);
  } else {
    pass_rows(row_count);
  }
  position_ += row_count;
  if (position_ == pass_rows_.size()) {
    if (phase_ == Phase::kSeed) {
      draw_seeds();
    } else {
      end_iteration();
    }
  }
  return row_count * row_work;
}

// Rows of unit length stay as they are.
void KMeans::center_rows() {
  const size_t row_count = rows_.size() / width_;
  std::vector<double> mean(width_);
  if (options_.spherical) {
    frame_ = CenteredFrame(std::move(mean), 0.5);
    return;
  }
  for (size_t number = 0; number < row_count; ++number) add_scaled(row(number), 1.0, width_, mean.data());
  for (double& value : mean) value /= static_cast<double>(row_count);
  double largest = 0;
  for (size_t number = 0; number < row_count; ++number) {
    for (size_t i = 0; i < width_; ++i) largest = std::max(largest, std::fabs(row(number)[i] - mean[i]));
  }
  frame_ = CenteredFrame(std::move(mean), largest);
  for (size_t number = 0; number < row_count; ++number) frame_.enter(row(number), &rows_[number * width_]);
}

void KMeans::begin_pass(const float* centroids, size_t count) {
  nearest_ = NearestCentroid(centroids, count, width_);
  position_ = 0;
}

// The sample is one row from each of as many equal parts of all rows.
void KMeans::begin_seeds() {
  phase_ = Phase::kSeed;
  const size_t row_count = rows_.size() / width_;
  const size_t sample_size = std::min(row_count, std::max(kLeastSeedRows, options_.k * kSeedRowsPerCentroid));
  for (size_t part = 0; part < sample_size; ++part) {
    // In 64 bits: of many rows the products are above 2^32.
    const uint64_t first = uint64_t{row_count} * part / sample_size;
    const uint64_t next = uint64_t{row_count} * (part + 1) / sample_size;
    pass_rows_.push_back(
        row(static_cast<size_t>(first) + random_.below(static_cast<uint32_t>(next - first))));
  }
  seed_gaps_.assign(sample_size, FLT_MAX);
  assignment_.resize(row_count);
  pass_scores_.resize(sample_size);
  centroids_.reserve(options_.k * width_);
  append_seed(random_.below(static_cast<uint32_t>(sample_size)));
  if (options_.k == 1) return begin_iterations();
  begin_pass(centroids_.data(), 1);
}

void KMeans::append_seed(size_t seed_row) {
  const float* values = pass_rows_[seed_row];
  centroids_.insert(centroids_.end(), values, values + width_);
  seed_gaps_[seed_row] = 0;
  ++seed_count_;
}

void KMeans::pass_seed_rows(size_t row_count) {
  const float* const* rows = &pass_rows_[position_];
  nearest_.find(rows, row_count, assignment_.data(), pass_scores_.data());
  for (size_t number = 0; number < row_count; ++number) {
    const double gap = dot_double(rows[number], rows[number], width_) + 2 * double{pass_scores_[number]};
    float& smallest = seed_gaps_[position_ + number];
    smallest = std::min(smallest, static_cast<float>(std::max(gap, 0.0)));
  }
}

// Draws rows of the sample with probabilities that grow with the squared distance to the nearest seed.
void KMeans::draw_seeds() {
  const size_t first_new = seed_count_;
  const size_t wanted = std::min(options_.k, seed_count_ + std::max<size_t>(1, seed_count_ / kSeedsPerDraw));
  double total = 0;
  for (const float gap : seed_gaps_) total += gap;
  std::vector<double> marks(wanted - seed_count_);
  for (double& mark : marks) mark = unit_double(random_) * total;
  std::sort(marks.begin(), marks.end());
  double passed = 0;
  auto mark = marks.begin();
  for (size_t seed_row = 0; seed_row < seed_gaps_.size() && mark != marks.end(); ++seed_row) {
    passed += seed_gaps_[seed_row];
    if (!(passed > *mark)) continue;
    append_seed(seed_row);
    // The same row once: the others that fell to it are drawn anew next time.
    while (mark != marks.end() && passed > *mark) ++mark;
  }
  // All rows lie on seeds.
  if (seed_count_ == first_new) {
    while (seed_count_ < options_.k) append_seed(random_.below(static_cast<uint32_t>(seed_gaps_.size())));
  }
  if (seed_count_ == options_.k) return begin_iterations();
  begin_pass(&centroids_[first_new * width_], seed_count_ - first_new);
}

void KMeans::begin_iterations() {
  phase_ = Phase::kIterate;
  pass_rows_.clear();
  for (size_t number = 0; number < assignment_.size(); ++number) pass_rows_.push_back(row(number));
  begin_iteration();
}

void KMeans::begin_iteration() {
  sums_.assign(options_.k * width_, 0);
  counts_.assign(options_.k, 0);
  last_inertia_ = inertia_;
  inertia_ = 0;
  begin_pass(centroids_.data(), options_.k);
}

void KMeans::pass_rows(size_t row_count) {
  nearest_.find(&pass_rows_[position_], row_count, &assignment_[position_], nullptr);
  for (size_t number = position_; number < position_ + row_count; ++number) {
    const uint32_t cluster = assignment_[number];
    ++counts_[cluster];
    add_scaled(row(number), 1.0, width_, &sums_[cluster * width_]);
    inertia_ += squared_distance(row(number), centroid(cluster), width_);
  }
}

// The last iteration moves the centroids too: what it gains costs nothing.
void KMeans::end_iteration() {
  ++iteration_;
  const bool gained = last_inertia_ - inertia_ > options_.least_gain * inertia_;
  move_centroids();
  if (gained && iteration_ < options_.max_iterations) {
    begin_iteration();
  } else {
    phase_ = Phase::kDone;
  }
}

void KMeans::move_centroids() {
  for (size_t cluster = 0; cluster < options_.k; ++cluster) {
    if (counts_[cluster] == 0) continue;
    const double share = 1 / static_cast<double>(counts_[cluster]);
    float* values = centroid(cluster);
    for (size_t i = 0; i < width_; ++i) values[i] = static_cast<float>(sums_[cluster * width_ + i] * share);
    if (options_.spherical) to_unit_length(values, width_);
  }
  std::vector<size_t> counts = counts_;
  for (size_t cluster = 0; cluster < options_.k; ++cluster) {
    if (counts_[cluster] == 0) split_largest(cluster, counts);
  }
}

// Gives an empty cluster a part of the largest one. `counts` tell what is left of each after the splits before, and
// nothing of clusters that were empty: none of their rows is known yet.
void KMeans::split_largest(size_t empty, std::vector<size_t>& counts) {
  const size_t largest = static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  counts[largest] -= counts[largest] / 2;
  size_t member = random_.below(static_cast<uint32_t>(assignment_.size()));
  while (assignment_[member] != largest) member = (member + 1) % assignment_.size();
  for (size_t i = 0; i < width_; ++i) {
    const float from = centroid(largest)[i];
    centroid(empty)[i] = from + (row(member)[i] - from) * kSplit;
  }
  if (options_.spherical) to_unit_length(centroid(empty), width_);
}

}  // namespace vicinal
