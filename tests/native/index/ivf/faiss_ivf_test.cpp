// Recall of inverted files, and inertia of k-means, against Faiss's on the same rows, lists and probes. Figures of
// Faiss: tests/data/make_faiss_ivf.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "embedding/k_means.h"
#include "index/ivf/ivf_index.h"
#include "quantize/codec_options.h"
#include "support/test_data.h"
#include "support/trained.h"

namespace vicinal {
namespace {

constexpr size_t kRows = 6000, kQueries = 200, kDim = 24, kClusters = 100, kLists = 64, kHits = 10;

// As make_faiss_ivf.py makes them; queries after the rows.
std::vector<float> make_rows() {
  Random random(2026);
  std::vector<int> centers(kClusters * kDim);
  for (int& value : centers) value = static_cast<int>(random.below(129)) - 64;
  std::vector<float> rows;
  for (size_t row = 0; row < kRows + kQueries; ++row) {
    const size_t center = random.below(kClusters) * kDim;
    for (size_t i = 0; i < kDim; ++i)
      rows.push_back(static_cast<float>(centers[center + i] + static_cast<int>(random.below(97)) - 48));
  }
  return rows;
}

double of_faiss(const std::string& key) {
  const std::vector<unsigned char> bytes = read_test_data("faiss_ivf.json");
  const std::string text(bytes.begin(), bytes.end());
  const size_t found = text.find('"' + key + "\": ");
  EXPECT_NE(found, std::string::npos) << key;
  return found == std::string::npos ? 0 : std::stod(text.substr(found + key.size() + 4));
}

// What the seed of k-means changes the mean of a few recalls by.
constexpr double kSeedNoise = 0.005;

struct Coding {
  const char* name;
  CodecOptions codec;  // of 0 bits: floats
};

class FaissIvf : public ::testing::TestWithParam<Coding> {};

TEST_P(FaissIvf, RecallIsAtLeastAsHigh) {
  const std::vector<float> rows = make_rows();
  const float* queries = &rows[kRows * kDim];
  const AllowedSlots allowed(kRows);
  IvfIndex index(kDim, Metric::kEuclidean, best_kernels());
  ASSERT_TRUE(index.append(rows.data(), kRows).ok());
  const auto truth = index.search(queries, kQueries, {.k = kHits}, allowed);
  if (GetParam().codec.bits > 0) {
    const std::shared_ptr<Codec> codec =
        std::move(make_codec(GetParam().codec, kDim, Metric::kEuclidean, best_kernels()).value());
    train(*codec, rows.data(), kRows);
    while (!index.code_rows(codec, true, kRows).value()) {
    }
  }
  constexpr uint64_t kSeeds = 5;
  double recalls[9] = {};
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    IvfTraining training(index, kLists, seed);
    while (!training.step().value()) {
    }
    for (const size_t nprobe : {1, 2, 4, 8}) {
      const auto found = index.search(queries, kQueries, {.k = kHits, .nprobe = nprobe}, allowed);
      size_t hits = 0;
      for (size_t query = 0; query < kQueries; ++query) {
        for (const Candidate& candidate : found[query]) {
          hits += static_cast<size_t>(
              std::any_of(truth[query].begin(), truth[query].end(),
                          [&candidate](const Candidate& other) { return other.slot == candidate.slot; }));
        }
      }
      recalls[nprobe] += static_cast<double>(hits) / static_cast<double>(kQueries * kHits * kSeeds);
    }
  }
  for (const size_t nprobe : {1, 2, 4, 8}) {
    const double faiss = of_faiss(std::string(GetParam().name) + '.' + std::to_string(nprobe));
    EXPECT_GE(recalls[nprobe], faiss - kSeedNoise) << GetParam().name << " nprobe " << nprobe;
    RecordProperty("recall_at_10_nprobe_" + std::to_string(nprobe), std::to_string(recalls[nprobe]));
  }
}

INSTANTIATE_TEST_SUITE_P(Codings, FaissIvf,
                         ::testing::Values(Coding{"flat", {.bits = 0}}, Coding{"scalar8", {.bits = 8}},
                                           Coding{"scalar4", {.bits = 4}},
                                           Coding{"product8x8_not_residual",
                                                  {.kind = CodecKind::kProduct, .bits = 8, .segments = 8}}),
                         [](const auto& coding) { return std::string(coding.param.name); });

TEST(FaissKMeans, InertiaIsAtMostAsHigh) {
  const std::vector<float> rows = make_rows();
  for (const size_t k : {16, 64, 256}) {
    double inertia = 0;
    for (uint64_t seed = 1; seed <= 2; ++seed) {
      KMeans k_means({.k = k, .seed = seed}, kDim, kRows);
      k_means.add(rows.data(), kRows, kDim);
      while (!k_means.step()) {
      }
      inertia += k_means.inertia() / 2;
    }
    EXPECT_LE(inertia, of_faiss("inertia." + std::to_string(k)) * 1.01) << k;
    RecordProperty("inertia_" + std::to_string(k), std::to_string(inertia));
  }
}

}  // namespace
}  // namespace vicinal
