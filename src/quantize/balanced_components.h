// Which principal components go to which segment, so that the product of variances is about the same in all: each
// then needs as many bits as it has.
// Based on: Ge, He, Ke, Sun. Optimized Product Quantization. TPAMI 2014, section 3.3 (eigenvalue allocation).
#pragma once

#include <cstddef>
#include <vector>

#include "quantize/product_shape.h"

namespace vicinal {

/// variances  [shape.dim] in falling order, 0 or more
/// Returns    [shape.dim]: the number of the component at each place of a rotated row
std::vector<size_t> balanced_components(const ProductShape& shape, const float* variances);

}  // namespace vicinal
