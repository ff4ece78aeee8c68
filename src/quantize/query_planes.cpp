#include "quantize/query_planes.h"

#include <algorithm>
#include <cassert>

#include "kernels/code_layout.h"

namespace vicinal {
namespace {

constexpr unsigned kPlaneBits = 7;
// Codes of 8 bits are stored less this (code_packing.h).
constexpr double kSignedOffset = 128;

struct ValueRange {
  double low;
  double high;
};

// Four at a time, which do not wait for one another.
ValueRange range_of(const double* values, size_t count) {
  double lows[4], highs[4];
  std::fill_n(lows, 4, values[0]);
  std::fill_n(highs, 4, values[0]);
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      lows[lane] = std::min(lows[lane], values[i + lane]);
      highs[lane] = std::max(highs[lane], values[i + lane]);
    }
  }
  for (; i < count; ++i) {
    lows[0] = std::min(lows[0], values[i]);
    highs[0] = std::max(highs[0], values[i]);
  }
  return {*std::min_element(lows, lows + 4), *std::max_element(highs, highs + 4)};
}

template <typename Element>
void run(const ScanFamily<int8_t, Element, int32_t>& family, const uint8_t* queries, size_t query_count,
         const uint8_t* codes, size_t row_count, size_t dim, int32_t* out) {
  const int8_t* levels = reinterpret_cast<const int8_t*>(queries);
  const Element* rows = reinterpret_cast<const Element*>(codes);
  if (query_count == 1) {
    family.one_to_many(levels, rows, row_count, dim, out);
  } else {
    family.many_to_many(levels, query_count, rows, row_count, dim, out);
  }
}

}  // namespace

QueryPlanes::QueryPlanes(size_t dim, uint32_t bits, size_t query_count)
    : dim_(dim),
      bits_(bits),
      plane_count_(bits == 8 ? 2 : 1),
      plane_bytes_(bits == 1 ? bits_query_bytes(dim) : dim),
      planes_(query_count * plane_count_ * plane_bytes_),
      coarse_(query_count),
      fine_(query_count),
      levels_(dim) {}

void QueryPlanes::set_query(size_t query, const double* values) {
  const auto [low, high] = range_of(values, dim_);
  const double level_count = static_cast<double>(1u << (kPlaneBits * plane_count_));
  const double step = (high - low) / (level_count - 1);
  const double to_level = step > 0 ? 1 / step : 0.0;
  // What the loops read is in variables of this function, so that no store is taken to change it.
  const size_t dim = dim_;
  int32_t* const levels = levels_.data();
  const double top = level_count - 1;
  for (size_t i = 0; i < dim; ++i)
    levels[i] = static_cast<int32_t>(std::min((values[i] - low) * to_level + 0.5, top));
  // 2^14 * 65536 < 2^31
  int32_t fine_sum = 0;
  int32_t coarse_sum = 0;
  const size_t coarse_shift = kPlaneBits * (plane_count_ - 1);
  for (size_t i = 0; i < dim; ++i) {
    fine_sum += levels[i];
    coarse_sum += levels[i] >> coarse_shift;
  }
  const double offset = bits_ == 8 ? kSignedOffset : 0.0;
  fine_[query] = {step, static_cast<double>(fine_sum), offset * static_cast<double>(fine_sum)};
  coarse_[query] = {step * static_cast<double>(1u << coarse_shift), static_cast<double>(coarse_sum),
                    offset * static_cast<double>(coarse_sum)};

  constexpr int32_t kMask = (1 << kPlaneBits) - 1;
  for (size_t index = 0; index < plane_count_; ++index) {
    const size_t shift = kPlaneBits * (plane_count_ - 1 - index);
    uint8_t* const bytes = plane(index, query);
    if (bits_ == 1) {
      for (size_t i = 0; i < dim; ++i)
        bytes[bits_query_place(i)] = static_cast<uint8_t>(levels[i] >> shift & kMask);
    } else {
      for (size_t i = 0; i < dim; ++i) bytes[i] = static_cast<uint8_t>(levels[i] >> shift & kMask);
    }
  }
}

void QueryPlanes::dot_coarse(const uint8_t* codes, size_t row_count, const KernelTable& kernels,
                             int32_t* out) const {
  switch (bits_) {
    case 8:
      return run(kernels.dot_i8, planes_.data(), query_count(), codes, row_count, dim_, out);
    case 4:
      return run(kernels.dot_u4, planes_.data(), query_count(), codes, row_count, dim_, out);
    case 2:
      return run(kernels.dot_u2, planes_.data(), query_count(), codes, row_count, dim_, out);
    default:
      return run(kernels.dot_u1, planes_.data(), query_count(), codes, row_count, dim_, out);
  }
}

void QueryPlanes::dot_coarse_scattered(const uint8_t* const* codes, size_t row_count,
                                       const KernelTable& kernels, int32_t* out) const {
  assert(query_count() == 1);
  const int8_t* query = reinterpret_cast<const int8_t*>(planes_.data());
  if (bits_ == 8) {
    kernels.dot_i8.scattered(query, reinterpret_cast<const int8_t* const*>(codes), row_count, dim_, out);
  } else if (bits_ == 4) {
    kernels.dot_u4.scattered(query, codes, row_count, dim_, out);
  } else {
    for (size_t row = 0; row < row_count; ++row) dot_coarse(codes[row], 1, kernels, &out[row]);
  }
}

int64_t QueryPlanes::dot_fine(size_t query, const uint8_t* code, const KernelTable& kernels) const {
  assert(has_fine());
  const int8_t* high = reinterpret_cast<const int8_t*>(planes_.data()) + query * plane_bytes_;
  const int8_t* low = high + query_count() * plane_bytes_;
  const int8_t* row = reinterpret_cast<const int8_t*>(code);
  return (int64_t{kernels.dot_i8.one(high, row, dim_)} << kPlaneBits) + kernels.dot_i8.one(low, row, dim_);
}

}  // namespace vicinal
