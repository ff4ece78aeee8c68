// Graphs that the benchmark builds natively.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace vicinal::bench {

struct GraphOptions {
  size_t dim;
  bool is_cosine;  // rows and queries have unit length; else squared L2
  size_t row_count;
  size_t m;
  size_t ef_construction;
};

struct GraphBytes {
  size_t vectors;
  size_t codes;
  size_t graph;  // links, and what belongs to each row beside its vector
};

class NativeGraph {
 public:
  virtual ~NativeGraph() = default;
  /// rows  [row_count x dim]; numbered from 0, in the order that they come in
  virtual void add(const float* rows, size_t row_count) = 0;
  /// found  overwritten by up to k row numbers, in any order
  virtual void search(const float* query, size_t k, size_t ef, std::vector<uint32_t>& found) = 0;
  virtual GraphBytes bytes() const = 0;
};

std::unique_ptr<NativeGraph> make_hnswlib(const GraphOptions& options);

/// Ours.
/// has_codes  walks go by scalar codes of 8 bits beside the floats, as is the package's default
std::unique_ptr<NativeGraph> make_vicinal(const GraphOptions& options, bool has_codes);

/// Null where there is none of this name.
inline std::unique_ptr<NativeGraph> make_graph(std::string_view name, const GraphOptions& options) {
  if (name == "hnswlib") return make_hnswlib(options);
  if (name == "vicinal") return make_vicinal(options, true);
  if (name == "vicinal_floats") return make_vicinal(options, false);
  return nullptr;
}

}  // namespace vicinal::bench
