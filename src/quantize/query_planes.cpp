#include "quantize/query_planes.h"

#include <algorithm>
#include <cmath>

#include "kernels/code_layout.h"

namespace vicinal {
namespace {

// Codes of 8 bits are stored less this (code_packing.h).
constexpr int64_t kSignedOffset = 128;

template <typename Query, typename Element>
void run(const KernelFamily<Query, Element, int32_t>& family, const uint8_t* planes, size_t plane_bytes,
         size_t plane_count, bool one_query, const uint8_t* codes, size_t row_count, size_t dim,
         int32_t* out) {
  const Query* queries = reinterpret_cast<const Query*>(planes);
  const Element* rows = reinterpret_cast<const Element*>(codes);
  if (!one_query) {
    family.many_to_many(queries, plane_count, rows, row_count, dim, out);
    return;
  }
  // The rows come from memory: plane by plane, the first pass brings them into the cache in the order it
  // likes.
  for (size_t plane = 0; plane < plane_count; ++plane) {
    family.one_to_many(queries + plane * plane_bytes, rows, row_count, dim, out + plane * row_count);
  }
}

}  // namespace

QueryPlanes::QueryPlanes(size_t dim, uint32_t bits, size_t query_count)
    : dim_(dim),
      bits_(bits),
      plane_count_(bits == 8 || bits == 1 ? 2 : 1),
      plane_bits_(bits == 1 ? 4 : 7),
      plane_bytes_(bits == 1 ? 4 * bits_row_bytes(dim) : dim),
      planes_(query_count * plane_count_ * plane_bytes_),
      steps_(query_count),
      level_sums_(query_count),
      levels_(dim) {}

void QueryPlanes::set_query(size_t query, const double* values) {
  const auto [smallest, largest] = std::minmax_element(values, values + dim_);
  const double low = *smallest;
  const double level_count = static_cast<double>(1u << (plane_bits_ * plane_count_));
  const double step = (*largest - low) / (level_count - 1);
  uint64_t level_sum = 0;
  for (size_t i = 0; i < dim_; ++i) {
    const double level = step > 0 ? (values[i] - low) / step + 0.5 : 0.0;
    levels_[i] = static_cast<uint32_t>(std::min(level, level_count - 1));
    level_sum += levels_[i];
  }
  steps_[query] = step;
  level_sums_[query] = static_cast<double>(level_sum);

  const uint32_t mask = (1u << plane_bits_) - 1;
  for (size_t plane = 0; plane < plane_count_; ++plane) {
    const size_t shift = plane_bits_ * (plane_count_ - 1 - plane);
    uint8_t* bytes = &planes_[(query * plane_count_ + plane) * plane_bytes_];
    if (bits_ != 1) {
      for (size_t i = 0; i < dim_; ++i) bytes[i] = static_cast<uint8_t>(levels_[i] >> shift & mask);
      continue;
    }
    std::fill_n(bytes, plane_bytes_, uint8_t{0});
    for (size_t i = 0; i < dim_; ++i) {
      for (size_t bit = 0; bit < plane_bits_; ++bit) {
        uint8_t& byte = bytes[bit * bits_row_bytes(dim_) + i / 8];
        byte = static_cast<uint8_t>(byte | (levels_[i] >> (shift + bit) & 1u) << (i % 8));
      }
    }
  }
}

void QueryPlanes::dot(const uint8_t* codes, size_t row_count, const KernelTable& kernels, int64_t* out) {
  const size_t query_count = steps_.size();
  const size_t all_planes = query_count * plane_count_;
  const bool one_query = query_count == 1;
  dots_.resize(std::max(dots_.size(), all_planes * row_count));
  int32_t* dots = dots_.data();
  switch (bits_) {
    case 8:
      run(kernels.dot_i8, planes_.data(), plane_bytes_, all_planes, one_query, codes, row_count, dim_, dots);
      break;
    case 4:
      run(kernels.dot_u4, planes_.data(), plane_bytes_, all_planes, one_query, codes, row_count, dim_, dots);
      break;
    case 2:
      run(kernels.dot_u2, planes_.data(), plane_bytes_, all_planes, one_query, codes, row_count, dim_, dots);
      break;
    default:
      run(kernels.dot_bits, planes_.data(), plane_bytes_, all_planes, one_query, codes, row_count, dim_,
          dots);
  }
  for (size_t query = 0; query < query_count; ++query) {
    const int64_t offset = bits_ == 8 ? kSignedOffset * static_cast<int64_t>(level_sums_[query]) : 0;
    const int32_t* high = dots + query * plane_count_ * row_count;
    const int32_t* low = plane_count_ == 2 ? high + row_count : nullptr;
    for (size_t row = 0; row < row_count; ++row) {
      const int64_t product = low != nullptr ? (int64_t{high[row]} << plane_bits_) + low[row] : high[row];
      out[query * row_count + row] = product + offset;
    }
  }
}

}  // namespace vicinal
