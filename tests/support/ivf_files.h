// The saved inverted files of tests/data: whole numbers, so that every build writes and reads the same.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/search_engine.h"
#include "support/random_vectors.h"

namespace vicinal {

inline constexpr size_t kGoldenIvfDim = 5;
inline constexpr size_t kGoldenIvfRows = 40;
inline constexpr size_t kGoldenIvfLists = 4;
inline constexpr uint32_t kGoldenIvfRemoved = 7;  // id of a row that has gone

inline std::vector<float> golden_ivf_rows() {
  Random random(11);
  std::vector<float> rows;
  for (size_t row = 0; row < kGoldenIvfRows; ++row) {
    const std::vector<float> values = small_integers(random, kGoldenIvfDim);
    rows.insert(rows.end(), values.begin(), values.end());
  }
  return rows;
}

/// coded  rows are kept as codes of 4 bits, and not as floats
inline std::string golden_ivf_name(uint32_t version, bool coded) {
  return "ivf-v" + std::to_string(version) + (coded ? "-coded.vicinal" : ".vicinal");
}

inline std::unique_ptr<SearchEngine> golden_ivf(bool coded, const KernelTable& kernels) {
  EngineOptions options{kGoldenIvfDim, Metric::kEuclidean, std::nullopt, IndexKind::kIvf};
  if (coded) options.quantization = Quantization{{.bits = 4}, false};
  std::unique_ptr<SearchEngine> engine = std::move(SearchEngine::create(options, kernels).value());
  const std::vector<float> rows = golden_ivf_rows();
  bool done = engine->add(rows.data(), kGoldenIvfRows).ok();
  if (coded) {
    done = done && engine->begin_training().ok();
    while (done && engine->training_step().value() < 1) {
    }
  }
  done = done && engine->remove(RowId{kGoldenIvfRemoved}).ok() &&
         engine->begin_list_training(kGoldenIvfLists, 1).ok();
  while (done && engine->list_training_step().value() < 1) {
  }
  return done ? std::move(engine) : nullptr;
}

}  // namespace vicinal
