// Sums of looked-up values in vector registers: a table of 16 bytes is one register, and a swizzle looks up 16 rows
// at once.
//
// `Isa` has `look_up(table, index)`, with every index in 0..15.
#pragma once

#include <algorithm>

#include "kernels/kernel_table.h"
#include "kernels/wasm_vector.h"

namespace vicinal {

template <typename Isa>
struct LookupU4 {
  /// 32 rows: two vectors of bytes.
  static constexpr int kVectors = 2;
  static_assert(kVectors * 16 == kLookupGroupRows);

  /// Sums of pairs of bytes, apart from one another: `mixed` adds both bytes of a 16-bit lane as they stand, modulo
  /// 2^16, `odd` the upper ones alone. It costs one operation less than to take both bytes out.
  struct Sums {
    v128_t mixed_u16x8, odd_u16x8;
  };

  /// Bytes of codes that 16-bit lanes hold: 256 * (127 + 127) < 2^16.
  static constexpr size_t kBytesToWiden = 256;

  /// A function of its own: engines put optimised code in place only between calls.
  [[gnu::noinline]] static void sum_bytes(const uint8_t* tables, const uint8_t* codes, size_t byte_count,
                                          Sums (&out)[kVectors]) {
    const v128_t low_bits = hidden_constant(0x0F0F0F0F);
    Sums sums[kVectors] = {};
    for (; byte_count > 0; --byte_count) {
      const v128_t low_table = wasm_v128_load(tables);
      const v128_t high_table = wasm_v128_load(tables + 16);
#pragma unroll
      for (int v = 0; v < kVectors; ++v) {
        const v128_t codes_u8x16 = wasm_v128_load(codes + 16 * v);
        const v128_t low = wasm_v128_and(codes_u8x16, low_bits);
        const v128_t high = wasm_v128_and(wasm_u16x8_shr(codes_u8x16, 4), low_bits);
        const v128_t pair_u8x16 =
            wasm_i8x16_add(Isa::look_up(low_table, low), Isa::look_up(high_table, high));
        sums[v].mixed_u16x8 = wasm_i16x8_add(sums[v].mixed_u16x8, pair_u8x16);
        sums[v].odd_u16x8 = wasm_i16x8_add(sums[v].odd_u16x8, wasm_u16x8_shr(pair_u8x16, 8));
      }
      tables += 32;
      codes += kLookupGroupRows;
    }
#pragma unroll
    for (int v = 0; v < kVectors; ++v) out[v] = sums[v];
  }

  static void add_wide(const Sums& sums, uint32_t* out) {
    const v128_t even_u16x8 = wasm_i16x8_sub(sums.mixed_u16x8, wasm_i16x8_shl(sums.odd_u16x8, 8));
    const v128_t first_u16x8 = wasm_i16x8_shuffle(even_u16x8, sums.odd_u16x8, 0, 8, 1, 9, 2, 10, 3, 11);
    const v128_t last_u16x8 = wasm_i16x8_shuffle(even_u16x8, sums.odd_u16x8, 4, 12, 5, 13, 6, 14, 7, 15);
    const v128_t wide_u32x4[4] = {
        wasm_u32x4_extend_low_u16x8(first_u16x8), wasm_u32x4_extend_high_u16x8(first_u16x8),
        wasm_u32x4_extend_low_u16x8(last_u16x8), wasm_u32x4_extend_high_u16x8(last_u16x8)};
    for (int part = 0; part < 4; ++part)
      wasm_v128_store(out + 4 * part, wasm_i32x4_add(wasm_v128_load(out + 4 * part), wide_u32x4[part]));
  }

  static void lookup(const uint8_t* tables, const uint8_t* groups, size_t group_count, size_t code_bytes,
                     uint32_t* out) {
    for (size_t group = 0; group < group_count; ++group, out += kLookupGroupRows) {
      std::fill_n(out, kLookupGroupRows, 0u);
      for (size_t byte = 0; byte < code_bytes; byte += kBytesToWiden) {
        const size_t byte_count = std::min(kBytesToWiden, code_bytes - byte);
        Sums sums[kVectors];
        sum_bytes(tables + byte * 32, groups, byte_count, sums);
        for (int v = 0; v < kVectors; ++v) add_wide(sums[v], out + 16 * v);
        groups += byte_count * kLookupGroupRows;
      }
    }
  }
};

}  // namespace vicinal
