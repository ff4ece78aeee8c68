// Training of codecs that learn nothing but the center of the rows.
#pragma once

#include <utility>
#include <vector>

#include "base/metric.h"
#include "quantize/codec.h"

namespace vicinal {

class CenterTraining final : public CodecTraining {
 public:
  /// As Codec::train. The parameters are the center, [dim], of the rows as the metric sees them: under cosine, at
  /// unit length.
  CenterTraining(const float* rows, size_t row_count, size_t dim, Metric metric)
      : rows_(rows), row_count_(row_count), metric_(metric), center_(dim) {}

  bool step() override;
  double share_done() const override { return done_ ? 1 : 0; }
  std::vector<float> take_parameters() override { return std::move(center_); }

 private:
  const float* rows_;
  size_t row_count_;
  Metric metric_;
  std::vector<float> center_;
  bool done_ = false;
};

}  // namespace vicinal
