#include "embedding/nearest_centroid.h"

#include <algorithm>
#include <cfloat>

#include "embedding/double_arithmetic.h"

namespace vicinal {
namespace {

// Four vectors of four centroids and two rows make eight sums, which with what they are summed from fill the 16
// registers that engines have.
constexpr size_t kLanes = 4;
constexpr size_t kPanelVectors = 4;
constexpr size_t kPanelCentroids = kLanes * kPanelVectors;
constexpr size_t kTileRows = 2;
// Rows that pass a panel while it is in the first-level cache.
constexpr size_t kBlockRows = 32;

using Floats = float __attribute__((vector_size(16)));
using Numbers = int32_t __attribute__((vector_size(16)));

// Best centroid so far, by lane.
struct Best {
  Floats scores;
  Numbers centroids;
};

Floats load(const float* values) {
  return Floats{values[0], values[1], values[2], values[3]};
}

void take_better(Best& best, Floats scores, int32_t first_centroid) {
  const Numbers centroids = Numbers{0, 1, 2, 3} + first_centroid;
  const Numbers better = scores < best.scores;
  best.scores = better ? scores : best.scores;
  best.centroids = better ? centroids : best.centroids;
}

// Scores the centroids of a panel: half the squared norm less the dot product. A function of its own: engines put
// optimised code in place only between calls.
[[gnu::noinline]] void pass_panel(const float* panel, size_t width, int32_t first_centroid,
                                  const float* const* rows, Best* best) {
  const float* first = rows[0];
  const float* second = rows[1];
  Floats sums[kTileRows][kPanelVectors];
  for (size_t vector = 0; vector < kPanelVectors; ++vector)
    sums[0][vector] = sums[1][vector] = load(panel + vector * kLanes);
  panel += kPanelCentroids;
  for (size_t i = 0; i < width; ++i, panel += kPanelCentroids) {
    const Floats a{first[i], first[i], first[i], first[i]};
    const Floats b{second[i], second[i], second[i], second[i]};
    for (size_t vector = 0; vector < kPanelVectors; ++vector) {
      const Floats centroids = load(panel + vector * kLanes);
      sums[0][vector] -= centroids * a;
      sums[1][vector] -= centroids * b;
    }
  }
  for (size_t row = 0; row < kTileRows; ++row) {
    for (size_t vector = 0; vector < kPanelVectors; ++vector)
      take_better(best[row], sums[row][vector], first_centroid + static_cast<int32_t>(vector * kLanes));
  }
}

size_t lane_of_best(const Best& best) {
  size_t found = 0;
  for (size_t lane = 1; lane < kLanes; ++lane) {
    const bool nearer = best.scores[lane] < best.scores[found];
    const bool earlier =
        best.scores[lane] == best.scores[found] && best.centroids[lane] < best.centroids[found];
    if (nearer || earlier) found = lane;
  }
  return found;
}

}  // namespace

NearestCentroid::NearestCentroid(const float* centroids, size_t count, size_t width)
    : count_(count), width_(width) {
  const size_t panel_count = (count + kPanelCentroids - 1) / kPanelCentroids;
  const size_t panel_size = kPanelCentroids * (1 + width);
  panels_.resize(panel_count * panel_size);
  for (size_t number = 0; number < panel_count * kPanelCentroids; ++number) {
    float* at = &panels_[number / kPanelCentroids * panel_size + number % kPanelCentroids];
    if (number >= count) {
      *at = FLT_MAX;  // nothing is nearest to what fills the last panel
      continue;
    }
    const float* centroid = centroids + number * width;
    *at = static_cast<float>(0.5 * dot_double(centroid, centroid, width));
    for (size_t i = 0; i < width; ++i) at[(1 + i) * kPanelCentroids] = centroid[i];
  }
}

void NearestCentroid::find(const float* const* rows, size_t row_count, uint32_t* nearest,
                           float* scores) const {
  const size_t panel_size = kPanelCentroids * (1 + width_);
  for (size_t first = 0; first < row_count; first += kBlockRows) {
    const size_t block_rows = std::min(kBlockRows, row_count - first);
    // The last row of an odd number goes with itself.
    const float* block[kBlockRows + 1];
    std::copy_n(rows + first, block_rows, block);
    block[block_rows] = block[block_rows - 1];
    Best best[kBlockRows + 1];
    std::fill_n(best, block_rows + 1, Best{Floats{} + FLT_MAX, {}});
    for (size_t panel = 0; panel * panel_size < panels_.size(); ++panel) {
      for (size_t row = 0; row < block_rows; row += kTileRows)
        pass_panel(&panels_[panel * panel_size], width_, static_cast<int32_t>(panel * kPanelCentroids),
                   block + row, best + row);
    }
    for (size_t row = 0; row < block_rows; ++row) {
      const size_t lane = lane_of_best(best[row]);
      nearest[first + row] = static_cast<uint32_t>(best[row].centroids[lane]);
      if (scores != nullptr) scores[first + row] = best[row].scores[lane];
    }
  }
}

}  // namespace vicinal
