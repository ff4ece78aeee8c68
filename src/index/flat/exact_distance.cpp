// A product of two floats is exact in double, and no sum here can overflow: 65536 * (2 * FLT_MAX)^2 < 2^275.
// What error is left, below 65536 * 2^-53 relative, vanishes in the float that is returned.
#include "index/flat/exact_distance.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace vicinal {
namespace {

// Two doubles side by side: a vector register of every machine. Left to itself, the compiler finds them for
// some metrics and not for others.
using Pair = double __attribute__((vector_size(16)));

Pair load_pair(const float* values) {
  return Pair{values[0], values[1]};
}

// Partial sums of a loop over all dimensions, always in the same order: they do not wait for one another.
struct Sums {
  void add(size_t part, Pair terms) { of[part] += terms; }
  double total() const {
    const Pair sum = (of[0] + of[2]) + (of[1] + of[3]);
    return sum[0] + sum[1];
  }

  Pair of[4] = {};
};

// Calls add(part, a, b) for all dimensions, a pair of them at a time.
template <typename Add>
void each_pair(const float* a, const float* b, size_t dim, Add add) {
  size_t i = 0;
  for (; i + 8 <= dim; i += 8) {
    for (size_t part = 0; part < 4; ++part)
      add(part, load_pair(a + i + 2 * part), load_pair(b + i + 2 * part));
  }
  for (; i < dim; ++i) add(0, Pair{a[i], 0}, Pair{b[i], 0});
}

template <typename Term>
double sum_terms(const float* a, const float* b, size_t dim, Term term) {
  Sums sums;
  each_pair(a, b, dim, [&](size_t part, Pair x, Pair y) { sums.add(part, term(x, y)); });
  return sums.total();
}

struct CosineSums {
  double dot;           // of both
  double squared_norm;  // of the second
};

// Not inlined: each loop is called from several places, and runs long next to the call.
[[gnu::noinline]] double dot(const float* a, const float* b, size_t dim) {
  return sum_terms(a, b, dim, [](Pair x, Pair y) { return x * y; });
}

[[gnu::noinline]] CosineSums cosine_sums(const float* query, const float* row, size_t dim) {
  Sums dots, squares;
  each_pair(query, row, dim, [&](size_t part, Pair x, Pair y) {
    dots.add(part, x * y);
    squares.add(part, y * y);
  });
  return {dots.total(), squares.total()};
}

[[gnu::noinline]] double l2_squared(const float* a, const float* b, size_t dim) {
  return sum_terms(a, b, dim, [](Pair x, Pair y) { return (x - y) * (x - y); });
}

[[gnu::noinline]] double l1(const float* a, const float* b, size_t dim) {
  return sum_terms(a, b, dim, [](Pair x, Pair y) {
    const Pair difference = x - y;
    return Pair{std::fabs(difference[0]), std::fabs(difference[1])};
  });
}

float saturated(double distance) {
  return static_cast<float>(std::clamp(distance, -double{FLT_MAX}, double{FLT_MAX}));
}

}  // namespace

ExactDistance::ExactDistance(Metric metric, const float* query, size_t dim)
    : metric_(metric), query_(query), dim_(dim) {
  if (metric == Metric::kCosine) query_squared_norm_ = cosine_sums(query, query, dim).squared_norm;
}

float ExactDistance::operator()(const float* row) const {
  switch (metric_) {
    case Metric::kCosine: {
      // The root of the product, not the product of the roots: so a row has a similarity of exactly 1 to
      // itself.
      const CosineSums sums = cosine_sums(query_, row, dim_);
      const double norms = std::sqrt(query_squared_norm_ * sums.squared_norm);
      return static_cast<float>(1 - std::clamp(sums.dot / norms, -1.0, 1.0));
    }
    case Metric::kEuclidean:
      return saturated(std::sqrt(l2_squared(query_, row, dim_)));
    case Metric::kManhattan:
      return saturated(l1(query_, row, dim_));
    case Metric::kDot:
      return saturated(0 - dot(query_, row, dim_));
  }
  return FLT_MAX;
}

}  // namespace vicinal
