#include "engine/code_training.h"

#include <algorithm>
#include <utility>

namespace vicinal {
namespace {

// Values coded in a step: some 20 ms.
constexpr size_t kStepValues = size_t{1} << 20;
// Of the whole: learning takes longer than coding, mostly.
constexpr double kTrainingShare = 0.75;

}  // namespace

CodeTraining::CodeTraining(std::unique_ptr<Codec> codec, const VectorRows& rows)
    : rows_(rows), codes_(std::move(codec), rows.dim()) {
  // Spread over all rows, where there are more than it uses.
  const size_t count = std::min(rows.size(), codes_.codec().sample_size().most);
  sample_.reserve(count * rows.dim());
  for (size_t i = 0; i < count; ++i) {
    const float* row = rows.row(static_cast<size_t>(uint64_t{i} * rows.size() / count));
    sample_.insert(sample_.end(), row, row + rows.dim());
  }
}

size_t CodeTraining::room() const {
  return codes_.codec().sample_size().most - sample_.size() / rows_.dim();
}

void CodeTraining::add_rows(const float* rows, size_t row_count) {
  sample_.insert(sample_.end(), rows, rows + std::min(row_count, room()) * rows_.dim());
}

Result<double> CodeTraining::step() {
  if (is_trained_) return code_some_rows();
  if (training_ == nullptr) {
    if (sample_.empty()) return Error{ErrorCode::kInvalidArgument, 1, 0};
    training_ = codes_.codec().train(sample_.data(), sample_.size() / rows_.dim());
  }
  is_trained_ = training_->step();
  if (!is_trained_) return kTrainingShare * training_->share_done();
  codes_.set_parameters(training_->take_parameters());
  training_.reset();
  std::vector<float>().swap(sample_);
  const Status reserved = codes_.reserve(rows_.size());
  if (!reserved.ok()) return reserved.error();
  return rows_.size() == 0 ? 1 : kTrainingShare;
}

Result<double> CodeTraining::code_some_rows() {
  const size_t first = codes_.size();
  if (first < rows_.size()) {
    const auto run = rows_.rows().run(first, std::max<size_t>(1, kStepValues / rows_.dim()));
    codes_.append(run.rows, run.row_count);
  }
  if (codes_.size() == rows_.size()) return 1;
  return kTrainingShare +
         (1 - kTrainingShare) * static_cast<double>(codes_.size()) / static_cast<double>(rows_.size());
}

}  // namespace vicinal
