// Sparse vectors for tests, and their search written down as plainly as it can be, in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "base/random.h"
#include "index/sparse/sparse_index.h"

namespace vicinal {

struct SparseRow {
  std::vector<uint32_t> indices;
  std::vector<float> values;

  SparseView view() const { return {indices.data(), values.data(), indices.size()}; }
};

/// Distinct indices below `index_count`, small ones far more often, in no order; values are whole numbers from 1, or
/// with `any_values` in [-1, 1).
inline SparseRow random_sparse_row(Random& random, uint32_t index_count, uint32_t most, bool any_values) {
  SparseRow row;
  const uint32_t count = random.below(most + 1);
  for (uint32_t i = 0; i < count; ++i) {
    const float unit = random.unit_float();
    const auto index = static_cast<uint32_t>(static_cast<float>(index_count) * unit * unit * unit);
    // Spread over all of the 32 bits.
    const uint32_t spread = index * 0x9E3779B1u;
    if (std::find(row.indices.begin(), row.indices.end(), spread) != row.indices.end()) continue;
    row.indices.push_back(spread);
    row.values.push_back(any_values ? 2 * random.unit_float() - 1 : static_cast<float>(1 + random.below(4)));
  }
  return row;
}

using SparseRows = std::map<uint32_t, SparseRow>;

inline float value_at(const SparseRow& row, uint32_t index) {
  for (size_t i = 0; i < row.indices.size(); ++i) {
    if (row.indices[i] == index) return row.values[i];
  }
  return 0;
}

inline bool has_index(const SparseRow& row, uint32_t index) {
  return std::find(row.indices.begin(), row.indices.end(), index) != row.indices.end();
}

struct NaiveSparseHit {
  uint32_t id;
  double score;
};

/// All hits, best first, ties by smaller id; scores as floats order them.
inline std::vector<NaiveSparseHit> naive_sparse_search(const SparseOptions& options, const SparseRows& rows,
                                                       const SparseRow& query) {
  double total_length = 0;
  for (const auto& [id, row] : rows) {
    for (const float value : row.values) total_length += value;
  }
  const auto row_count = static_cast<double>(rows.size());
  std::vector<uint32_t> indices = query.indices;
  std::sort(indices.begin(), indices.end());
  std::map<uint32_t, double> idf;
  for (const uint32_t index : indices) {
    const auto frequency = static_cast<double>(std::count_if(
        rows.begin(), rows.end(), [&](const auto& entry) { return has_index(entry.second, index); }));
    idf[index] = std::log((row_count - frequency + 0.5) / (frequency + 0.5) + 1);
  }
  std::vector<NaiveSparseHit> hits;
  for (const auto& [id, row] : rows) {
    double length = 0;
    for (const float value : row.values) length += value;
    double score = 0;
    bool shares = false;
    for (const uint32_t index : indices) {
      if (!has_index(row, index)) continue;
      shares = true;
      const double value = value_at(row, index);
      double share = value_at(query, index);
      if (options.scoring != SparseScoring::kDot) share *= idf[index];
      if (options.scoring == SparseScoring::kBm25) {
        const double norm = 1 - options.b + options.b * length / (total_length / row_count);
        share *= value * (options.k1 + 1) / (value + options.k1 * norm);
      } else {
        share *= value;
      }
      score += share;
    }
    if (shares) hits.push_back({id, score});
  }
  std::stable_sort(hits.begin(), hits.end(), [](const NaiveSparseHit& a, const NaiveSparseHit& b) {
    return static_cast<float>(a.score) > static_cast<float>(b.score);
  });
  return hits;
}

}  // namespace vicinal
