// Where packed codes lie: the arithmetic behind the element layouts of kernel_table.h. Kernels that read rows
// a vector at a time follow the same layouts by hand; this is their reference.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vicinal {

/// Bytes of one row of `dim` codes.
inline constexpr size_t u4_row_bytes(size_t dim) {
  return (dim + 1) / 2;
}
inline constexpr size_t u2_row_bytes(size_t dim) {
  return (dim + 3) / 4;
}
inline constexpr size_t bits_row_bytes(size_t dim) {
  return (dim + 7) / 8;
}

/// Values that 16 bytes of bits hold, and the query of dot_u1 in whole runs of them.
inline constexpr size_t kBitsRun = 128;
inline constexpr size_t bits_query_bytes(size_t dim) {
  return (dim + kBitsRun - 1) / kBitsRun * kBitsRun;
}
/// Where that query has the value of an index: next to those whose bits stand at the same height.
inline constexpr size_t bits_query_place(size_t index) {
  return index / kBitsRun * kBitsRun + index % 8 * 16 + index % kBitsRun / 8;
}

/// Values of a whole run, which always takes 16 bytes.
inline constexpr size_t kU4Run = 32;
inline constexpr size_t kU2Run = 64;

/// Place of one code in its row: which byte, and how far above the lowest bit.
struct CodePlace {
  size_t byte;
  unsigned shift;
};

inline constexpr CodePlace u4_place(size_t index, size_t dim) {
  const size_t run_start = index / kU4Run * kU4Run;
  const size_t in_run = index - run_start;
  if (run_start + kU4Run <= dim) return {run_start / 2 + in_run % 16, in_run < 16 ? 0u : 4u};
  return {run_start / 2 + in_run / 2, in_run % 2 == 0 ? 0u : 4u};
}

inline constexpr CodePlace u2_place(size_t index, size_t dim) {
  const size_t run_start = index / kU2Run * kU2Run;
  const size_t in_run = index - run_start;
  if (run_start + kU2Run <= dim) return {run_start / 4 + in_run % 16, static_cast<unsigned>(in_run / 16 * 2)};
  return {run_start / 4 + in_run / 4, static_cast<unsigned>(in_run % 4 * 2)};
}

inline constexpr uint8_t u4_at(const uint8_t* row, size_t index, size_t dim) {
  const CodePlace place = u4_place(index, dim);
  return static_cast<uint8_t>((row[place.byte] >> place.shift) & 15);
}

inline constexpr uint8_t u2_at(const uint8_t* row, size_t index, size_t dim) {
  const CodePlace place = u2_place(index, dim);
  return static_cast<uint8_t>((row[place.byte] >> place.shift) & 3);
}

inline constexpr uint8_t bit_at(const uint8_t* row, size_t index) {
  return static_cast<uint8_t>((row[index / 8] >> (index % 8)) & 1);
}

}  // namespace vicinal
