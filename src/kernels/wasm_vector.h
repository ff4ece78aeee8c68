// What every vector kernel of the WebAssembly tables needs: part loads and sums across lanes.
#pragma once

#include <wasm_simd128.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vicinal {

/// Kernel bodies are templates cut into small steps; each must end up in the one loop that uses it.
#define VICINAL_INLINE [[gnu::always_inline]] inline

template <typename Word>
VICINAL_INLINE uint64_t load_word(const uint8_t* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// 1 to 8 bytes, the rest zero. Reads nothing past them: two reads overlap in the middle instead.
VICINAL_INLINE uint64_t load_part_of_word(const uint8_t* bytes, size_t count) {
  if (count >= 4)
    return load_word<uint32_t>(bytes) | load_word<uint32_t>(bytes + count - 4) << (8 * (count - 4));
  if (count >= 2)
    return load_word<uint16_t>(bytes) | load_word<uint16_t>(bytes + count - 2) << (8 * (count - 2));
  return bytes[0];
}

/// The first 16 of `byte_count` bytes, zeros where there are fewer. Reads nothing past them. Not inlined: it
/// is needed at most once a row, and only where rows do not end with a whole vector.
[[gnu::noinline]] inline v128_t load_part(const void* start, size_t byte_count) {
  const uint8_t* bytes = static_cast<const uint8_t*>(start);
  if (byte_count >= 16) return wasm_v128_load(bytes);
  if (byte_count == 0) return wasm_i64x2_const_splat(0);
  if (byte_count <= 8) return wasm_u64x2_make(load_part_of_word(bytes, byte_count), 0);
  const uint64_t high = load_word<uint64_t>(bytes + byte_count - 8) >> (8 * (16 - byte_count));
  return wasm_u64x2_make(load_word<uint64_t>(bytes), high);
}

/// The same 32 bits in every lane, by a way that compilers do not see through. A constant that they know is
/// put where it is used, and V8 then builds it anew in every iteration; one that they do not know stays in a
/// register. Measured on 4-bit codes: 1.45 times faster.
VICINAL_INLINE v128_t hidden_constant(uint32_t lane) {
  volatile uint32_t hidden = lane;
  return wasm_u32x4_splat(hidden);
}

VICINAL_INLINE v128_t zero_vector() {
  return wasm_i64x2_const_splat(0);
}

VICINAL_INLINE float sum_of_lanes_f32(v128_t sum_f32x4) {
  const v128_t halves = wasm_f32x4_add(sum_f32x4, wasm_i32x4_shuffle(sum_f32x4, sum_f32x4, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(halves, 0) + wasm_f32x4_extract_lane(halves, 1);
}

VICINAL_INLINE uint32_t sum_of_lanes_i32(v128_t sum_i32x4) {
  const v128_t halves = wasm_i32x4_add(sum_i32x4, wasm_i32x4_shuffle(sum_i32x4, sum_i32x4, 2, 3, 0, 1));
  return wasm_u32x4_extract_lane(halves, 0) + wasm_u32x4_extract_lane(halves, 1);
}

}  // namespace vicinal
