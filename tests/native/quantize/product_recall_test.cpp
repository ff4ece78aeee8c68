// Recall of product codes beside Faiss's, on rows that both can make: faiss_product.json tells what Faiss finds with
// the same segments and bits, trained with the same rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "quantize/product_codec.h"
#include "rows/top_k.h"
#include "support/naive_search.h"
#include "support/test_data.h"
#include "support/trained.h"

namespace vicinal {
namespace {

constexpr size_t kDim = 32, kRows = 2000, kQueries = 100, kFactors = 24, kK = 10;
constexpr size_t kFound[] = {10, 20, 40, 100};
// What chance, another seed for one, moves a share of 1,000 rows.
constexpr double kChance = 0.01;

// As make_faiss_product.py makes them.
std::vector<int> seeded_factors(Random& random) {
  std::vector<int> factors(kFactors * kDim);
  for (int& value : factors) value = static_cast<int>(random.below(13)) - 6;
  return factors;
}

std::vector<float> seeded_rows(Random& random, size_t row_count, const std::vector<int>& factors) {
  std::vector<float> rows(row_count * kDim);
  for (size_t row = 0; row < row_count; ++row) {
    int values[kDim] = {};
    for (int part = 0; part < 3; ++part) {
      const size_t factor = random.below(kFactors);
      const int weight = static_cast<int>(random.below(3)) + 1;
      for (size_t i = 0; i < kDim; ++i) values[i] += factors[factor * kDim + i] * weight;
    }
    for (size_t i = 0; i < kDim; ++i)
      rows[row * kDim + i] = static_cast<float>(values[i] + static_cast<int>(random.below(13)) - 6);
  }
  return rows;
}

double faiss_share(const std::string& text, const std::string& key) {
  const size_t found = text.find('"' + key + "\": ");
  EXPECT_NE(found, std::string::npos) << key;
  return std::strtod(text.c_str() + found + key.size() + 4, nullptr);
}

struct Case {
  Metric metric;
  const char* metric_name;
  size_t segments;
  uint32_t bits;
};

class ProductRecallTest : public ::testing::TestWithParam<Case> {};

TEST_P(ProductRecallTest, IsFaissOrBetter) {
  const auto& [metric, metric_name, segments, bits] = GetParam();
  Random random(20);
  const std::vector<int> factors = seeded_factors(random);
  const std::vector<float> rows = seeded_rows(random, kRows, factors);
  const std::vector<float> queries = seeded_rows(random, kQueries, factors);
  std::map<uint32_t, Vector> by_id;
  for (uint32_t row = 0; row < kRows; ++row) by_id[row] = Vector(&rows[row * kDim], &rows[row * kDim] + kDim);

  ProductCodec codec({bits, segments, false, 1}, kDim, metric, best_kernels());
  train(codec, rows.data(), kRows);
  const size_t group_rows = codec.group_rows();
  std::vector<uint8_t> codes(kRows * codec.code_bytes());
  std::vector<uint8_t> groups((kRows + group_rows) * codec.code_bytes());
  std::vector<float> constants(kRows * codec.constant_count());
  codec.encode(rows.data(), kRows, codes.data(), constants.data());
  for (size_t row = 0; row < kRows; ++row) {
    codec.put_in_group(&groups[row / group_rows * group_rows * codec.code_bytes()], row % group_rows,
                       &codes[row * codec.code_bytes()]);
  }
  std::vector<float> distances(kQueries * kRows);
  const std::unique_ptr<CodeScorer> scorer = codec.scorer(queries.data(), kQueries);
  scorer->score(groups.data(), constants.data(), kRows, distances.data());

  size_t hits[std::size(kFound)] = {};
  for (size_t query = 0; query < kQueries; ++query) {
    const Vector of(&queries[query * kDim], &queries[query * kDim] + kDim);
    const std::vector<NaiveHit> truth = naive_search(metric, by_id, of, kK);
    TopK nearest(scorer->candidates_for(kFound[std::size(kFound) - 1], false).count);
    nearest.push_run(&distances[query * kRows], kRows, 0);
    std::vector<Candidate> found = nearest.finish();
    for (Candidate& candidate : found) {
      const size_t row = candidate.slot;
      candidate.distance =
          scorer->fine(query, &codes[row * codec.code_bytes()], &constants[row * codec.constant_count()]);
    }
    sort_nearest_first(found);
    for (const NaiveHit& hit : truth) {
      const auto at =
          std::find_if(found.begin(), found.end(), [&](const Candidate& c) { return c.slot == hit.id; });
      for (size_t i = 0; i < std::size(kFound); ++i)
        hits[i] += at - found.begin() < static_cast<int>(kFound[i]) && at != found.end();
    }
  }

  const std::vector<unsigned char> bytes = read_test_data("faiss_product.json");
  const std::string text(bytes.begin(), bytes.end());
  for (size_t i = 0; i < std::size(kFound); ++i) {
    const double share = static_cast<double>(hits[i]) / (kQueries * kK);
    for (const std::string index : {"IndexPQ", "IndexPQFastScan"}) {
      if (index == "IndexPQFastScan" && bits != 4) continue;
      const std::string key = std::string(metric_name) + '.' + std::to_string(segments) + 'x' +
                              std::to_string(bits) + '.' + index + ".recall_10_of_" +
                              std::to_string(kFound[i]);
      EXPECT_GE(share, faiss_share(text, key) - kChance) << key;
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  return info.param.metric_name + std::to_string(info.param.segments) + "x" + std::to_string(info.param.bits);
}

INSTANTIATE_TEST_SUITE_P(Codes, ProductRecallTest,
                         ::testing::Values(Case{Metric::kCosine, "cosine", 8, 4},
                                           Case{Metric::kCosine, "cosine", 16, 4},
                                           Case{Metric::kCosine, "cosine", 4, 8},
                                           Case{Metric::kCosine, "cosine", 8, 8},
                                           Case{Metric::kEuclidean, "euclidean", 8, 4},
                                           Case{Metric::kEuclidean, "euclidean", 16, 4},
                                           Case{Metric::kEuclidean, "euclidean", 4, 8},
                                           Case{Metric::kEuclidean, "euclidean", 8, 8}),
                         name_of);

}  // namespace
}  // namespace vicinal
