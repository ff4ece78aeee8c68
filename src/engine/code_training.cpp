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

CodeTraining::CodeTraining(std::shared_ptr<Codec> codec, size_t dim)
    : dim_(dim), codec_(std::move(codec)), codes_(codec_, dim) {}

// Spread over all rows, where there are more than it uses.
CodeTraining::CodeTraining(std::unique_ptr<Codec> codec, const VectorRows& rows)
    : CodeTraining(std::shared_ptr<Codec>(std::move(codec)), rows.dim()) {
  rows_ = &rows;
  const size_t count = std::min(rows.size(), codec_->sample_size().most);
  sample_.reserve(count * dim_);
  for (size_t i = 0; i < count; ++i) {
    const float* row = rows.row(static_cast<size_t>(uint64_t{i} * rows.size() / count));
    sample_.insert(sample_.end(), row, row + dim_);
  }
}

CodeTraining::CodeTraining(std::unique_ptr<Codec> codec, IvfIndex& ivf, bool keep_vectors)
    : CodeTraining(std::shared_ptr<Codec>(std::move(codec)), ivf.lists().dim()) {
  ivf_ = &ivf;
  keep_vectors_ = keep_vectors;
  const IvfLists& lists = ivf.lists();
  const size_t count = std::min(lists.size(), codec_->sample_size().most);
  sample_.reserve(count * dim_);
  size_t live = 0;
  for (size_t slot = 0, taken = 0; slot < lists.slot_count() && taken < count; ++slot) {
    if (!lists.contains(slot)) continue;
    if (live++ < uint64_t{taken} * lists.size() / count) continue;
    sample_.insert(sample_.end(), lists.row(slot), lists.row(slot) + dim_);
    ++taken;
  }
}

size_t CodeTraining::room() const {
  return codec_->sample_size().most - sample_.size() / dim_;
}

void CodeTraining::add_rows(const float* rows, size_t row_count) {
  sample_.insert(sample_.end(), rows, rows + std::min(row_count, room()) * dim_);
}

Result<double> CodeTraining::step() {
  if (is_trained_) return ivf_ != nullptr ? code_some_listed_rows() : code_some_rows();
  if (training_ == nullptr) {
    if (sample_.empty()) return Error{ErrorCode::kInvalidArgument, 1, 0};
    const Status read = rows_ != nullptr ? rows_->take_failure() : Status();
    if (!read.ok()) return read.error();
    training_ = codec_->train(sample_.data(), sample_.size() / dim_);
  }
  is_trained_ = training_->step();
  if (!is_trained_) return kTrainingShare * training_->share_done();
  codec_->set_parameters(training_->take_parameters());
  training_.reset();
  std::vector<float>().swap(sample_);
  if (ivf_ != nullptr) return kTrainingShare;
  const Status reserved = codes_.reserve(rows_->size());
  if (!reserved.ok()) return reserved.error();
  return rows_->size() == 0 ? 1 : kTrainingShare;
}

Result<double> CodeTraining::code_some_rows() {
  const size_t first = codes_.size();
  const size_t most = std::max<size_t>(1, kStepValues / dim_);
  if (rows_->is_stored()) {
    const size_t end = std::min(first + most, rows_->size());
    for (size_t slot = first; slot < end; ++slot) codes_.append(rows_->row(slot), 1);
    const Status read = rows_->take_failure();
    if (!read.ok()) return read.error();
  } else if (first < rows_->size()) {
    const auto run = rows_->rows().run(first, most);
    codes_.append(run.rows, run.row_count);
  }
  if (codes_.size() == rows_->size()) return 1;
  return kTrainingShare +
         (1 - kTrainingShare) * static_cast<double>(codes_.size()) / static_cast<double>(rows_->size());
}

Result<double> CodeTraining::code_some_listed_rows() {
  const Result<bool> done = ivf_->code_rows(codec_, keep_vectors_, std::max<size_t>(1, kStepValues / dim_));
  if (!done.ok()) return done.error();
  if (done.value()) return 1;
  const IvfLists& lists = ivf_->lists();
  return kTrainingShare + (1 - kTrainingShare) * static_cast<double>(lists.coded_count()) /
                              static_cast<double>(lists.size() + 1);
}

}  // namespace vicinal
