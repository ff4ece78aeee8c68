#include "quantize/query_planes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "quantize/code_packing.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

// What a grid of a query must be, from its description: `top` is its largest level number.
struct ExpectedQuery {
  std::vector<int64_t> levels;
  double step;

  void expect(const QueryGrid& grid) const {
    EXPECT_EQ(grid.step, step);
    EXPECT_EQ(grid.level_sum, static_cast<double>(std::accumulate(levels.begin(), levels.end(), int64_t{0})));
  }
  int64_t product(const uint8_t* codes) const {
    int64_t sum = 0;
    for (size_t i = 0; i < levels.size(); ++i) sum += levels[i] * codes[i];
    return sum;
  }
};

ExpectedQuery expected_query(const std::vector<double>& values, int64_t top) {
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  ExpectedQuery query{{}, (*largest - *smallest) / static_cast<double>(top)};
  for (const double value : values) {
    query.levels.push_back(
        query.step > 0 ? std::min<int64_t>(top, std::llround((value - *smallest) / query.step)) : 0);
  }
  return query;
}

// The high bits of a grid of 14, which are a grid of 2^7 steps.
ExpectedQuery high_bits(ExpectedQuery query) {
  for (int64_t& level : query.levels) level /= 128;
  query.step *= 128;
  return query;
}

class QueryPlanesOfBits : public ::testing::TestWithParam<uint32_t> {
 protected:
  uint32_t bits() const { return GetParam(); }
  int64_t top() const { return bits() == 8 ? 16383 : 127; }
};

TEST_P(QueryPlanesOfBits, DotProductsAreExact) {
  Random random(26);
  constexpr size_t kRows = 5;
  for (const size_t query_count : {1u, 3u}) {
    for (size_t dim = 1; dim <= 300; dim += dim < 70 ? 1 : 13) {
      std::vector<uint8_t> codes(kRows * dim);
      for (uint8_t& code : codes) code = static_cast<uint8_t>(random.below(1u << bits()));
      const size_t width = packed_bytes(dim, bits());
      std::vector<uint8_t> packed(kRows * width);
      for (size_t row = 0; row < kRows; ++row)
        pack_codes(&codes[row * dim], dim, bits(), &packed[row * width]);

      QueryPlanes planes(dim, bits(), query_count);
      ASSERT_EQ(planes.has_fine(), bits() == 8);
      std::vector<ExpectedQuery> fine, coarse;
      for (size_t query = 0; query < query_count; ++query) {
        const std::vector<float> floats = uniform_values(random, dim);
        const std::vector<double> values(floats.begin(), floats.end());
        planes.set_query(query, values.data());
        fine.push_back(expected_query(values, top()));
        coarse.push_back(bits() == 8 ? high_bits(fine.back()) : fine.back());
        fine.back().expect(planes.fine(query));
        coarse.back().expect(planes.coarse(query));
      }
      std::vector<int32_t> products(query_count * kRows);
      planes.dot_coarse(packed.data(), kRows, best_kernels(), products.data());
      for (size_t query = 0; query < query_count; ++query) {
        for (size_t row = 0; row < kRows; ++row) {
          const uint8_t* levels = &codes[row * dim];
          ASSERT_EQ(products[query * kRows + row] + planes.coarse(query).offset,
                    coarse[query].product(levels))
              << "dim " << dim << ", " << query_count << " queries";
          if (!planes.has_fine()) continue;
          const auto product =
              static_cast<double>(planes.dot_fine(query, &packed[row * width], best_kernels()));
          ASSERT_EQ(product + planes.fine(query).offset, fine[query].product(levels)) << "dim " << dim;
        }
      }
    }
  }
}

TEST_P(QueryPlanesOfBits, LargestDimensionDoesNotOverflow) {
  constexpr size_t kDim = 65536;
  std::vector<double> values(kDim, 1.0);
  values[0] = 0.0;
  QueryPlanes planes(kDim, bits(), 1);
  planes.set_query(0, values.data());
  const int64_t highest = (1 << bits()) - 1;
  const std::vector<uint8_t> codes(kDim, static_cast<uint8_t>(highest));
  std::vector<uint8_t> packed(packed_bytes(kDim, bits()));
  pack_codes(codes.data(), kDim, bits(), packed.data());
  int32_t product = 0;
  planes.dot_coarse(packed.data(), 1, best_kernels(), &product);
  EXPECT_EQ(product + planes.coarse(0).offset, int64_t{kDim - 1} * 127 * highest);
  if (planes.has_fine()) {
    const auto fine = static_cast<double>(planes.dot_fine(0, packed.data(), best_kernels()));
    EXPECT_EQ(fine + planes.fine(0).offset, int64_t{kDim - 1} * top() * highest);
  }
}

TEST_P(QueryPlanesOfBits, EqualValuesLieOnTheFirstLevel) {
  QueryPlanes planes(9, bits(), 1);
  const std::vector<double> values(9, -4.5);
  planes.set_query(0, values.data());
  for (const QueryGrid& grid : {planes.coarse(0), planes.fine(0)}) {
    EXPECT_EQ(grid.step, 0);
    EXPECT_EQ(grid.level_sum, 0);
    EXPECT_EQ(grid.offset, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Bits, QueryPlanesOfBits, ::testing::Values(8u, 4u, 2u, 1u));

}  // namespace
}  // namespace vicinal
