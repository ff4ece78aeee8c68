#include "rows/vector_rows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>
#include <vector>

namespace vicinal {
namespace {

constexpr uint32_t kMagnitudeBits = 0x7FFFFFFFu;
constexpr uint32_t kInfinityBits = 0x7F800000u;

// The largest magnitude in a row, as bits, which order as magnitudes do: not finite from kInfinityBits on. A
// loop over integers, since compilers turn it into vector code.
uint32_t largest_magnitude_bits(const float* row, size_t dim) {
  uint32_t largest = 0;
  for (size_t i = 0; i < dim; ++i)
    largest = std::max(largest, std::bit_cast<uint32_t>(row[i]) & kMagnitudeBits);
  return largest;
}

}  // namespace

// Not inlined, since its callers are built to be small.
[[gnu::noinline]] Status check_rows(const float* rows, size_t row_count, size_t dim, Metric metric) {
  for (size_t row = 0; row < row_count; ++row) {
    const float* values = rows + row * dim;
    const uint32_t largest = largest_magnitude_bits(values, dim);
    if (largest >= kInfinityBits) {
      size_t i = 0;
      while (std::isfinite(values[i])) ++i;
      return Error{ErrorCode::kNotFinite, 0, static_cast<int64_t>(row * dim + i)};
    }
    if (largest == 0 && metric == Metric::kCosine) {
      return Error{ErrorCode::kZeroVector, 0, static_cast<int64_t>(row)};
    }
  }
  return {};
}

double squared_norm(const float* row, size_t dim) {
  // Sums that do not wait for one another, and that compilers may keep in vector registers.
  double sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= dim; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) sums[lane] += double{row[i + lane]} * double{row[i + lane]};
  }
  for (size_t lane = 0; i < dim; ++i, ++lane) sums[lane] += double{row[i]} * double{row[i]};
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

VectorRows::VectorRows(size_t dim, Metric metric, size_t block_bytes)
    : metric_(metric), rows_(dim, block_bytes), inverse_norms_(1, block_bytes) {}

uint64_t VectorRows::vector_bytes_needed(size_t dim, uint64_t row_count) {
  return RowBlocks<float>::bytes_needed(dim, row_count);
}

uint64_t VectorRows::norm_bytes_needed(Metric metric, uint64_t row_count) {
  return metric == Metric::kCosine ? RowBlocks<float>::bytes_needed(1, row_count) : 0;
}

// The rows first: where there is no room for them, nothing else has been taken yet.
Status VectorRows::reserve(size_t row_count) {
  if (stored_ != nullptr) {
    const size_t more = row_count - std::min(row_count, size());
    const Status reserved = rows_.reserve(rows_.size() + more);
    return reserved.ok() ? stored_->reserve(row_count) : reserved;
  }
  const Status reserved = rows_.reserve(row_count);
  if (!reserved.ok() || metric_ != Metric::kCosine) return reserved;
  return inverse_norms_.reserve(row_count);
}

Status VectorRows::make_room(size_t row_count) {
  const Status made = rows_.make_room(row_count);
  if (made.ok() && stored_ != nullptr) return stored_->make_room(row_count);
  if (!made.ok() || metric_ != Metric::kCosine) return made;
  return inverse_norms_.make_room(row_count);
}

Status VectorRows::append(const float* rows, size_t row_count) {
  const Status made = make_room(row_count);
  if (!made.ok()) return made;
  for (size_t row = 0; row < row_count; ++row) append_reserved(rows + row * dim());
  return {};
}

void VectorRows::append_reserved(const float* row) {
  if (stored_ != nullptr) {
    stored_->append_reserved(rows_.size());
  } else {
    append_norm(row);
  }
  rows_.append_reserved(row, 1);
}

void VectorRows::append_norm(const float* row) {
  const float inverse_norm = note_norm(row);
  if (metric_ == Metric::kCosine) inverse_norms_.append_reserved(&inverse_norm, 1);
}

Status VectorRows::make_room_to_update(size_t slot) {
  const bool is_in_file = stored_ != nullptr && !stored_->position(slot);
  return is_in_file ? rows_.make_room(1) : Status();
}

void VectorRows::update(size_t slot, const float* row) {
  unchanged_ = std::min(unchanged_, slot);
  if (loaded_ != nullptr && slot < loaded_->size()) loaded_->update(slot, row);
  if (stored_ != nullptr) {
    if (const std::optional<size_t> position = stored_->position(slot)) {
      std::memmove(rows_.row(*position), row, dim() * sizeof(float));
    } else {
      stored_->set_position(slot, rows_.size());
      rows_.append_reserved(row, 1);
    }
    return;
  }
  const float inverse_norm = note_norm(row);
  if (metric_ == Metric::kCosine) *inverse_norms_.row(slot) = inverse_norm;
  std::memmove(rows_.row(slot), row, dim() * sizeof(float));
}

void VectorRows::truncate(size_t row_count) {
  unchanged_ = std::min(unchanged_, row_count);
  if (loaded_ != nullptr) loaded_->truncate(std::min(row_count, loaded_->size()));
  if (stored_ != nullptr) {
    // Those that came last are last in memory.
    rows_.truncate(rows_.size() - stored_->truncate(row_count));
    return;
  }
  rows_.truncate(row_count);
  if (metric_ == Metric::kCosine) inverse_norms_.truncate(row_count);
}

void VectorRows::clear() {
  stored_.reset();
  loaded_.reset();
  truncate(0);
  rows_.shrink();
  inverse_norms_.shrink();
  note_all_norms();
}

void VectorRows::compact(const Deletions& deletions) {
  if (deletions.count() > 0) unchanged_ = 0;
  if (loaded_ != nullptr) loaded_->compact(deletions);
  if (stored_ != nullptr) {
    // Rows in memory go when they are in a file.
    stored_->compact(deletions);
    return;
  }
  const auto kept = [&deletions](size_t slot) { return !deletions.contains(slot); };
  if (deletions.count() > 0) {
    rows_.keep_if(kept);
    inverse_norms_.keep_if(kept);
    note_all_norms();
  }
  rows_.shrink();
  inverse_norms_.shrink();
}

Status VectorRows::keep_in(std::unique_ptr<RowFile> file, const Deletions& deletions, size_t row_count) {
  if (stored_ != nullptr) {
    stored_->place_all(std::move(file), deletions);
  } else {
    auto stored = std::make_unique<StoredRows>(dim());
    const Status reserved = stored->reserve(row_count);
    if (!reserved.ok()) return reserved;
    for (size_t slot = 0; slot < row_count; ++slot) stored->append_reserved(slot);
    stored->place_all(std::move(file), deletions);
    stored_ = std::move(stored);
  }
  rows_.truncate(0);
  rows_.shrink();
  inverse_norms_.truncate(0);
  inverse_norms_.shrink();
  return {};
}

Result<double> VectorRows::load_some(const Deletions& deletions, size_t row_count) {
  if (stored_ == nullptr) return 1.0;
  auto loaded = std::exchange(loaded_, nullptr);
  if (loaded == nullptr) loaded = std::make_unique<VectorRows>(dim(), metric_);
  const size_t end = loaded->size() + std::min(row_count, size() - loaded->size());
  const Status reserved = loaded->reserve(end);
  if (!reserved.ok()) return reserved.error();
  const std::vector<float> any(dim(), 1.0f);
  while (loaded->size() < end) {
    const size_t slot = loaded->size();
    loaded->append_reserved(deletions.contains(slot) ? any.data() : row(slot));
  }
  const Status read = take_failure();
  if (!read.ok()) return read.error();
  if (loaded->size() < size()) {
    loaded_ = std::move(loaded);
    return static_cast<double>(loaded_->size()) / static_cast<double>(size());
  }
  rows_ = std::move(loaded->rows_);
  inverse_norms_ = std::move(loaded->inverse_norms_);
  has_marked_norms_ = loaded->has_marked_norms_;
  largest_norm_ = loaded->largest_norm_;
  stored_.reset();
  return 1.0;
}

const float* VectorRows::stored_row(size_t slot) const {
  const std::optional<size_t> position = stored_->position(slot);
  return position ? rows_.row(*position) : stored_->read(slot);
}

float VectorRows::note_norm(const float* row) {
  if (metric_ == Metric::kCosine) {
    const double norm = std::sqrt(squared_norm(row, dim()));
    if (is_plain_norm(norm)) return static_cast<float>(1 / norm);
    has_marked_norms_ = true;
  } else if (metric_ == Metric::kDot) {
    largest_norm_ = std::max(largest_norm_, std::sqrt(squared_norm(row, dim())));
  }
  return 0;
}

void VectorRows::note_all_norms() {
  has_marked_norms_ = false;
  largest_norm_ = 0;
  for (size_t slot = 0; slot < size(); ++slot) {
    if (metric_ == Metric::kCosine) has_marked_norms_ = has_marked_norms_ || *inverse_norms_.row(slot) == 0;
    if (metric_ == Metric::kDot) note_norm(row(slot));
  }
}

}  // namespace vicinal
