#include "quantize/center_training.h"

#include "embedding/normalize.h"
#include "quantize/center.h"

namespace vicinal {

bool CenterTraining::step() {
  const size_t dim = center_.size();
  if (metric_ == Metric::kCosine) {
    std::vector<float> unit_rows(row_count_ * dim);
    normalize_rows(rows_, row_count_, dim, unit_rows.data());
    shrunken_mean(unit_rows.data(), row_count_, dim, center_.data());
  } else {
    shrunken_mean(rows_, row_count_, dim, center_.data());
  }
  done_ = true;
  return true;
}

}  // namespace vicinal
