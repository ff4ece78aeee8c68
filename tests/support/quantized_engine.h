// Engines that keep rows in codes.
#pragma once

#include <memory>
#include <utility>

#include "engine/search_engine.h"

namespace vicinal {

struct Coding {
  size_t dim = 0;
  Metric metric = Metric::kCosine;
  CodecOptions codec{};
  bool keep_vectors = false;
};

inline EngineOptions engine_options(const Coding& coding) {
  return {coding.dim, coding.metric, Quantization{coding.codec, coding.keep_vectors}};
}

inline std::unique_ptr<SearchEngine> quantized_engine(const Coding& coding,
                                                      const KernelTable& kernels = best_kernels()) {
  return std::move(SearchEngine::create(engine_options(coding), kernels).value());
}

/// Trains on the rows that there are, however few, and codes them. Returns whether it did.
inline bool train(SearchEngine& engine) {
  if (!engine.begin_training().ok()) return false;
  for (;;) {
    const Result<double> done = engine.training_step();
    if (!done.ok()) return false;
    if (done.value() == 1) return true;
  }
}

}  // namespace vicinal
