#include "index/ivf/coarse_quantizer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "index/flat/flat_search.h"
#include "rows/allowed_slots.h"

namespace vicinal {
namespace {

// Rows assigned at a time.
constexpr size_t kAssignRows = 32;

Metric probing_metric(Metric metric) {
  return metric == Metric::kCosine ? Metric::kDot : metric;
}

// Around the mean of the centroids; those of unit length stay as they are.
CenteredFrame frame_of(const std::vector<float>& centroids, size_t width, bool spherical) {
  std::vector<double> origin(width);
  if (spherical) return CenteredFrame(std::move(origin), 0.5);
  for (size_t at = 0; at < centroids.size(); ++at) origin[at % width] += centroids[at];
  for (double& value : origin) value /= static_cast<double>(centroids.size() / width);
  double largest = 0;
  for (size_t at = 0; at < centroids.size(); ++at)
    largest = std::max(largest, std::fabs(centroids[at] - origin[at % width]));
  return CenteredFrame(std::move(origin), largest);
}

}  // namespace

CoarseQuantizer::CoarseQuantizer(size_t dim, Metric metric, const KernelTable& kernels)
    : dim_(dim), metric_(metric), kernels_(&kernels), probed_(dim, probing_metric(metric)) {}

uint64_t CoarseQuantizer::held_bytes() const {
  return centroids_.capacity() * sizeof(float) + nearest_.held_bytes() + probed_.vector_bytes();
}

Status CoarseQuantizer::set_centroids(std::vector<float> centroids, float norm_bound) {
  const size_t count = centroids.size() / width();
  CenteredFrame frame = frame_of(centroids, width(), is_spherical());
  std::vector<float> framed(centroids.size());
  for (size_t list = 0; list < count; ++list)
    frame.enter(&centroids[list * width()], &framed[list * width()]);
  NearestCentroid nearest(framed.data(), count, width());
  VectorRows probed(dim_, probing_metric(metric_));
  const Status reserved = probed.reserve(count);
  if (!reserved.ok()) return reserved;
  for (size_t list = 0; list < count; ++list) probed.append_reserved(&framed[list * width()]);
  centroids_ = std::move(centroids);
  norm_bound_ = norm_bound;
  frame_ = std::move(frame);
  nearest_ = std::move(nearest);
  probed_ = std::move(probed);
  return {};
}

void CoarseQuantizer::to_clustered(const float* row, float norm_bound, float* out) const {
  if (!is_spherical()) {
    std::copy_n(row, dim_, out);
    return;
  }
  const double squared = squared_norm(row, dim_);
  const double norm = std::sqrt(squared);
  const double bound = metric_ == Metric::kDot ? std::max(norm, double{norm_bound}) : norm;
  const double scale = bound > 0 ? 1 / bound : 0;
  for (size_t i = 0; i < dim_; ++i) out[i] = static_cast<float>(row[i] * scale);
  if (metric_ == Metric::kDot)
    out[dim_] = static_cast<float>(std::sqrt(std::max(0.0, 1 - norm * scale * norm * scale)));
}

void CoarseQuantizer::assign(const float* const* rows, size_t row_count, uint32_t* lists) const {
  std::vector<float> framed(std::min(row_count, kAssignRows) * width());
  const float* pointers[kAssignRows];
  for (size_t first = 0; first < row_count; first += kAssignRows) {
    const size_t count = std::min(kAssignRows, row_count - first);
    for (size_t row = 0; row < count; ++row) {
      float* at = &framed[row * width()];
      to_clustered(rows[first + row], norm_bound_, at);
      frame_.enter(at, at);
      pointers[row] = at;
    }
    nearest_.find(pointers, count, lists + first, nullptr);
  }
}

std::vector<std::vector<Candidate>> CoarseQuantizer::probe(const float* queries, size_t query_count,
                                                           size_t nprobe) const {
  std::vector<float> framed(query_count * width());
  for (size_t query = 0; query < query_count; ++query) {
    float* at = &framed[query * dim_];
    if (is_spherical()) {
      const double norm = std::sqrt(squared_norm(queries + query * dim_, dim_));
      const double scale = norm > 0 ? 1 / norm : 0;
      for (size_t i = 0; i < dim_; ++i) at[i] = static_cast<float>(queries[query * dim_ + i] * scale);
    } else {
      frame_.enter(queries + query * dim_, at);
    }
  }
  return search_flat(probed_, *kernels_, framed.data(), query_count, nprobe, AllowedSlots(list_count()));
}

}  // namespace vicinal
