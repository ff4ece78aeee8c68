#include "quantize/scalar_pair_scorer.h"

#include <algorithm>
#include <vector>

#include "base/saturate.h"
#include "quantize/code_packing.h"
#include "quantize/scalar_row_constants.h"

namespace vicinal {
namespace {

// Codes of 8 bits are stored less this (code_packing.h).
constexpr double kSignedOffset = 128;

// Halves codes of 8 bits as they are stored. Returns the sum of the halves, below 2^23.
uint32_t halve(const uint8_t* stored, size_t dim, uint8_t* halves) {
  // Sums in narrow lanes, which a vector has many of: 512 * 127 < 2^16.
  constexpr size_t kLanes = 16;
  constexpr size_t kMostSteps = 512;
  uint32_t sum = 0;
  size_t i = 0;
  while (i + kLanes <= dim) {
    const size_t end = i + std::min(kMostSteps, (dim - i) / kLanes) * kLanes;
    uint16_t sums[kLanes] = {};
    for (; i < end; i += kLanes) {
      for (size_t lane = 0; lane < kLanes; ++lane) {
        const auto half = static_cast<uint8_t>((stored[i + lane] ^ 0x80u) >> 1);
        halves[i + lane] = half;
        sums[lane] = static_cast<uint16_t>(sums[lane] + half);
      }
    }
    for (const uint16_t lane_sum : sums) sum += lane_sum;
  }
  for (; i < dim; ++i) {
    halves[i] = static_cast<uint8_t>((stored[i] ^ 0x80u) >> 1);
    sum += halves[i];
  }
  return sum;
}

// What distances from a row need of it, besides its levels.
struct Origin {
  double step;        // of its levels
  double shift;       // step * sum(levels * what the other's codes are stored less)
  double level_mean;  // step * mean(levels)
  double mean;        // of its values less the center
  double norm;
  double with_center;  // |center|^2 + center . r
};

class ScalarPairScorer final : public CodePairScorer {
 public:
  explicit ScalarPairScorer(const ScalarCodeShape& shape)
      : shape_(shape), dim_(static_cast<double>(shape.dim)), levels_(shape.dim) {
    for (size_t i = 0; i < shape.dim; ++i)
      center_square_ += double{shape.center[i]} * double{shape.center[i]};
  }

  void move_to(const uint8_t* code, const float* constants, float pair_constant) override {
    origin_ = origin_of(code, constants, pair_constant, levels_.data());
  }

  void score(const uint8_t* const* codes, const float* const* constants, const float* pair_constants,
             size_t row_count, float* distances) override {
    products_.resize(std::max(products_.size(), row_count));
    const int8_t* levels = reinterpret_cast<const int8_t*>(levels_.data());
    if (shape_.bits == 8) {
      shape_.kernels->dot_i8.scattered(levels, reinterpret_cast<const int8_t* const*>(codes), row_count,
                                       shape_.dim, products_.data());
    } else {
      shape_.kernels->dot_u4.scattered(levels, codes, row_count, shape_.dim, products_.data());
    }
    const Origin origin = origin_;
    for (size_t i = 0; i < row_count; ++i)
      distances[i] = distance(origin, products_[i], {shape_, constants[i]}, 0, pair_constants[i]);
  }

  void move_to_all(const Run& rows) override {
    origins_.resize(rows.row_count);
    all_levels_.resize(rows.row_count * shape_.dim);
    for (size_t row = 0; row < rows.row_count; ++row) {
      origins_[row] = origin_of(rows.codes + row * packed_bytes(shape_.dim, shape_.bits),
                                rows.constants + row * shape_.constant_count, rows.pair_constants[row],
                                &all_levels_[row * shape_.dim]);
    }
  }

  void score_from_all(const Run& rows, float* distances) override {
    products_.resize(std::max(products_.size(), origins_.size() * rows.row_count));
    const int8_t* levels = reinterpret_cast<const int8_t*>(all_levels_.data());
    if (shape_.bits == 8) {
      shape_.kernels->dot_i8.many_to_many(levels, origins_.size(),
                                          reinterpret_cast<const int8_t*>(rows.codes), rows.row_count,
                                          shape_.dim, products_.data());
    } else {
      shape_.kernels->dot_u4.many_to_many(levels, origins_.size(), rows.codes, rows.row_count, shape_.dim,
                                          products_.data());
    }
    const RowConstants constants(shape_, rows.constants);
    for (size_t from = 0; from < origins_.size(); ++from) {
      const int32_t* products = products_.data() + from * rows.row_count;
      float* out = distances + from * rows.row_count;
      for (size_t row = 0; row < rows.row_count; ++row)
        out[row] = distance(origins_[from], products[row], constants, row, rows.pair_constants[row]);
    }
  }

 private:
  // levels  [dim] of the row, in 0..127
  Origin origin_of(const uint8_t* code, const float* constants, float pair_constant, uint8_t* levels) const {
    const RowConstants row(shape_, constants);
    double step = row.step(0);
    double level_sum = row.code_sum(0);
    double offset = 0;
    if (shape_.bits == 8) {
      level_sum = halve(code, shape_.dim, levels);
      step *= 2;
      offset = kSignedOffset;
    } else {
      unpack_codes(code, shape_.dim, shape_.bits, *shape_.kernels, levels);
    }
    return {step,
            step * offset * level_sum,
            step * level_sum / dim_,
            mean_of(row, 0),
            shape_.metric == Metric::kDot ? 0 : row.norm(0),
            center_square_ + double{pair_constant}};
  }

  float distance(const Origin& from, int32_t product, const RowConstants& rows, size_t row,
                 float pair_constant) const {
    const double mean = mean_of(rows, row);
    // step_a * step_b * sum((c_a - mean(c_a)) * (c_b - mean(c_b)))
    const double shared =
        rows.step(row) * (from.step * product + from.shift - from.level_mean * rows.code_sum(row));
    if (shape_.metric == Metric::kEuclidean) {
      const double norm = rows.norm(row);
      const double difference = from.mean - mean;
      const double square = dim_ * difference * difference + from.norm * from.norm + norm * norm - 2 * shared;
      return saturate(std::max(square, 0.0));
    }
    const double inner = from.with_center + double{pair_constant} + dim_ * from.mean * mean + shared;
    if (shape_.metric == Metric::kDot) return saturate(0.0 - inner);
    const double norms = from.norm * rows.norm(row);
    const double bounded = norms > 0 ? std::min(std::max(inner / norms, -1.0), 1.0) : 0.0;
    return static_cast<float>(1.0 - bounded);
  }

  double mean_of(const RowConstants& rows, size_t row) const {
    return rows.low(row) + rows.step(row) * (rows.code_sum(row) / dim_);
  }

  ScalarCodeShape shape_;
  double dim_;
  double center_square_ = 0;
  std::vector<uint8_t> levels_;  // [dim]
  Origin origin_{};
  std::vector<uint8_t> all_levels_;  // [origins x dim]
  std::vector<Origin> origins_;
  std::vector<int32_t> products_;
};

}  // namespace

std::unique_ptr<CodePairScorer> make_scalar_pair_scorer(const ScalarCodeShape& shape) {
  return std::make_unique<ScalarPairScorer>(shape);
}

float scalar_pair_constant(const ScalarCodeShape& shape, const uint8_t* code, const float* constants) {
  if (shape.metric == Metric::kEuclidean) return 0;
  std::vector<uint8_t> levels(shape.dim);
  unpack_codes(code, shape.dim, shape.bits, *shape.kernels, levels.data());
  const RowConstants row(shape, constants);
  double sum = 0;
  for (size_t i = 0; i < shape.dim; ++i)
    sum += double{shape.center[i]} * (row.low(0) + row.step(0) * levels[i]);
  return saturate(sum);
}

}  // namespace vicinal
