#include "quantize/query_planes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "quantize/code_packing.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

// What the grid of a query must be, from its description.
struct ExpectedQuery {
  std::vector<int64_t> levels;
  double step;
};

ExpectedQuery expected_query(const std::vector<double>& values, uint32_t bits) {
  const double top = bits == 8 ? 16383 : (bits == 1 ? 255 : 127);
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  ExpectedQuery query{{}, (*largest - *smallest) / top};
  for (const double value : values) {
    query.levels.push_back(query.step > 0 ? std::min<int64_t>(static_cast<int64_t>(top),
                                                              std::llround((value - *smallest) / query.step))
                                          : 0);
  }
  return query;
}

class QueryPlanesOfBits : public ::testing::TestWithParam<uint32_t> {};

TEST_P(QueryPlanesOfBits, DotProductsAreExact) {
  const uint32_t bits = GetParam();
  Random random(26);
  constexpr size_t kRows = 5;
  for (const size_t query_count : {1u, 3u}) {
    for (size_t dim = 1; dim <= 200; dim += dim < 70 ? 1 : 13) {
      std::vector<uint8_t> codes(kRows * dim);
      for (uint8_t& code : codes) code = static_cast<uint8_t>(random.below(1u << bits));
      const size_t width = packed_bytes(dim, bits);
      std::vector<uint8_t> packed(kRows * width);
      for (size_t row = 0; row < kRows; ++row) pack_codes(&codes[row * dim], dim, bits, &packed[row * width]);

      QueryPlanes planes(dim, bits, query_count);
      std::vector<ExpectedQuery> expected;
      for (size_t query = 0; query < query_count; ++query) {
        const std::vector<float> floats = uniform_values(random, dim);
        const std::vector<double> values(floats.begin(), floats.end());
        planes.set_query(query, values.data());
        expected.push_back(expected_query(values, bits));
      }
      std::vector<int64_t> products(query_count * kRows);
      planes.dot(packed.data(), kRows, best_kernels(), products.data());
      for (size_t query = 0; query < query_count; ++query) {
        ASSERT_EQ(planes.step(query), expected[query].step);
        int64_t level_sum = 0;
        for (const int64_t level : expected[query].levels) level_sum += level;
        ASSERT_EQ(planes.level_sum(query), static_cast<double>(level_sum));
        for (size_t row = 0; row < kRows; ++row) {
          int64_t product = 0;
          for (size_t i = 0; i < dim; ++i) product += expected[query].levels[i] * codes[row * dim + i];
          ASSERT_EQ(products[query * kRows + row], product)
              << "dim " << dim << ", " << query_count << " queries";
        }
      }
    }
  }
}

TEST_P(QueryPlanesOfBits, LargestDimensionDoesNotOverflow) {
  const uint32_t bits = GetParam();
  constexpr size_t kDim = 65536;
  std::vector<double> values(kDim, 1.0);
  values[0] = 0.0;
  QueryPlanes planes(kDim, bits, 1);
  planes.set_query(0, values.data());
  const std::vector<uint8_t> codes(kDim, static_cast<uint8_t>((1u << bits) - 1));
  std::vector<uint8_t> packed(packed_bytes(kDim, bits));
  pack_codes(codes.data(), kDim, bits, packed.data());
  int64_t product = 0;
  planes.dot(packed.data(), 1, best_kernels(), &product);
  const int64_t top = bits == 8 ? 16383 : (bits == 1 ? 255 : 127);
  EXPECT_EQ(product, int64_t{kDim - 1} * top * ((1 << bits) - 1));
}

TEST_P(QueryPlanesOfBits, EqualValuesLieOnTheFirstLevel) {
  QueryPlanes planes(9, GetParam(), 1);
  const std::vector<double> values(9, -4.5);
  planes.set_query(0, values.data());
  EXPECT_EQ(planes.step(0), 0);
  EXPECT_EQ(planes.level_sum(0), 0);
}

INSTANTIATE_TEST_SUITE_P(Bits, QueryPlanesOfBits, ::testing::Values(8u, 4u, 2u, 1u));

}  // namespace
}  // namespace vicinal
