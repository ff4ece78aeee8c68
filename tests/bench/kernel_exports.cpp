// The kernels of one WebAssembly variant, exported for kernels.ts. Rows are handled in blocks, as the
// indexes do, so that the kernels are called often enough for the engine to put their optimised code in
// place.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "kernels/code_layout.h"
#include "kernels/kernel_table.h"

namespace {

using vicinal::KernelFamily;
using vicinal::KernelTable;
using vicinal::ScanFamily;
using vicinal::TileFamily;

constexpr size_t kBlockRows = 160;  // 480 KB of float rows at 768 dimensions: stays in a second-level cache
constexpr size_t kQueryCount = 16;

/// What one kernel is measured on. One buffer of floats serves every element type: its bytes are as good as
/// any.
struct Data {
  size_t dim;
  size_t row_count;
  std::vector<float> rows;
  std::vector<float> queries_f32;
  std::vector<int8_t> queries_u7;
  std::vector<float> lows, steps;
  std::vector<uint8_t> lookup_tables;
  std::vector<const void*> row_list;
  std::vector<uint8_t> out;
};
Data data;

template <typename Query>
const Query* queries() {
  if constexpr (std::is_same_v<Query, float>) {
    return data.queries_f32.data();
  } else {
    return reinterpret_cast<const Query*>(data.queries_u7.data());
  }
}

struct Kernel {
  const char* name;
  size_t (*row_bytes)(size_t dim);
  size_t queries_a_call;
  bool scattered;
  void (*run)(const uint8_t* rows, size_t row_count);
};

template <auto kFamily>
struct Run {
  template <typename Query, typename Element, typename Score>
  static void one_to_many(const ScanFamily<Query, Element, Score>& family, const uint8_t* rows,
                          size_t row_count) {
    family.one_to_many(queries<Query>(), reinterpret_cast<const Element*>(rows), row_count, data.dim,
                       reinterpret_cast<Score*>(data.out.data()));
  }
  template <typename Query, typename Element, typename Score>
  static void scattered(const KernelFamily<Query, Element, Score>& family, size_t row_count) {
    family.scattered(queries<Query>(), reinterpret_cast<const Element* const*>(data.row_list.data()),
                     row_count, data.dim, reinterpret_cast<Score*>(data.out.data()));
  }
  template <typename Query, typename Element, typename Score>
  static void many_to_many(const TileFamily<Query, Element, Score>& family, const uint8_t* rows,
                           size_t row_count) {
    family.many_to_many(queries<Query>(), kQueryCount, reinterpret_cast<const Element*>(rows), row_count,
                        data.dim, reinterpret_cast<Score*>(data.out.data()));
  }

  static void stream(const uint8_t* rows, size_t row_count) {
    one_to_many(vicinal::best_kernels().*kFamily, rows, row_count);
  }
  static void scatter(const uint8_t*, size_t row_count) {
    scattered(vicinal::best_kernels().*kFamily, row_count);
  }
  static void tiles(const uint8_t* rows, size_t row_count) {
    many_to_many(vicinal::best_kernels().*kFamily, rows, row_count);
  }
};

/// The read bound as this variant sees it: one byte of every cache line, in eight streams as the kernels read.
void run_touch(const uint8_t* rows, size_t row_count) {
  constexpr size_t kCacheLineBytes = 64;
  const volatile uint8_t* bytes = rows;
  constexpr size_t kStreams = 8;
  const size_t part = row_count * data.dim * sizeof(float) / kStreams;
  uint32_t sum = 0;
  for (size_t i = 0; i < part; i += kCacheLineBytes) {
    for (size_t stream = 0; stream < kStreams; ++stream) sum += bytes[stream * part + i];
  }
  data.out[0] = static_cast<uint8_t>(sum);
}

void run_l1_affine(const uint8_t* rows, size_t row_count) {
  vicinal::best_kernels().l1_affine_u8(data.queries_f32.data(), rows, data.lows.data(), data.steps.data(),
                                       row_count, data.dim, reinterpret_cast<float*>(data.out.data()));
}

/// Codes of 4 bits for four values each.
void run_lookup_u4(const uint8_t* rows, size_t row_count) {
  const size_t code_bytes = vicinal::bits_row_bytes(data.dim);
  vicinal::best_kernels().lookup_u4(data.lookup_tables.data(), rows, row_count / vicinal::kLookupGroupRows,
                                    code_bytes, reinterpret_cast<uint32_t*>(data.out.data()));
}

void run_dot_bits(const uint8_t* rows, size_t row_count) {
  const size_t width = vicinal::bits_row_bytes(data.dim);
  int32_t* out = reinterpret_cast<int32_t*>(data.out.data());
  for (size_t row = 0; row < row_count; ++row)
    out[row] = vicinal::best_kernels().dot_bits(queries<uint8_t>(), rows + row * width, data.dim);
}

size_t f32_bytes(size_t dim) {
  return dim * sizeof(float);
}
size_t byte_each(size_t dim) {
  return dim;
}

using Table = KernelTable;
constexpr auto u4_bytes = vicinal::u4_row_bytes;
constexpr auto u2_bytes = vicinal::u2_row_bytes;
constexpr auto bit_bytes = vicinal::bits_row_bytes;

const Kernel kKernels[] = {
    {"touch_f32", f32_bytes, 1, false, run_touch},
    {"dot_f32", f32_bytes, 1, false, Run<&Table::dot_f32>::stream},
    {"l2_squared_f32", f32_bytes, 1, false, Run<&Table::l2_squared_f32>::stream},
    {"l1_f32", f32_bytes, 1, false, Run<&Table::l1_f32>::stream},
    {"dot_i8", byte_each, 1, false, Run<&Table::dot_i8>::stream},
    {"l1_affine_u8", byte_each, 1, false, run_l1_affine},
    {"dot_u4", u4_bytes, 1, false, Run<&Table::dot_u4>::stream},
    {"dot_u2", u2_bytes, 1, false, Run<&Table::dot_u2>::stream},
    {"dot_u1", bit_bytes, 1, false, Run<&Table::dot_u1>::stream},
    {"dot_bits", bit_bytes, 1, false, run_dot_bits},
    {"lookup_u4", bit_bytes, 1, false, run_lookup_u4},
    {"hamming", bit_bytes, 1, false, Run<&Table::hamming>::stream},
    {"dot_f32 scattered", f32_bytes, 1, true, Run<&Table::dot_f32>::scatter},
    {"l2_squared_f32 scattered", f32_bytes, 1, true, Run<&Table::l2_squared_f32>::scatter},
    {"dot_i8 scattered", byte_each, 1, true, Run<&Table::dot_i8>::scatter},
    {"dot_u4 scattered", u4_bytes, 1, true, Run<&Table::dot_u4>::scatter},
    {"dot_f32 tiles", f32_bytes, kQueryCount, false, Run<&Table::dot_f32>::tiles},
    {"max_sum_f32 tiles", f32_bytes, kQueryCount, false, Run<&Table::max_sum_f32>::tiles},
    {"dot_i8 tiles", byte_each, kQueryCount, false, Run<&Table::dot_i8>::tiles},
    {"dot_u4 tiles", u4_bytes, kQueryCount, false, Run<&Table::dot_u4>::tiles},
    {"dot_u2 tiles", u2_bytes, kQueryCount, false, Run<&Table::dot_u2>::tiles},
    {"dot_u1 tiles", bit_bytes, kQueryCount, false, Run<&Table::dot_u1>::tiles},
    {"hamming tiles", bit_bytes, kQueryCount, false, Run<&Table::hamming>::tiles},
};

/// A row far from the one before it, so that no prefetcher foresees it.
size_t scattered_row(size_t index) {
  return index * 2654435761u % data.row_count;
}

}  // namespace

extern "C" {

size_t bench_kernel_count() {
  return std::size(kKernels);
}
const char* bench_kernel_name(size_t kernel) {
  return kKernels[kernel].name;
}
size_t bench_kernel_row_bytes(size_t kernel, size_t dim) {
  return kKernels[kernel].row_bytes(dim);
}
size_t bench_kernel_queries(size_t kernel) {
  return kKernels[kernel].queries_a_call;
}
const char* bench_variant() {
  return vicinal::best_kernels().name;
}

/// Makes the data for rows of `dim` values, `row_count` of them as floats.
void bench_prepare(size_t row_count, size_t dim) {
  vicinal::Random random(1);
  const auto fill = [&](std::vector<float>& values, size_t count) {
    values.resize(count);
    for (float& value : values) value = random.unit_float() - 0.5f;
  };
  data.dim = dim;
  data.row_count = row_count;
  fill(data.rows, row_count * dim);
  fill(data.queries_f32, kQueryCount * dim);
  fill(data.lows, kBlockRows);
  fill(data.steps, kBlockRows);
  data.queries_u7.resize(kQueryCount * vicinal::bits_query_bytes(dim));
  for (int8_t& value : data.queries_u7) value = static_cast<int8_t>(random.below(128));
  data.lookup_tables.resize(vicinal::bits_row_bytes(dim) * 32);
  for (uint8_t& value : data.lookup_tables) value = static_cast<uint8_t>(random.below(128));
  data.row_list.resize(kBlockRows);
  data.out.resize(kBlockRows * kQueryCount * sizeof(float));
}

/// Scores `row_count` rows: those in memory from `first_row` on, or one block in cache again and again.
void bench_scan(size_t kernel_index, size_t first_row, size_t row_count, bool in_cache) {
  const Kernel& kernel = kKernels[kernel_index];
  const size_t row_bytes = kernel.row_bytes(data.dim);
  const uint8_t* rows = reinterpret_cast<const uint8_t*>(data.rows.data());
  for (size_t done = 0; done < row_count; done += kBlockRows) {
    const size_t count = std::min(kBlockRows, row_count - done);
    if (kernel.scattered) {
      for (size_t i = 0; i < count; ++i) {
        const size_t row = in_cache ? i * 61 % kBlockRows : scattered_row(first_row + done + i);
        data.row_list[i] = rows + row * row_bytes;
      }
    }
    kernel.run(in_cache ? rows : rows + (first_row + done) * row_bytes, count);
  }
}

}  // extern "C"
