#include "quantize/balanced_components.h"

#include <algorithm>
#include <cmath>

namespace vicinal {
namespace {

// Below this part of the largest, variances count as equal: logarithms of next to nothing would decide all.
constexpr double kLeastShare = 1e-9;

}  // namespace

std::vector<size_t> balanced_components(const ProductShape& shape, const float* variances) {
  const double least = std::max(double{variances[0]} * kLeastShare, 1e-300);
  // Of the segments that have room; a heap with the one of the smallest product on top.
  struct Open {
    double log_product;
    size_t segment;
    size_t filled;
  };
  const auto later = [](const Open& a, const Open& b) {
    return a.log_product != b.log_product ? a.log_product > b.log_product : a.segment > b.segment;
  };
  std::vector<Open> open;
  open.reserve(shape.segments);
  for (size_t segment = 0; segment < shape.segments; ++segment) open.push_back({0, segment, 0});
  std::vector<size_t> components(shape.dim);
  for (size_t component = 0; component < shape.dim; ++component) {
    std::pop_heap(open.begin(), open.end(), later);
    Open& smallest = open.back();
    components[shape.start(smallest.segment) + smallest.filled] = component;
    smallest.filled += 1;
    // Each counts as more than 1, so that products grow.
    smallest.log_product += std::log(std::max(double{variances[component]}, least) / least) + 1e-9;
    if (smallest.filled == shape.width(smallest.segment)) {
      open.pop_back();
    } else {
      std::push_heap(open.begin(), open.end(), later);
    }
  }
  return components;
}

}  // namespace vicinal
