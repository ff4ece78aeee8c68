// The sparse index as TypeScript sees it: bindings/api/raw-module.ts, the functions of `sparse`.
#include <emscripten/bind.h>

#include <array>
#include <cmath>

#include "arrays.h"
#include "filter_form.h"
#include "guarded.h"
#include "hits_view.h"
#include "index/sparse/sparse_index.h"

namespace vicinal::boundary {
namespace {

SparseIndex& at(Address index) {
  return object_at<SparseIndex>(index);
}

SparseView vector_at(Address indices, Address values, size_t count) {
  return {array_at<uint32_t>(indices), floats_at(values), count};
}

Reply create(uint32_t scoring, double k1, double b) {
  return guarded_new<SparseIndex>([&] { return SparseIndex::create({SparseScoring{scoring}, k1, b}); });
}

double size(Address index) {
  return static_cast<double>(at(index).size());
}
bool contains(Address index, uint32_t id) {
  return at(index).contains(RowId{id});
}

/// Address of five doubles, in the order of `sparseStatsFields` in bindings/api/raw-module.ts.
double stats(Address index) {
  static std::array<double, 5> numbers;
  const SparseStats stats = at(index).stats();
  numbers = {static_cast<double>(stats.size), static_cast<double>(stats.deleted),
             static_cast<double>(stats.index_count), static_cast<double>(stats.posting_count),
             static_cast<double>(stats.memory_bytes)};
  return address_of(numbers.data());
}

Reply set(Address index, uint32_t id, Address indices, Address values, size_t count) {
  return guarded([&] { return at(index).set(RowId{id}, vector_at(indices, values, count)); });
}

/// Rows one after another, each { bytes that follow, id, count, indices [count], values [count] }. Those before one that
/// cannot be set are.
Reply set_records(Address index, Address records, size_t word_count) {
  return guarded([&]() -> Status {
    const auto* words = array_at<uint32_t>(records);
    constexpr size_t kHeader = 3;
    for (size_t next = 0; next < word_count;) {
      const size_t left = word_count - next;
      const size_t count = left < kHeader ? 0 : words[next + 2];
      const bool is_whole = count > 0 && count <= (left - kHeader) / 2 && words[next] == 8 + 8 * count;
      if (!is_whole) return Error{ErrorCode::kCorruptData, 0, static_cast<int64_t>(next * sizeof(uint32_t))};
      const uint32_t* indices = words + next + kHeader;
      const SparseView row{indices, reinterpret_cast<const float*>(indices + count), count};
      const Status made = at(index).set(RowId{words[next + 1]}, row);
      if (!made.ok()) return made;
      next += kHeader + 2 * count;
    }
    return {};
  });
}

Reply remove(Address index, uint32_t id) {
  return guarded([&] { return at(index).remove(RowId{id}); });
}

/// Address of three words: the addresses of indices and values, and their count. Valid until the next call.
Reply get(Address index, uint32_t id) {
  return guarded([&]() -> Result<const void*> {
    static std::vector<uint32_t> indices;
    static std::vector<float> values;
    static std::array<Address, 3> view;
    const Status got = at(index).get(RowId{id}, indices, values);
    if (!got.ok()) return got.error();
    view = {reinterpret_cast<Address>(indices.data()), reinterpret_cast<Address>(values.data()),
            indices.size()};
    return static_cast<const void*>(view.data());
  });
}

Reply compact(Address index) {
  return guarded([&] {
    at(index).compact();
    return Status();
  });
}

void statistics(Address index, Address indices, size_t count, Address out) {
  at(index).statistics(array_at<uint32_t>(indices), count, writable_array_at<double>(out));
}

Reply search(Address index, Address indices, Address values, size_t count, size_t k, float score_threshold,
             uint32_t form, Address filter, size_t filter_length, Address statistics) {
  return guarded([&]() -> Result<const void*> {
    const CrossedFilter crossed(static_cast<FilterForm>(form), filter, filter_length,
                                [&](RowId id) { return at(index).contains(id); });
    SparseSearchOptions options;
    options.k = k;
    options.filter = crossed.get();
    if (!std::isnan(score_threshold)) options.score_threshold = score_threshold;
    if (statistics != 0) options.statistics = array_at<double>(statistics);
    const Result<std::vector<SparseHit>> found = at(index).search(vector_at(indices, values, count), options);
    if (!found.ok()) return found.error();
    Hits& hits = last_hits();
    hits.clear();
    for (const SparseHit& hit : found.value()) {
      hits.ids.push_back(hit.id);
      hits.scores.push_back(hit.score);
      hits.distances.push_back(0 - hit.score);
    }
    hits.counts.push_back(static_cast<uint32_t>(found.value().size()));
    return static_cast<const void*>(view_last_hits());
  });
}

}  // namespace

EMSCRIPTEN_BINDINGS(sparse_index) {
  emscripten::function("sparseCreate", &create);
  emscripten::function("sparseDelete", &delete_object<SparseIndex>);
  emscripten::function("sparseSize", &size);
  emscripten::function("sparseContains", &contains);
  emscripten::function("sparseStats", &stats);
  emscripten::function("sparseSet", &set);
  emscripten::function("sparseSetRecords", &set_records);
  emscripten::function("sparseRemove", &remove);
  emscripten::function("sparseGet", &get);
  emscripten::function("sparseCompact", &compact);
  emscripten::function("sparseStatistics", &statistics);
  emscripten::function("sparseSearch", &search);
}

}  // namespace vicinal::boundary
