#include "quantize/binary_scorer.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <vector>

#include "base/all_finite.h"
#include "base/saturate.h"
#include "embedding/double_arithmetic.h"
#include "kernels/code_layout.h"
#include "quantize/binary_codec.h"
#include "quantize/bit_plane.h"

namespace vicinal {
namespace {

using namespace binary_constant;

constexpr size_t kPlanes = 4;
// Recall@10 with candidates rescored, 40 and 100 of them: 3 times as many coarse ones cost less than 0.005 beside the
// fine distances of all rows (passages x 1,024, digits x 784, SIFT x 128, clusters x 768). Few need some more.
constexpr size_t kMoreCandidates = 40;
// Level u of a query stands for (2 u - 15) steps.
constexpr double kTopLevel = 15;

// Four at a time, which do not wait for one another.
float largest_magnitude(const float* values, size_t count) {
  float largest[4] = {};
  for (size_t i = 0; i < count; ++i) largest[i % 4] = std::max(largest[i % 4], std::fabs(values[i]));
  return std::max(std::max(largest[0], largest[1]), std::max(largest[2], largest[3]));
}

class BinaryScorer final : public CodeScorer {
 public:
  BinaryScorer(const BinaryCodec& codec, const float* queries, size_t query_count)
      : codec_(codec),
        bit_count_(codec.bit_count()),
        code_bytes_(codec.code_bytes()),
        signs_(query_count * code_bytes_),
        planes_(codec.rotates() ? query_count * kPlanes * code_bytes_ : 0),
        no_bits_(code_bytes_),
        levels_(bit_count_) {
    std::vector<float> direction(bit_count_);
    const double center_square = dot_double(codec.center().data(), codec.center().data(), codec.dim());
    queries_.reserve(query_count);
    for (size_t number = 0; number < query_count; ++number) {
      const BinaryCodec::Offset offset = codec.offset(queries + number * codec.dim(), direction.data());
      queries_.push_back({offset.length, offset.center_dot + center_square});
      set_planes(number, direction.data());
    }
  }

  void score(const uint8_t* codes, const float* constants, size_t row_count, float* distances) override {
    const KernelTable& kernels = codec_.kernels();
    const size_t query_count = queries_.size();
    hamming_.resize(std::max(hamming_.size(), query_count * row_count));
    if (query_count == 1) {
      kernels.hamming.one_to_many(signs_.data(), codes, row_count, bit_count_, hamming_.data());
    } else {
      kernels.hamming.many_to_many(signs_.data(), query_count, codes, row_count, bit_count_, hamming_.data());
    }
    for (size_t number = 0; number < query_count; ++number) {
      coarse(queries_[number], &hamming_[number * row_count], constants, row_count,
             distances + number * row_count);
    }
  }

  CandidatePlan candidates_for(size_t count, bool /*rescored*/) const override {
    if (!codec_.rotates()) return {count, false};
    return {3 * count + kMoreCandidates, true};
  }

  float fine(size_t number, const uint8_t* code, const float* constants) override {
    const Query& query = queries_[number];
    const KernelTable& kernels = codec_.kernels();
    if (!codec_.rotates()) {
      const int32_t hamming = kernels.hamming.one(&signs_[number * code_bytes_], code, bit_count_);
      float distance_by_signs;
      coarse(query, &hamming, constants, 1, &distance_by_signs);
      return distance_by_signs;
    }
    const uint8_t* planes = &planes_[number * kPlanes * code_bytes_];
    const double product = kernels.dot_bits(planes, code, bit_count_);
    const double bits_set = kernels.hamming.one(no_bits_.data(), code, bit_count_);
    const double bits = static_cast<double>(bit_count_);
    // <s, 2 u - 15> with s = 2 b - 1
    const double signed_product =
        2 * (2 * product - kTopLevel * bits_set) - (2 * query.level_sum - kTopLevel * bits);
    return distance(query, constants, double{constants[kSharpness]} * query.step * signed_product);
  }

 private:
  struct Query {
    double length;      // of the query less the center
    double center_dot;  // with the center
    double step = 0;    // of its levels
    double level_sum = 0;
  };

  // direction [bit_count]
  void set_planes(size_t number, const float* direction) {
    Query& query = queries_[number];
    const float largest = largest_magnitude(direction, bit_count_);
    for (size_t i = 0; i < bit_count_; ++i) levels_[i] = direction[i] > 0;
    pack_bit_plane(levels_.data(), bit_count_, 0, &signs_[number * code_bytes_]);
    if (!codec_.rotates() || largest == 0) return;
    query.step = double{largest} / kTopLevel;
    const float to_level = static_cast<float>(kTopLevel / 2) / largest;
    for (size_t i = 0; i < bit_count_; ++i) {
      const int32_t level = static_cast<int32_t>(std::min(direction[i] * to_level + 8.0f, 15.0f));
      levels_[i] = static_cast<uint8_t>(level);
    }
    uint32_t level_sum = 0;
    for (size_t i = 0; i < bit_count_; ++i) level_sum += levels_[i];
    for (size_t plane = 0; plane < kPlanes; ++plane)
      pack_bit_plane(levels_.data(), bit_count_, plane, &planes_[(number * kPlanes + plane) * code_bytes_]);
    query.level_sum = level_sum;
  }

  // Of the row whose direction has this cosine with that of the query, as far as can be told: it may be past 1.
  float distance(const Query& query, const float* constants, double cosine) const {
    const double length = constants[kLength];
    const double product = length * query.length * cosine;
    if (codec_.metric() == Metric::kDot) {
      return saturate(0.0 - (query.center_dot + double{constants[kCenterDot]} + product));
    }
    const double square = std::max(length * length + query.length * query.length - 2 * product, 0.0);
    if (codec_.metric() == Metric::kEuclidean) return saturate(std::sqrt(square));
    return static_cast<float>(std::min(square / 2, 2.0));
  }

  void coarse(const Query& query, const int32_t* hamming, const float* constants, size_t row_count,
              float* distances) const {
    if (coarse_in_float(query, hamming, constants, row_count, distances)) return;
    for (size_t row = 0; row < row_count; ++row) {
      distances[row] = distance(query, constants + row * codec_.constant_count(),
                                double{codec_.angle_cosines()[hamming[row]]});
    }
  }

  // The same in float, and whether it could be told in it.
  bool coarse_in_float(const Query& query, const int32_t* hamming, const float* constants, size_t row_count,
                       float* distances) const {
    const float length = float_or_infinity(query.length);
    switch (codec_.metric()) {
      case Metric::kDot: {
        const float center_dot = float_or_infinity(query.center_dot);
        const auto negated_product = [=](const float* own, float cosine) {
          return -(center_dot + own[kCenterDot] + length * own[kLength] * cosine);
        };
        return each_row<3>(hamming, constants, row_count, distances, negated_product);
      }
      case Metric::kEuclidean: {
        // In units of the query's length, which may be far from 1.
        const double unit = query.length > 0 ? query.length : 1;
        const float inverse_unit = float_or_infinity(1 / unit);
        const float own_square = query.length > 0 ? 1 : 0;
        const auto square = [=](const float* own, float cosine) {
          const float other = own[kLength] * inverse_unit;
          return other * (other - 2 * own_square * cosine) + own_square;
        };
        if (!each_row<2>(hamming, constants, row_count, distances, square)) return false;
        const float float_unit = float_or_infinity(unit);
        for (size_t row = 0; row < row_count; ++row)
          distances[row] = float_unit * std::sqrt(std::max(distances[row], 0.0f));
        return all_finite(distances, row_count);
      }
      default: {
        const auto half_square = [=](const float* own, float cosine) {
          return own[kLength] * (0.5f * own[kLength] - length * cosine) + 0.5f * length * length;
        };
        if (!each_row<3>(hamming, constants, row_count, distances, half_square)) return false;
        for (size_t row = 0; row < row_count; ++row) distances[row] = std::clamp(distances[row], 0.0f, 2.0f);
        return true;
      }
    }
  }

  template <size_t kConstantCount, typename Distance>
  bool each_row(const int32_t* hamming, const float* constants, size_t row_count, float* distances,
                const Distance& distance_of) const {
    const float* cosines = codec_.angle_cosines();
    for (size_t row = 0; row < row_count; ++row)
      distances[row] = distance_of(constants + row * kConstantCount, cosines[hamming[row]]);
    return all_finite(distances, row_count);
  }

  const BinaryCodec& codec_;
  size_t bit_count_;
  size_t code_bytes_;
  std::vector<uint8_t> signs_;    // [query_count x code_bytes]
  std::vector<uint8_t> planes_;   // [query_count x kPlanes x code_bytes], lowest bits first
  std::vector<uint8_t> no_bits_;  // [code_bytes] zeros
  std::vector<uint8_t> levels_;   // [bit_count] of the query being set
  std::vector<Query> queries_;
  std::vector<int32_t> hamming_;  // [query_count x row_count] of a block
};

}  // namespace

// Not inlined, since its caller is built to be small.
[[gnu::noinline]] std::unique_ptr<CodeScorer> make_binary_scorer(const BinaryCodec& codec,
                                                                 const float* queries, size_t query_count) {
  return std::make_unique<BinaryScorer>(codec, queries, query_count);
}

}  // namespace vicinal
