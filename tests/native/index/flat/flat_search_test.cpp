#include "index/flat/flat_search.h"

#include <gtest/gtest.h>

#include <bit>
#include <cfloat>
#include <cmath>
#include <string>
#include <vector>

#include "support/naive_search.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

// Rounding of 1 - similarity in double, by the search and by the oracle, and of the distance to float.
double cosine_rounding(float distance) {
  return 0x1p-50 + distance * 0x1p-23;
}

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot};

std::vector<const KernelTable*> all_tables() {
  std::vector<const KernelTable*> tables = {&scalar_kernels()};
  if (&best_kernels() != tables[0]) tables.push_back(&best_kernels());
  return tables;
}

// Rows under one metric, with the oracle beside them.
struct Sample {
  Sample(Metric metric, size_t dim, const std::vector<float>& values)
      : rows(dim, metric), row_count(values.size() / dim) {
    EXPECT_TRUE(check_rows(values.data(), row_count, dim, metric).ok());
    EXPECT_TRUE(rows.append(values.data(), row_count).ok());
    ids.append(row_count);
    for (size_t row = 0; row < row_count; ++row) {
      oracle[static_cast<uint32_t>(row)] =
          Vector(values.begin() + static_cast<std::ptrdiff_t>(row * dim),
                 values.begin() + static_cast<std::ptrdiff_t>((row + 1) * dim));
    }
  }

  AllowedSlots allowed(const IdFilter* filter = nullptr) const { return AllowedSlots(ids, {}, filter); }

  void expect_exact(const KernelTable& kernels, const std::vector<float>& queries, size_t k,
                    const std::vector<bool>* allowed_ids = nullptr) const {
    std::vector<uint32_t> words(row_count / 32 + 1);
    for (size_t id = 0; allowed_ids != nullptr && id < row_count; ++id) {
      if ((*allowed_ids)[id]) words[id / 32] |= 1u << (id % 32);
    }
    const IdFilter filter{words.data(), words.size()};
    const size_t dim = rows.dim();
    const size_t query_count = queries.size() / dim;
    const AllowedSlots slots = allowed(allowed_ids != nullptr ? &filter : nullptr);
    const auto together = search_flat(rows, kernels, queries.data(), query_count, k, slots);
    ASSERT_EQ(together.size(), query_count);
    for (size_t query = 0; query < query_count; ++query) {
      const float* values = queries.data() + query * dim;
      const auto alone = search_flat(rows, kernels, values, 1, k, slots);
      const auto expected = naive_search(rows.metric(), oracle, Vector(values, values + dim), k, allowed_ids);
      SCOPED_TRACE(std::string(kernels.name) + ", metric " + std::to_string(static_cast<int>(rows.metric())) +
                   ", dim " + std::to_string(dim) + ", k " + std::to_string(k));
      ASSERT_EQ(alone[0].size(), expected.size());
      ASSERT_EQ(together[query].size(), expected.size());
      for (size_t rank = 0; rank < expected.size(); ++rank) {
        const auto [distance, slot] = alone[0][rank];
        ASSERT_EQ(together[query][rank].slot, slot) << "rank " << rank;
        ASSERT_EQ(together[query][rank].distance, distance) << "rank " << rank;
        if (rows.metric() == Metric::kCosine) {
          // Near 0 a float is finer than 1 - similarity in double: rows that near may change places.
          ASSERT_NEAR(distance, expected[rank].distance, cosine_rounding(distance)) << "rank " << rank;
          ASSERT_NEAR(naive_distance(Metric::kCosine, Vector(values, values + dim), oracle.at(slot)),
                      distance, cosine_rounding(distance));
        } else {
          ASSERT_EQ(slot, expected[rank].id) << "rank " << rank;
          ASSERT_EQ(distance, expected[rank].distance) << "rank " << rank;
        }
      }
    }
  }

  VectorRows rows;
  size_t row_count;
  IdMap ids;
  std::map<uint32_t, Vector> oracle;
};

TEST(FlatSearch, IsExactWithManyTies) {
  Random random(1);
  for (const Metric metric : kMetrics) {
    for (const size_t dim : {1, 2, 3, 8, 17, 100}) {
      const Sample sample(metric, dim, [&] {
        std::vector<float> values;
        for (int row = 0; row < 700; ++row) {
          const std::vector<float> next = small_integers(random, dim);
          values.insert(values.end(), next.begin(), next.end());
        }
        return values;
      }());
      const std::vector<float> queries = [&] {
        std::vector<float> values;
        for (int query = 0; query < 35; ++query) {
          const std::vector<float> next = small_integers(random, dim);
          values.insert(values.end(), next.begin(), next.end());
        }
        return values;
      }();
      for (const KernelTable* kernels : all_tables()) {
        for (const size_t k : {1, 10, 300, 700, 5000}) sample.expect_exact(*kernels, queries, k);
      }
    }
  }
}

TEST(FlatSearch, IsExactOnOrdinaryValues) {
  Random random(2);
  for (const Metric metric : kMetrics) {
    for (const size_t dim : {5, 96, 384}) {
      const Sample sample(metric, dim, uniform_values(random, 1500 * dim));
      for (const KernelTable* kernels : all_tables()) {
        for (const size_t k : {1, 10, 200}) sample.expect_exact(*kernels, uniform_values(random, 3 * dim), k);
      }
    }
  }
}

// Rows that differ by less than the rounding of a float sum: a scan alone could not order them.
TEST(FlatSearch, OrdersRowsThatFloatSumsCannotTellApart) {
  Random random(3);
  constexpr size_t kDim = 256;
  const std::vector<float> base = uniform_values(random, kDim);
  std::vector<float> values;
  for (int row = 0; row < 600; ++row) {
    values.insert(values.end(), base.begin(), base.end());
    for (int change = 0; change < 3; ++change) {
      float& value = values[values.size() - kDim + random.below(kDim)];
      value = std::nextafter(value, random.below(2) == 0 ? -2.0f : 2.0f);
    }
  }
  for (const Metric metric : kMetrics) {
    const Sample sample(metric, kDim, values);
    for (const KernelTable* kernels : all_tables()) {
      std::vector<float> queries = uniform_values(random, 2 * kDim);
      queries.insert(queries.end(), base.begin(), base.end());
      for (const size_t k : {1, 7, 50}) sample.expect_exact(*kernels, queries, k);
    }
  }
}

// Far from zero and near to one another: what several queries at once are scanned by tells them apart too little.
TEST(FlatSearch, IsExactWhereAllRowsAreFarAway) {
  Random random(8);
  for (const Metric metric : kMetrics) {
    for (const float offset : {30.0f, 3e4f, 3e7f}) {
      constexpr size_t kDim = 12;
      std::vector<float> values = uniform_values(random, 4000 * kDim);
      for (float& value : values) value += offset;
      const Sample sample(metric, kDim, values);
      const std::vector<float> queries(values.begin(), values.begin() + 40 * kDim);
      for (const KernelTable* kernels : all_tables()) {
        for (const size_t k : {1, 30}) sample.expect_exact(*kernels, queries, k);
      }
    }
  }
}

TEST(FlatSearch, IsExactForMoreQueriesThanShareAPass) {
  Random random(9);
  for (const Metric metric : kMetrics) {
    const Sample sample(metric, 20, uniform_values(random, 700 * 20));
    sample.expect_exact(best_kernels(), uniform_values(random, 300 * 20), 5);
  }
}

TEST(FlatSearch, IsExactForEveryMagnitude) {
  Random random(4);
  for (const Metric metric : kMetrics) {
    for (const size_t dim : {1, 2, 6}) {
      std::vector<float> values = extreme_values(random, 500 * dim);
      const std::vector<float> ordinary = uniform_values(random, 300 * dim);
      values.insert(values.end(), ordinary.begin(), ordinary.end());
      const Sample sample(metric, dim, values);
      std::vector<float> queries = extreme_values(random, 20 * dim);
      queries.insert(queries.end(), ordinary.begin(),
                     ordinary.begin() + static_cast<std::ptrdiff_t>(5 * dim));
      for (const KernelTable* kernels : all_tables()) {
        for (const size_t k : {1, 20, 400}) sample.expect_exact(*kernels, queries, k);
      }
    }
  }
}

TEST(FlatSearch, FiltersOfEveryDensityLeaveTheRestExact) {
  Random random(5);
  for (const Metric metric : kMetrics) {
    for (const size_t dim : {3, 2000}) {  // 2000: runs that end inside a word of the filter
      const size_t row_count = dim == 3 ? 1500 : 150;
      const Sample sample(metric, dim, uniform_values(random, row_count * dim));
      for (const uint32_t percent : {0, 1, 10, 49, 51, 90, 99, 100}) {
        std::vector<bool> allowed(row_count);
        for (size_t id = 0; id < row_count; ++id) allowed[id] = random.below(100) < percent;
        const std::vector<float> queries = uniform_values(random, 3 * dim);
        for (const size_t k : {1, 25, 2000}) sample.expect_exact(best_kernels(), queries, k, &allowed);
      }
    }
  }
}

TEST(FlatSearch, AllowedRowsInOneStretchAreFound) {
  Random random(6);
  const Sample sample(Metric::kEuclidean, 4, uniform_values(random, 3000 * 4));
  std::vector<bool> allowed(3000);
  for (size_t id = 1000; id < 1300; ++id) allowed[id] = true;
  sample.expect_exact(best_kernels(), uniform_values(random, 4 * 4), 20, &allowed);
}

TEST(FlatSearch, ABoundLeavesOutNothingWithinIt) {
  Random random(7);
  for (const Metric metric : kMetrics) {
    const Sample sample(metric, 6, uniform_values(random, 2000 * 6));
    const Vector query = uniform_values(random, 6);
    const auto all = search_flat(sample.rows, best_kernels(), query.data(), 1, 500, sample.allowed())[0];
    for (const size_t within : {0, 1, 100, 499}) {
      const float bound = all[within].distance;
      const auto found =
          search_flat(sample.rows, best_kernels(), query.data(), 1, 500, sample.allowed(), bound)[0];
      ASSERT_GT(found.size(), within);
      const Vector queries = [&] {
        Vector both = query;
        both.insert(both.end(), query.begin(), query.end());
        return both;
      }();
      const auto together =
          search_flat(sample.rows, best_kernels(), queries.data(), 2, 500, sample.allowed(), bound)[1];
      ASSERT_GT(together.size(), within);
      for (size_t rank = 0; rank <= within; ++rank) {
        EXPECT_EQ(found[rank].slot, all[rank].slot);
        EXPECT_EQ(found[rank].distance, all[rank].distance);
        EXPECT_EQ(together[rank].slot, all[rank].slot);
        EXPECT_EQ(together[rank].distance, all[rank].distance);
      }
    }
  }
}

TEST(FlatSearch, FindsNothingWhereThereIsNothing) {
  const VectorRows rows(3, Metric::kEuclidean);
  const AllowedSlots allowed(IdMap(), Deletions(), nullptr);
  const Vector queries(6, 1.0f);
  const auto found = search_flat(rows, best_kernels(), queries.data(), 2, 10, allowed);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].empty());
  EXPECT_TRUE(found[1].empty());
  EXPECT_TRUE(search_flat(rows, best_kernels(), nullptr, 0, 10, allowed).empty());
}

}  // namespace
}  // namespace vicinal
