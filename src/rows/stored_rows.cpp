#include "rows/stored_rows.h"

#include <algorithm>
#include <utility>

namespace vicinal {
namespace {

// Read at once where rows are read one after another, or nearly so: that is told by so many steps of so few rows.
constexpr size_t kWindowBytes = size_t{256} * 1024;
constexpr size_t kStepsAhead = 4;
constexpr size_t kStepRows = 8;

}  // namespace

void StoredRows::place_all(std::unique_ptr<RowFile> file, const Deletions& deletions) {
  file_ = std::move(file);
  std::vector<float>().swap(window_);
  window_rows_ = 0;
  uint32_t place = 0;
  for (size_t slot = 0; slot < places_.size(); ++slot) {
    *places_.row(slot) = place;
    if (!deletions.contains(slot)) ++place;
  }
}

void StoredRows::append_reserved(size_t position) {
  const auto place = static_cast<uint32_t>(kInMemory + position);
  places_.append_reserved(&place, 1);
}

size_t StoredRows::truncate(size_t row_count) {
  size_t in_memory = 0;
  for (size_t slot = row_count; slot < places_.size(); ++slot) {
    if (position(slot)) ++in_memory;
  }
  places_.truncate(row_count);
  return in_memory;
}

void StoredRows::compact(const Deletions& deletions) {
  if (deletions.count() > 0) places_.keep_if([&](size_t slot) { return !deletions.contains(slot); });
  places_.shrink();
}

const float* StoredRows::read(size_t slot) {
  // Of a marked one, any: nobody asks what it was.
  const size_t row = std::min<size_t>(*places_.row(slot), file_->row_count() - 1);
  if (row - window_first_ >= window_rows_) {
    const size_t end = window_first_ + window_rows_;
    steps_ahead_ = row >= end && row < end + kStepRows ? steps_ahead_ + 1 : 0;
    const size_t count =
        steps_ahead_ < kStepsAhead
            ? 1
            : std::clamp<size_t>(kWindowBytes / (dim_ * sizeof(float)), 1, file_->row_count() - row);
    window_first_ = row;
    window_rows_ = 0;
    window_.resize(count * dim_);
    const Status read = file_->read(row, count, window_.data());
    if (!read.ok()) {
      if (failure_.ok()) failure_ = read;
      std::fill_n(window_.begin(), dim_, 1.0f);
      return window_.data();
    }
    window_rows_ = count;
  }
  return window_.data() + (row - window_first_) * dim_;
}

void StoredRows::recheck() {
  window_rows_ = 0;
  file_->recheck();
}

Status StoredRows::take_failure() {
  return std::exchange(failure_, Status());
}

}  // namespace vicinal
