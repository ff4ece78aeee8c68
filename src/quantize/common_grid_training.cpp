#include "quantize/common_grid_training.h"

#include <algorithm>

#include "embedding/double_arithmetic.h"
#include "quantize/affine_fit.h"

namespace vicinal {
namespace {

// Values looked at: quantiles of more are no surer by what can be told.
constexpr size_t kMostValues = size_t{1} << 18;

double take_nth(std::vector<double>& values, size_t index) {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace

bool CommonGridTraining::step() {
  if (center_.share_done() < 1) {
    static_cast<void>(center_.step());
    return false;
  }
  std::vector<float> center = center_.take_parameters();
  std::vector<double> values = sampled_values(center);
  const double tail = (1.0 - double{quantile_}) / 2 * static_cast<double>(values.size() - 1);
  const size_t cut = static_cast<size_t>(tail);
  const double low = take_nth(values, cut);
  const double high = take_nth(values, values.size() - 1 - cut);
  const double ends[] = {low, high};
  const AffineGrid grid = span_grid(ends, 2, level_count_);
  parameters_ = std::move(center);
  parameters_.push_back(grid.low);
  parameters_.push_back(grid.step);
  return true;
}

std::vector<double> CommonGridTraining::sampled_values(const std::vector<float>& center) const {
  const size_t row_stride = std::max<size_t>(1, row_count_ * dim_ / kMostValues);
  std::vector<double> values;
  for (size_t row = 0; row < row_count_; row += row_stride) {
    const float* from = rows_ + row * dim_;
    const double scale = metric_ == Metric::kCosine ? norm_double(from, dim_) : 1.0;
    for (size_t i = 0; i < dim_; ++i) values.push_back(double{from[i]} / scale - double{center[i]});
  }
  return values;
}

}  // namespace vicinal
