// What the kernels are compared with: float scans compiled natively, and the read bound (one byte touched in every
// cache line). Answers one line of milliseconds to each line "kernel form first_row row_count row_bytes
// memory|cache" on standard input, so that kernels.ts can take turns between programs. The forms:
//   avx2         eight streams of rows side by side, as the WebAssembly kernels read them, 256 bits at a time
//   sse          the same with 128 bits, the width of WebAssembly
//   avx2_by_row  one row after another, as native libraries mostly do
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/random.h"
#include "native_scan.h"

namespace {

using vicinal::bench::Dot;
using vicinal::bench::F32x4;
using vicinal::bench::F32x8;
using vicinal::bench::L1;
using vicinal::bench::L2Squared;
using vicinal::bench::scan_by_row;
using vicinal::bench::scan_streams;

constexpr size_t kBlockRows = 160;

void touch_block(const float*, const float* rows, size_t row_count, size_t dim, float* out) {
  out[0] = static_cast<float>(vicinal::bench::touch_lines(rows, row_count * dim));
}

using ScanBlock = void (*)(const float* query, const float* rows, size_t row_count, size_t dim, float* out);

template <typename Op>
ScanBlock find_form(const std::string& form) {
  if (form == "avx2") return scan_streams<Op, F32x8>;
  if (form == "sse") return scan_streams<Op, F32x4>;
  if (form == "avx2_by_row") return scan_by_row<Op, F32x8>;
  return nullptr;
}

ScanBlock find_kernel(const std::string& name, const std::string& form) {
  if (name == "dot_f32") return find_form<Dot>(form);
  if (name == "l2_squared_f32") return find_form<L2Squared>(form);
  if (name == "l1_f32") return find_form<L1>(form);
  if (name == "touch_f32") return touch_block;
  return nullptr;
}

}  // namespace

int main() {
  std::vector<float> rows;
  std::vector<float> query;
  std::vector<float> out(kBlockRows);
  vicinal::Random random(1);
  char name[32], form[32], where[32];
  size_t first_row, row_count, row_bytes;
  while (std::scanf("%31s %31s %zu %zu %zu %31s", name, form, &first_row, &row_count, &row_bytes, where) ==
         6) {
    const ScanBlock scan = find_kernel(name, form);
    const size_t dim = row_bytes / sizeof(float);
    if (scan == nullptr || row_bytes % sizeof(float) != 0) {
      std::fprintf(stderr, "kernels_native: cannot measure %s %s with rows of %zu bytes\n", name, form,
                   row_bytes);
      return 1;
    }
    const auto grow = [&](std::vector<float>& values, size_t count) {
      while (values.size() < count) values.push_back(random.unit_float() - 0.5f);
    };
    grow(rows, (first_row + row_count) * dim);
    grow(query, dim);
    const bool in_cache = std::strcmp(where, "cache") == 0;
    const auto started = std::chrono::steady_clock::now();
    for (size_t done = 0; done < row_count; done += kBlockRows) {
      scan(query.data(), rows.data() + (in_cache ? 0 : (first_row + done) * dim),
           std::min(kBlockRows, row_count - done), dim, out.data());
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
    std::printf("%.6f\n", took.count());
    std::fflush(stdout);
  }
  return 0;
}
