// The saved graphs of tests/data: whole numbers, so that every build writes and reads the same.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/search_engine.h"
#include "support/quantized_engine.h"
#include "support/random_vectors.h"

namespace vicinal {

inline constexpr size_t kGoldenHnswDim = 5;
inline constexpr size_t kGoldenHnswLinked = 37;
inline constexpr size_t kGoldenHnswRows = 40;      // the last ones not linked
inline constexpr uint32_t kGoldenHnswRemoved = 7;  // id of a row that has gone
inline constexpr HnswOptions kGoldenHnswOptions{2, 10, 0, 3};

inline std::vector<float> golden_hnsw_rows() {
  Random random(13);
  std::vector<float> rows;
  for (size_t row = 0; row < kGoldenHnswRows; ++row) {
    const std::vector<float> values = small_integers(random, kGoldenHnswDim);
    rows.insert(rows.end(), values.begin(), values.end());
  }
  return rows;
}

inline constexpr size_t kGoldenCalibratedRows = 300;
inline constexpr float kGoldenTargetRecall = 0.75f;

inline std::string golden_calibrated_name(uint32_t version) {
  return "hnsw-v" + std::to_string(version) + "-calibrated.vicinal";
}

inline std::unique_ptr<SearchEngine> golden_calibrated(const KernelTable& kernels) {
  HnswOptions hnsw = kGoldenHnswOptions;
  hnsw.target_recall = kGoldenTargetRecall;
  std::unique_ptr<SearchEngine> engine =
      std::move(SearchEngine::create(
                    {kGoldenHnswDim, Metric::kEuclidean, std::nullopt, IndexKind::kHnsw, hnsw}, kernels)
                    .value());
  Random random(13);
  const std::vector<float> rows = small_integers(random, kGoldenCalibratedRows * kGoldenHnswDim);
  if (!engine->add(rows.data(), kGoldenCalibratedRows, false).ok()) return nullptr;
  while (engine->link_step().value() < 1) {
  }
  return engine;
}

/// coded  rows are kept as codes of 4 bits, and not as floats
inline std::string golden_hnsw_name(uint32_t version, bool coded) {
  return "hnsw-v" + std::to_string(version) + (coded ? "-coded.vicinal" : ".vicinal");
}

inline std::unique_ptr<SearchEngine> golden_hnsw(bool coded, const KernelTable& kernels) {
  EngineOptions options{kGoldenHnswDim, Metric::kEuclidean, std::nullopt, IndexKind::kHnsw,
                        kGoldenHnswOptions};
  if (coded) options.quantization = Quantization{{.bits = 4}, false};
  std::unique_ptr<SearchEngine> engine = std::move(SearchEngine::create(options, kernels).value());
  const std::vector<float> rows = golden_hnsw_rows();
  bool done = engine->add(rows.data(), kGoldenHnswLinked).ok();
  if (coded) done = done && train(*engine);
  while (done && engine->link_step().value() < 1) {
  }
  done =
      done && engine->remove(RowId{kGoldenHnswRemoved}).ok() &&
      engine->add(&rows[kGoldenHnswLinked * kGoldenHnswDim], kGoldenHnswRows - kGoldenHnswLinked, false).ok();
  return done ? std::move(engine) : nullptr;
}

}  // namespace vicinal
