// Exact search written down as plainly as it can be, in double: what searches are held against.
#pragma once

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/metric.h"

namespace vicinal {

using Vector = std::vector<float>;

inline float naive_distance(Metric metric, const Vector& a, const Vector& b) {
  double dot = 0, a_squared = 0, b_squared = 0, l2_squared = 0, l1 = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = double{a[i]} - double{b[i]};
    dot += double{a[i]} * double{b[i]};
    a_squared += double{a[i]} * double{a[i]};
    b_squared += double{b[i]} * double{b[i]};
    l2_squared += difference * difference;
    l1 += std::fabs(difference);
  }
  double distance = 0;
  switch (metric) {
    case Metric::kCosine:
      distance = 1 - std::clamp(dot / std::sqrt(a_squared * b_squared), -1.0, 1.0);
      break;
    case Metric::kEuclidean:
      distance = std::sqrt(l2_squared);
      break;
    case Metric::kManhattan:
      distance = l1;
      break;
    case Metric::kDot:
      distance = 0 - dot;
      break;
  }
  return static_cast<float>(std::clamp(distance, -double{FLT_MAX}, double{FLT_MAX}));
}

struct NaiveHit {
  uint32_t id;
  float distance;

  friend bool operator==(const NaiveHit&, const NaiveHit&) = default;
};

/// rows  by id; only those of `allowed`, where it is given, count
inline std::vector<NaiveHit> naive_search(Metric metric, const std::map<uint32_t, Vector>& rows,
                                          const Vector& query, size_t k,
                                          const std::vector<bool>* allowed = nullptr,
                                          std::optional<float> score_threshold = std::nullopt) {
  std::vector<NaiveHit> hits;
  for (const auto& [id, row] : rows) {
    if (allowed != nullptr && (id >= allowed->size() || !(*allowed)[id])) continue;
    const float distance = naive_distance(metric, query, row);
    if (score_threshold && score_from_distance(metric, distance) < *score_threshold) continue;
    hits.push_back({id, distance});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const NaiveHit& a, const NaiveHit& b) { return a.distance < b.distance; });
  if (hits.size() > k) hits.resize(k);
  return hits;
}

}  // namespace vicinal
