// What the kernels are compared with: float scans compiled natively, and the read bound (one byte touched in every
// cache line). Answers one line of milliseconds to each line "kernel form first_row row_count row_bytes
// memory|cache" on standard input, so that kernels.mjs can take turns between programs. The forms:
//   avx2         four streams of rows side by side, as the WebAssembly kernels read them, 256 bits at a time
//   sse          the same with 128 bits, the width of WebAssembly
//   avx2_by_row  one row after another, as native libraries mostly do
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "base/random.h"

namespace {

constexpr size_t kBlockRows = 160;
constexpr size_t kCacheLineBytes = 64;

using F32x4 = float __attribute__((vector_size(16)));
using F32x8 = float __attribute__((vector_size(32)));

template <typename Vector>
Vector load(const float* values) {
  Vector vector;
  std::memcpy(&vector, values, sizeof vector);
  return vector;
}

// Multiplications and additions are joined by the compiler (-mfma).
struct Dot {
  template <typename Vector>
  static Vector term(Vector sum, Vector query, Vector row) {
    return sum + query * row;
  }
};

struct L2Squared {
  template <typename Vector>
  static Vector term(Vector sum, Vector query, Vector row) {
    const Vector difference = query - row;
    return sum + difference * difference;
  }
};

struct L1 {
  template <typename Vector>
  static Vector term(Vector sum, Vector query, Vector row) {
    using Bits = std::conditional_t<sizeof(Vector) == 32, int32_t __attribute__((vector_size(32))),
                                    int32_t __attribute__((vector_size(16)))>;
    return sum + reinterpret_cast<Vector>(reinterpret_cast<Bits>(query - row) & 0x7FFFFFFF);
  }
};

/// Scores kRows rows that lie `jump` floats apart.
template <typename Op, typename Vector, int kRows, int kAccumulators>
void scan_rows(const float* query, const float* rows, size_t jump, size_t dim, float* out, size_t out_jump) {
  constexpr size_t kLanes = sizeof(Vector) / sizeof(float);
  Vector sums[kRows][kAccumulators] = {};
  for (size_t i = 0; i < dim; i += kAccumulators * kLanes) {
    for (size_t a = 0; a < kAccumulators; ++a) {
      const Vector query_part = load<Vector>(query + i + a * kLanes);
      for (size_t r = 0; r < kRows; ++r) {
        sums[r][a] = Op::term(sums[r][a], query_part, load<Vector>(rows + r * jump + i + a * kLanes));
      }
    }
  }
  for (size_t r = 0; r < kRows; ++r) {
    float sum = 0;
    for (const Vector& part : sums[r]) {
      for (size_t lane = 0; lane < kLanes; ++lane) sum += part[lane];
    }
    out[r * out_jump] = sum;
  }
}

template <typename Op, typename Vector, size_t kStreams, size_t kAccumulators>
[[gnu::noinline]] void scan_block(const float* query, const float* rows, size_t row_count, size_t dim,
                                  float* out) {
  const size_t stream = row_count / kStreams;
  for (size_t row = 0; row < stream; ++row) {
    scan_rows<Op, Vector, kStreams, kAccumulators>(query, rows + row * dim, stream * dim, dim, out + row,
                                                   stream);
  }
  for (size_t row = stream * kStreams; row < row_count; ++row) {
    scan_rows<Op, Vector, 1, 4>(query, rows + row * dim, 0, dim, out + row, 0);
  }
}

/// Four streams too: so memory gives the most.
[[gnu::noinline]] void touch_block(const float*, const float* rows, size_t row_count, size_t dim,
                                   float* out) {
  const volatile uint8_t* bytes = reinterpret_cast<const volatile uint8_t*>(rows);
  const size_t quarter = row_count * dim * sizeof(float) / 4;
  uint32_t sum = 0;
  for (size_t i = 0; i < quarter; i += kCacheLineBytes) {
    for (size_t stream = 0; stream < 4; ++stream) sum += bytes[stream * quarter + i];
  }
  out[0] = static_cast<float>(sum);
}

using ScanBlock = void (*)(const float* query, const float* rows, size_t row_count, size_t dim, float* out);

template <typename Op>
ScanBlock find_form(const std::string& form) {
  if (form == "avx2") return scan_block<Op, F32x8, 4, 2>;
  if (form == "sse") return scan_block<Op, F32x4, 4, 2>;
  if (form == "avx2_by_row") return scan_block<Op, F32x8, 1, 4>;
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
    if (scan == nullptr || row_bytes % 4 != 0 || (scan != touch_block && dim % 32 != 0)) {
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
