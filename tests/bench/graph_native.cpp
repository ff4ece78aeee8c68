// Graphs built and searched natively, the reference of the graphs in pages: the same rows, one thread.
//
//   graph_native INDEX ROWS_FILE QUERIES_FILE DIM METRIC M EF_CONSTRUCTION
//                                 INDEX is one of those in native_graphs.h, METRIC cosine or euclidean; both files are
//                                 little-endian floats, row-major
//
// Answers each line on standard input by one line, so that the benchmark can take turns between programs:
//   build WAY                            "milliseconds vector_bytes code_bytes graph_bytes": all rows; WAY is at_once or
//                                        one_by_one
//   search K EF FIRST COUNT LEAST_MS     "milliseconds": of one query, of so many from FIRST on, all of them again and
//                                        again until it has taken so long
//   find K EF                            "count id ... count id ...": what is found for every query
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "native_graphs.h"

namespace {

using vicinal::bench::GraphBytes;
using vicinal::bench::NativeGraph;
using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what, const char* which) {
  std::fprintf(stderr, "graph_native: %s %s\n", what, which);
  std::exit(1);
}

std::vector<float> read_floats(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) fail("cannot open", path);
  std::fseek(file, 0, SEEK_END);
  std::vector<float> values(static_cast<size_t>(std::ftell(file)) / sizeof(float));
  std::rewind(file);
  if (std::fread(values.data(), sizeof(float), values.size(), file) != values.size())
    fail("cannot read", path);
  std::fclose(file);
  return values;
}

/// So that an inner product ranks as cosine does.
void scale_to_unit_length(std::vector<float>& rows, size_t dim) {
  for (size_t start = 0; start < rows.size(); start += dim) {
    double squares = 0;
    for (size_t i = 0; i < dim; ++i) squares += double{rows[start + i]} * rows[start + i];
    for (size_t i = 0; i < dim; ++i)
      rows[start + i] = static_cast<float>(rows[start + i] / std::sqrt(squares));
  }
}

double ms_since(Clock::time_point started) {
  return std::chrono::duration<double, std::milli>(Clock::now() - started).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) fail("takes", "INDEX ROWS_FILE QUERIES_FILE DIM METRIC M EF_CONSTRUCTION");
  std::vector<float> rows = read_floats(argv[2]);
  std::vector<float> queries = read_floats(argv[3]);
  const size_t dim = std::strtoul(argv[4], nullptr, 10);
  const bool is_cosine = std::strcmp(argv[5], "cosine") == 0;
  if (!is_cosine && std::strcmp(argv[5], "euclidean") != 0) fail("no metric", argv[5]);
  if (is_cosine) {
    scale_to_unit_length(rows, dim);
    scale_to_unit_length(queries, dim);
  }
  const size_t row_count = rows.size() / dim, query_count = queries.size() / dim;
  const std::unique_ptr<NativeGraph> graph = vicinal::bench::make_graph(
      argv[1],
      {dim, is_cosine, row_count, std::strtoul(argv[6], nullptr, 10), std::strtoul(argv[7], nullptr, 10)});
  if (graph == nullptr) fail("no index", argv[1]);

  std::vector<uint32_t> found;
  char line[128], way[16];
  size_t k, ef, first, count;
  double least_ms;
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    if (std::sscanf(line, "build %15s", way) == 1) {
      const size_t together = std::strcmp(way, "one_by_one") == 0 ? 1 : row_count;
      const auto started = Clock::now();
      for (size_t row = 0; row < row_count; row += together) graph->add(rows.data() + row * dim, together);
      const double ms = ms_since(started);
      const GraphBytes bytes = graph->bytes();
      std::printf("%.3f %zu %zu %zu", ms, bytes.vectors, bytes.codes, bytes.graph);
    } else if (std::sscanf(line, "search %zu %zu %zu %zu %lf", &k, &ef, &first, &count, &least_ms) == 5) {
      const auto started = Clock::now();
      size_t searches = 0;
      do {
        for (size_t i = 0; i < count; ++i)
          graph->search(queries.data() + (first + i) % query_count * dim, k, ef, found);
        searches += count;
      } while (ms_since(started) < least_ms);
      std::printf("%.6f", ms_since(started) / static_cast<double>(searches));
    } else if (std::sscanf(line, "find %zu %zu", &k, &ef) == 2) {
      for (size_t query = 0; query < query_count; ++query) {
        graph->search(queries.data() + query * dim, k, ef, found);
        std::printf("%s%zu", query == 0 ? "" : " ", found.size());
        for (const uint32_t row : found) std::printf(" %u", row);
      }
    } else {
      fail("does not know", line);
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  return 0;
}
