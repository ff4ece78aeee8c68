#include "index/ivf/ivf_index.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vicinal {

size_t default_nlist(uint64_t row_count) {
  const double lists = std::round(2 * std::sqrt(static_cast<double>(row_count)));
  return static_cast<size_t>(std::clamp(lists, 1.0, double{kMaxListCount}));
}

size_t default_nprobe(size_t nlist) {
  const double probes = std::round(1.5 * std::sqrt(static_cast<double>(nlist)));
  return std::max<size_t>(8, static_cast<size_t>(probes));
}

IvfIndex::IvfIndex(size_t dim, Metric metric, const KernelTable& kernels)
    : kernels_(&kernels), quantizer_(dim, metric, kernels), lists_(dim, metric) {}

double IvfIndex::imbalance() const {
  size_t largest = 0, rows = 0;
  for (size_t list = 0; list < nlist(); ++list) {
    largest = std::max(largest, lists_.list(list).size());
    rows += lists_.list(list).size();
  }
  return rows > 0 ? static_cast<double>(largest) * static_cast<double>(nlist()) / static_cast<double>(rows)
                  : 0;
}

uint64_t IvfIndex::held_bytes() const {
  return lists_.vector_bytes() + lists_.norm_bytes() + lists_.slot_bytes() + quantizer_.held_bytes();
}

Status IvfIndex::append(const float* rows, size_t row_count) {
  constexpr size_t kRowsAtOnce = 64;
  uint32_t lists[kRowsAtOnce] = {};
  const float* pointers[kRowsAtOnce];
  const size_t slot_count = lists_.slot_count();
  struct Rollback {
    ~Rollback() {
      if (armed) lists.truncate(slot_count);
    }
    IvfLists& lists;
    size_t slot_count;
    bool armed = true;
  } rollback{lists_, slot_count};
  for (size_t first = 0; first < row_count; first += kRowsAtOnce) {
    const size_t count = std::min(kRowsAtOnce, row_count - first);
    for (size_t row = 0; row < count; ++row) pointers[row] = rows + (first + row) * lists_.dim();
    if (nlist() > 0) quantizer_.assign(pointers, count, lists);
    for (size_t row = 0; row < count; ++row) {
      const Status appended = lists_.append(lists[row], pointers[row]);
      if (!appended.ok()) return appended;
    }
  }
  rollback.armed = false;
  return {};
}

Status IvfIndex::update(size_t slot, const float* row) {
  uint32_t list = 0;
  if (nlist() > 0) quantizer_.assign(&row, 1, &list);
  return lists_.update(slot, list, row);
}

Status IvfIndex::restore(std::vector<float> centroids, float norm_bound, IvfLists lists) {
  if (!centroids.empty()) {
    const Status set = quantizer_.set_centroids(std::move(centroids), norm_bound);
    if (!set.ok()) return set;
  }
  lists_ = std::move(lists);
  return {};
}

}  // namespace vicinal
