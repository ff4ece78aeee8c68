// Our own graph, compiled natively.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "engine/search_engine.h"
#include "native_graphs.h"
#include "native_kernels.h"

namespace vicinal::bench {
namespace {

constexpr float kOversampling = 4;  // the package's default of these codes

template <typename T>
T valid(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "graph_native: error %d of the engine\n", static_cast<int>(result.error().code));
    std::exit(1);
  }
  return std::move(result.value());
}

class VicinalGraph final : public NativeGraph {
 public:
  VicinalGraph(const GraphOptions& options, bool has_codes)
      : kernels_(native_kernels()), oversampling_(has_codes ? kOversampling : 0) {
    EngineOptions engine_options{.dim = options.dim,
                                 .metric = options.is_cosine ? Metric::kCosine : Metric::kEuclidean};
    if (has_codes) engine_options.quantization = Quantization{.codec = {.bits = 8}};
    engine_options.index = IndexKind::kHnsw;
    engine_options.hnsw.m = static_cast<uint32_t>(options.m);
    engine_options.hnsw.ef_construction = static_cast<uint32_t>(options.ef_construction);
    engine_ = valid(SearchEngine::create(engine_options, kernels_));
  }

  void add(const float* rows, size_t row_count) override { valid(engine_->add(rows, row_count)); }

  void search(const float* query, size_t k, size_t ef, std::vector<uint32_t>& found) override {
    if (!engine_->search(query, 1, {.k = k, .oversampling = oversampling_, .ef_search = ef}, hits_).ok())
      std::abort();
    found.clear();
    for (const RowId id : hits_.ids) found.push_back(to_number(id));
  }

  GraphBytes bytes() const override {
    const EngineStats stats = engine_->stats();
    return {stats.vector_bytes, stats.code_bytes, stats.index_bytes};
  }

 private:
  KernelTable kernels_;
  float oversampling_;
  std::unique_ptr<SearchEngine> engine_;
  Hits hits_;
};

}  // namespace

std::unique_ptr<NativeGraph> make_vicinal(const GraphOptions& options, bool has_codes) {
  return std::make_unique<VicinalGraph>(options, has_codes);
}

}  // namespace vicinal::bench
