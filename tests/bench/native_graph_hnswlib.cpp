// hnswlib, as its headers come with the system (Debian: libhnswlib-dev).
#include <hnswlib/hnswlib.h>

#include "native_graphs.h"

namespace vicinal::bench {
namespace {

constexpr size_t kSeed = 100;  // hnswlib's own

class HnswlibGraph final : public NativeGraph {
 public:
  explicit HnswlibGraph(const GraphOptions& options)
      : dim_(options.dim),
        space_(make_space(options)),
        index_(space_.get(), options.row_count, options.m, options.ef_construction, kSeed) {}

  void add(const float* rows, size_t row_count) override {
    for (size_t row = 0; row < row_count; ++row) index_.addPoint(rows + row * dim_, index_.cur_element_count);
  }

  void search(const float* query, size_t k, size_t ef, std::vector<uint32_t>& found) override {
    index_.setEf(ef);
    found.clear();
    for (auto hits = index_.searchKnn(query, k); !hits.empty(); hits.pop())
      found.push_back(static_cast<uint32_t>(hits.top().second));
  }

  GraphBytes bytes() const override {
    const size_t row_count = index_.cur_element_count;
    const size_t vectors = row_count * index_.data_size_;
    size_t graph = row_count * index_.size_data_per_element_ - vectors;
    for (size_t row = 0; row < row_count; ++row)
      graph +=
          sizeof(char*) + static_cast<size_t>(index_.element_levels_[row]) * index_.size_links_per_element_;
    return {vectors, 0, graph};
  }

 private:
  static std::unique_ptr<hnswlib::SpaceInterface<float>> make_space(const GraphOptions& options) {
    if (options.is_cosine) return std::make_unique<hnswlib::InnerProductSpace>(options.dim);
    return std::make_unique<hnswlib::L2Space>(options.dim);
  }

  size_t dim_;
  std::unique_ptr<hnswlib::SpaceInterface<float>> space_;
  hnswlib::HierarchicalNSW<float> index_;
};

}  // namespace

std::unique_ptr<NativeGraph> make_hnswlib(const GraphOptions& options) {
  return std::make_unique<HnswlibGraph>(options);
}

}  // namespace vicinal::bench
