// What the kernels are compared with: float scans in native AVX2 and the read bound (one byte touched in
// every cache line). Answers one line of milliseconds to each line "kernel first_row row_count row_bytes
// memory|cache" on standard input, so that kernels.mjs can take turns between programs.
#include <immintrin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/random.h"

namespace {

constexpr size_t kBlockRows = 160;
constexpr size_t kCacheLineBytes = 64;

float sum_of_lanes(__m256 sum_f32x8) {
  alignas(32) float lanes[8];
  _mm256_store_ps(lanes, sum_f32x8);
  float sum = 0;
  for (float lane : lanes) sum += lane;
  return sum;
}

struct Dot {
  static __m256 add_step(__m256 sum, __m256 query, __m256 row) { return _mm256_fmadd_ps(query, row, sum); }
};

struct L2Squared {
  static __m256 add_step(__m256 sum, __m256 query, __m256 row) {
    const __m256 difference = _mm256_sub_ps(query, row);
    return _mm256_fmadd_ps(difference, difference, sum);
  }
};

struct L1 {
  static __m256 add_step(__m256 sum, __m256 query, __m256 row) {
    return _mm256_add_ps(sum, _mm256_andnot_ps(_mm256_set1_ps(-0.0f), _mm256_sub_ps(query, row)));
  }
};

/// Four accumulators of eight lanes; `dim` a multiple of 32.
template <typename Op>
[[gnu::noinline]] void scan_block(const float* query, const float* rows, size_t row_count, size_t dim,
                                  float* out) {
  for (size_t row = 0; row < row_count; ++row, rows += dim) {
    __m256 sums[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    for (size_t i = 0; i < dim; i += 32) {
      for (size_t a = 0; a < 4; ++a) {
        sums[a] =
            Op::add_step(sums[a], _mm256_loadu_ps(query + i + 8 * a), _mm256_loadu_ps(rows + i + 8 * a));
      }
    }
    out[row] = sum_of_lanes(_mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3])));
  }
}

[[gnu::noinline]] void touch_block(const float*, const float* rows, size_t row_count, size_t dim,
                                   float* out) {
  const volatile uint8_t* bytes = reinterpret_cast<const volatile uint8_t*>(rows);
  uint32_t sum = 0;
  for (size_t i = 0; i < row_count * dim * sizeof(float); i += kCacheLineBytes) sum += bytes[i];
  out[0] = static_cast<float>(sum);
}

using ScanBlock = void (*)(const float* query, const float* rows, size_t row_count, size_t dim, float* out);

ScanBlock find_kernel(const std::string& name) {
  if (name == "dot_f32") return scan_block<Dot>;
  if (name == "l2_squared_f32") return scan_block<L2Squared>;
  if (name == "l1_f32") return scan_block<L1>;
  if (name == "touch_f32") return touch_block;
  return nullptr;
}

}  // namespace

int main() {
  std::vector<float> rows;
  std::vector<float> query;
  std::vector<float> out(kBlockRows);
  vicinal::Random random(1);
  char name[32], where[32];
  size_t first_row, row_count, row_bytes;
  while (std::scanf("%31s %zu %zu %zu %31s", name, &first_row, &row_count, &row_bytes, where) == 5) {
    const ScanBlock scan = find_kernel(name);
    const size_t dim = row_bytes / sizeof(float);
    if (scan == nullptr || row_bytes % 4 != 0 || (scan != touch_block && dim % 32 != 0)) {
      std::fprintf(stderr, "kernels_native: cannot measure %s with rows of %zu bytes\n", name, row_bytes);
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
