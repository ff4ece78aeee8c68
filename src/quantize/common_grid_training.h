// Training of scalar codes with one grid for all rows: their center, then the range of their values around it.
#pragma once

#include <utility>
#include <vector>

#include "quantize/center_training.h"

namespace vicinal {

class CommonGridTraining final : public CodecTraining {
 public:
  /// As Codec::train. The parameters are the center [dim], and low and step of the grid: `level_count` levels from
  /// the quantile (1 - quantile) / 2 of the values to the one as far from the other end.
  CommonGridTraining(const float* rows, size_t row_count, size_t dim, Metric metric, float quantile,
                     uint32_t level_count)
      : center_(rows, row_count, dim, metric),
        rows_(rows),
        row_count_(row_count),
        dim_(dim),
        metric_(metric),
        quantile_(quantile),
        level_count_(level_count) {}

  bool step() override;
  double share_done() const override { return parameters_.empty() ? center_.share_done() / 2 : 1; }
  std::vector<float> take_parameters() override { return std::move(parameters_); }

 private:
  // Some values of the rows, less the center [dim].
  std::vector<double> sampled_values(const std::vector<float>& center) const;

  CenterTraining center_;
  const float* rows_;
  size_t row_count_;
  size_t dim_;
  Metric metric_;
  float quantile_;
  uint32_t level_count_;
  std::vector<float> parameters_;  // empty until all is done
};

}  // namespace vicinal
