// Exact search compiled natively with AVX2, the reference of the searches through the package: the same rows, the same
// selection of the k best, all four metrics.
//
//   search_native ROWS_FILE QUERIES_FILE DIM      both files are little-endian floats, row-major
//
// Answers each line on standard input by one line, so that the benchmark can take turns between programs:
//   search METRIC FORM K QUERY TIMES   "milliseconds id id ...": FORM is streams (as the WebAssembly kernels read) or
//                                      by_row; the same search TIMES over, milliseconds of one
//   batch METRIC K                     "milliseconds id id ...": all queries in one call, K ids each
//   touch TIMES                        "milliseconds": one byte read of every cache line of the rows, TIMES over
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "native_scan.h"
#include "rows/top_k.h"

namespace {

using vicinal::Candidate;
using vicinal::TopK;
using vicinal::bench::Dot;
using vicinal::bench::F32x8;
using vicinal::bench::L1;
using vicinal::bench::L2Squared;

constexpr size_t kScanRows = 256;
constexpr size_t kTileRows = 48;  // of rows scored by many queries: stay in the second-level cache

struct Data {
  size_t dim;
  size_t row_count;
  std::vector<float> rows;
  std::vector<float> inverse_norms;
  std::vector<float> queries;
  std::vector<float> unit_queries;
};

[[noreturn]] void fail(const char* what, const char* which) {
  std::fprintf(stderr, "search_native: %s %s\n", what, which);
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

std::vector<float> inverse_norms(const std::vector<float>& rows, size_t dim) {
  std::vector<float> inverse(rows.size() / dim);
  for (size_t row = 0; row < inverse.size(); ++row) {
    double squares = 0;
    for (size_t i = 0; i < dim; ++i) squares += double{rows[row * dim + i]} * rows[row * dim + i];
    inverse[row] = static_cast<float>(1 / std::sqrt(squares));
  }
  return inverse;
}

Data read_data(const char* rows_path, const char* queries_path, size_t dim) {
  Data data{dim, 0, read_floats(rows_path), {}, read_floats(queries_path), {}};
  data.row_count = data.rows.size() / dim;
  data.inverse_norms = inverse_norms(data.rows, dim);
  data.unit_queries = data.queries;
  const std::vector<float> scales = inverse_norms(data.queries, dim);
  for (size_t i = 0; i < data.queries.size(); ++i) data.unit_queries[i] *= scales[i / dim];
  return data;
}

struct Metric {
  const char* name;
  void (*by_row)(const float* query, const float* rows, size_t row_count, size_t dim, float* out);
  void (*streams)(const float* query, const float* rows, size_t row_count, size_t dim, float* out);
  void (*tiles)(const float* queries, size_t query_count, const float* rows, size_t row_count, size_t dim,
                float* out);
  bool unit_length;  // of rows and query
  float sign;        // of the score in the distance
};

template <typename Op>
constexpr Metric metric(const char* name, bool unit_length, float sign) {
  return {name,
          vicinal::bench::scan_by_row<Op, F32x8>,
          vicinal::bench::scan_streams<Op, F32x8>,
          vicinal::bench::score_block<Op>,
          unit_length,
          sign};
}

const Metric kMetrics[] = {
    metric<Dot>("cosine", true, -1),
    metric<L2Squared>("euclidean", false, 1),
    metric<L1>("manhattan", false, 1),
    metric<Dot>("dot", false, -1),
};

const Metric& find_metric(const char* name) {
  for (const Metric& each : kMetrics) {
    if (std::strcmp(each.name, name) == 0) return each;
  }
  fail("no metric", name);
}

/// Turns scores into distances, and selects.
void take(const Data& data, const Metric& metric, float* scores, size_t first_row, size_t row_count,
          TopK& best) {
  if (metric.unit_length) {
    const float* scales = data.inverse_norms.data() + first_row;
    for (size_t row = 0; row < row_count; ++row) scores[row] *= metric.sign * scales[row];
  } else {
    for (size_t row = 0; row < row_count; ++row) scores[row] *= metric.sign;
  }
  best.push_run(scores, row_count, static_cast<uint32_t>(first_row));
}

const float* queries_for(const Data& data, const Metric& metric) {
  return metric.unit_length ? data.unit_queries.data() : data.queries.data();
}

std::vector<Candidate> search(const Data& data, const Metric& metric, bool by_row, size_t k, size_t query) {
  const auto scan = by_row ? metric.by_row : metric.streams;
  const float* wanted = queries_for(data, metric) + query * data.dim;
  float scores[kScanRows];
  TopK best(k);
  for (size_t first = 0; first < data.row_count; first += kScanRows) {
    const size_t count = std::min(kScanRows, data.row_count - first);
    scan(wanted, data.rows.data() + first * data.dim, count, data.dim, scores);
    take(data, metric, scores, first, count, best);
  }
  return best.finish();
}

std::vector<Candidate> search_all(const Data& data, const Metric& metric, size_t k) {
  const size_t query_count = data.queries.size() / data.dim;
  std::vector<TopK> best(query_count, TopK(k));
  std::vector<float> scores(query_count * kTileRows);
  for (size_t first = 0; first < data.row_count; first += kTileRows) {
    const size_t count = std::min(kTileRows, data.row_count - first);
    metric.tiles(queries_for(data, metric), query_count, data.rows.data() + first * data.dim, count, data.dim,
                 scores.data());
    for (size_t query = 0; query < query_count; ++query)
      take(data, metric, scores.data() + query * count, first, count, best[query]);
  }
  std::vector<Candidate> found;
  for (TopK& each : best) {
    const std::vector<Candidate> nearest = each.finish();
    found.insert(found.end(), nearest.begin(), nearest.end());
  }
  return found;
}

template <typename Call>
void answer(size_t times, Call call) {
  std::vector<Candidate> found;
  const auto started = std::chrono::steady_clock::now();
  for (size_t i = 0; i < times; ++i) found = call();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  std::printf("%.6f", took.count() / static_cast<double>(times));
  for (const Candidate& candidate : found) std::printf(" %u", candidate.slot);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) fail("takes", "ROWS_FILE QUERIES_FILE DIM");
  const Data data = read_data(argv[1], argv[2], std::strtoul(argv[3], nullptr, 10));
  volatile uint32_t touched = 0;
  char line[128], name[32], form[32];
  size_t k, query, times;
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    if (std::sscanf(line, "search %31s %31s %zu %zu %zu", name, form, &k, &query, &times) == 5) {
      const Metric& metric = find_metric(name);
      answer(times, [&] { return search(data, metric, std::strcmp(form, "by_row") == 0, k, query); });
    } else if (std::sscanf(line, "batch %31s %zu", name, &k) == 2) {
      const Metric& metric = find_metric(name);
      answer(1, [&] { return search_all(data, metric, k); });
    } else if (std::sscanf(line, "touch %zu", &times) == 1) {
      answer(times, [&] {
        touched = vicinal::bench::touch_lines(data.rows.data(), data.rows.size());
        return std::vector<Candidate>();
      });
    } else {
      fail("does not know", line);
    }
  }
  return 0;
}
