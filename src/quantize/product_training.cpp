#include "quantize/product_training.h"

#include <algorithm>
#include <utility>

#include "base/saturate.h"
#include "quantize/balanced_components.h"

namespace vicinal {
namespace {

// Multiplications of a step, about: some 10 to 20 ms.
constexpr size_t kStepWork = size_t{20} << 20;
// What k-means does with a row besides, in multiplications; and what a value takes on its way into the frame.
constexpr size_t kRowWork = 64;
constexpr size_t kValueWork = 8;

// After so many iterations the error is within 1 % of where it ends.
constexpr size_t kMaxIterations = 16;

// Shares of the work that a rotation takes, as `share_done` tells it.
constexpr double kAddShare = 0.3;
constexpr double kDecomposeShare = 0.3;

}  // namespace

ProductTraining::ProductTraining(const ProductShape& shape, Metric metric, bool has_rotation, uint64_t seed,
                                 const float* rows, size_t row_count)
    : shape_(shape),
      metric_(metric),
      has_rotation_(has_rotation),
      seed_(seed),
      rows_(rows),
      row_count_(row_count),
      places_(shape, has_rotation),
      parameters_(places_.size),
      phase_(Phase::kCenter),
      lengths_(row_count),
      sums_(shape.dim),
      frame_(metric, &parameters_[ProductParameters::center], shape.dim, nullptr) {}

bool ProductTraining::step() {
  switch (phase_) {
    case Phase::kCenter:
      center_rows();
      break;
    case Phase::kMeasure:
      measure_rows();
      break;
    case Phase::kEnter:
      enter_rows();
      break;
    case Phase::kAdd:
      add_rows();
      break;
    case Phase::kDecompose:
      decompose();
      break;
    case Phase::kRotate:
      rotate_rows();
      break;
    case Phase::kCluster:
      cluster();
      break;
    case Phase::kDone:
      break;
  }
  return phase_ == Phase::kDone;
}

double ProductTraining::share_done() const {
  const double at_row = static_cast<double>(position_) / static_cast<double>(row_count_);
  const double before_clusters = has_rotation_ ? kAddShare + kDecomposeShare : 0;
  switch (phase_) {
    case Phase::kCenter:
    case Phase::kMeasure:
    case Phase::kEnter:
      return 0;
    case Phase::kAdd:
      return kAddShare * at_row;
    case Phase::kDecompose:
      return kAddShare + kDecomposeShare * decomposed_;
    case Phase::kRotate:
      return before_clusters;
    case Phase::kCluster: {
      const double segments = static_cast<double>(position_) + (k_means_ ? k_means_->share_done() : 0);
      return before_clusters + (1 - before_clusters) * segments / static_cast<double>(shape_.segments);
    }
    case Phase::kDone:
      return 1;
  }
  return 1;
}

// Hands `pass` the next rows that are work for a step: the first, and how many. Returns whether all are through.
template <typename Pass>
bool ProductTraining::pass_rows(size_t row_work, Pass pass) {
  const size_t count = std::min(std::max<size_t>(1, kStepWork / row_work), row_count_ - position_);
  pass(position_, count);
  position_ += count;
  if (position_ < row_count_) return false;
  position_ = 0;
  return true;
}

// The mean of the rows as the metric sees them. It is taken of differences to the first row: of equal rows it is they.
void ProductTraining::center_rows() {
  const size_t dim = shape_.dim;
  float* center = &parameters_[ProductParameters::center];
  const bool done = pass_rows(kValueWork * dim, [&](size_t first, size_t count) {
    for (size_t row = first; row < first + count; ++row) {
      lengths_[row] = frame_.length(rows_ + row * dim);
      const double share = 1 / lengths_[row], first_share = 1 / lengths_[0];
      for (size_t i = 0; i < dim; ++i)
        sums_[i] += double{rows_[row * dim + i]} * share - double{rows_[i]} * first_share;
    }
  });
  if (!done) return;
  for (size_t i = 0; i < dim; ++i)
    center[i] = saturate(double{rows_[i]} / lengths_[0] + sums_[i] / static_cast<double>(row_count_));
  frame_ = ResidualFrame(metric_, center, dim, nullptr);
  phase_ = Phase::kMeasure;
}

void ProductTraining::measure_rows() {
  const size_t dim = shape_.dim;
  const bool done = pass_rows(kValueWork * dim, [&](size_t first, size_t count) {
    for (size_t row = first; row < first + count; ++row)
      largest_ = std::max(largest_, frame_.largest_residual(rows_ + row * dim, lengths_[row]));
  });
  if (!done) return;
  scale_ = ResidualFrame::scale_for(largest_);
  residuals_.resize(row_count_ * dim);
  phase_ = Phase::kEnter;
}

void ProductTraining::enter_rows() {
  const size_t dim = shape_.dim;
  const bool done = pass_rows(kValueWork * dim, [&](size_t first, size_t count) {
    const std::vector<double> scales(count, scale_);
    frame_.enter(rows_ + first * dim, count, &lengths_[first], scales.data(), residual(first));
  });
  // One row has no components.
  if (done) phase_ = has_rotation_ && row_count_ > 1 ? Phase::kAdd : Phase::kCluster;
}

void ProductTraining::add_rows() {
  const size_t dim = shape_.dim;
  if (pca_ == nullptr) pca_ = std::make_unique<Pca>(dim, std::min(dim, row_count_), row_count_);
  const bool done =
      pass_rows(dim * dim, [&](size_t first, size_t count) { pca_->add(residual(first), count); });
  if (done) phase_ = Phase::kDecompose;
}

void ProductTraining::decompose() {
  const Result<PcaProgress> progress = pca_->step();
  // Without convergence, which no finite matrix is known to lack, rows stay as they are.
  if (!progress.ok()) {
    pca_.reset();
    phase_ = Phase::kCluster;
    return;
  }
  const double total = static_cast<double>(std::max<uint64_t>(1, progress.value().total));
  decomposed_ = static_cast<double>(progress.value().done) / total;
  if (!pca_->finished()) return;
  write_rotation();
  pca_.reset();
  phase_ = Phase::kRotate;
}

// With fewer rows than dimensions, what no row reaches is left out: zeros.
void ProductTraining::write_rotation() {
  const size_t dim = shape_.dim;
  const size_t found = std::min(dim, row_count_);
  std::vector<float> mean(dim), components(found * dim), variances(dim), ratios(found);
  pca_->write(mean.data(), components.data(), variances.data(), ratios.data());
  const std::vector<size_t> order = balanced_components(shape_, variances.data());
  float* rotation = &parameters_[places_.rotation];
  for (size_t place = 0; place < dim; ++place) {
    if (order[place] < found) std::copy_n(&components[order[place] * dim], dim, rotation + place * dim);
  }
  rotation_ = RotationMatrix(rotation, dim);
}

void ProductTraining::rotate_rows() {
  const size_t dim = shape_.dim;
  const bool done = pass_rows(dim * dim, [&](size_t first, size_t count) {
    std::vector<float> turned(count * dim);
    rotation_.turn(residual(first), count, turned.data());
    std::copy(turned.begin(), turned.end(), residual(first));
  });
  if (done) phase_ = Phase::kCluster;
}

// A step of k-means where segments are wide; several whole segments where they are not.
void ProductTraining::cluster() {
  size_t work = 0;
  while (work < kStepWork && phase_ == Phase::kCluster) {
    const size_t width = shape_.width(position_);
    if (k_means_ == nullptr) {
      KMeansOptions options;
      options.k = shape_.centroid_count();
      options.max_iterations = kMaxIterations;
      options.seed = seed_ + position_;
      k_means_ = std::make_unique<KMeans>(options, width, row_count_);
      k_means_->add(residual(0) + shape_.start(position_), row_count_, shape_.dim);
    }
    if (!k_means_->step()) return;
    work += row_count_ * (shape_.centroid_count() * width + kRowWork) * (k_means_->iteration_count() + 1);
    end_segment();
  }
}

void ProductTraining::end_segment() {
  const std::vector<float> centroids = k_means_->take_centroids();
  k_means_.reset();
  float* out = &parameters_[places_.codebooks + shape_.start(position_) * shape_.centroid_count()];
  std::transform(centroids.begin(), centroids.end(), out,
                 [this](float value) { return saturate(double{value} / scale_); });
  if (++position_ == shape_.segments) phase_ = Phase::kDone;
}

}  // namespace vicinal
