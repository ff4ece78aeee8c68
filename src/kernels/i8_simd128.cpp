// Signed byte kernels, SIMD128.
#include "kernels/byte_products_simd128.h"
#include "kernels/i8_vector.h"
#include "kernels/kernel_parts.h"

namespace vicinal {
namespace {

/// Differences of bytes need nine bits, so they are taken in 16-bit lanes. The sum is below 2^32, and lanes
/// that wrap as signed numbers still add up to it.
struct L2SquaredI8Steps : ProductI8Steps<ByteProductsSimd128, uint32_t> {
  VICINAL_INLINE static v128_t add_step(v128_t sum_i32x4, const QueryPart& query, const RowPart& row) {
    const QueryPart difference = {wasm_i16x8_sub(query.first_i16x8, row.first_i16x8),
                                  wasm_i16x8_sub(query.second_i16x8, row.second_i16x8)};
    return ByteProductsSimd128::add_products(sum_i32x4, difference, difference);
  }
};

/// The larger less the smaller of two signed bytes is their distance as an unsigned byte. A step adds at most
/// 2 * 255 to a 16-bit lane: 128 * 510 < 2^16.
struct L1I8Steps : I8Steps<uint32_t> {
  using QueryPart = v128_t;
  using RowPart = v128_t;
  static constexpr size_t kStepsToWiden = 128;

  VICINAL_INLINE static v128_t query_part(const int8_t* query, size_t) { return wasm_v128_load(query); }
  VICINAL_INLINE static v128_t row_part(const int8_t* row) { return wasm_v128_load(row); }
  VICINAL_INLINE static v128_t query_rest(const int8_t* query, size_t units, size_t) {
    return load_part(query, units);
  }
  VICINAL_INLINE static v128_t row_rest(const int8_t* row, size_t units) { return load_part(row, units); }

  VICINAL_INLINE static v128_t add_step(v128_t sum_u16x8, v128_t query_i8x16, v128_t row_i8x16) {
    const v128_t distance_u8x16 =
        wasm_i8x16_sub(wasm_i8x16_max(query_i8x16, row_i8x16), wasm_i8x16_min(query_i8x16, row_i8x16));
    return wasm_i16x8_add(sum_u16x8, wasm_u16x8_extadd_pairwise_u8x16(distance_u8x16));
  }
  VICINAL_INLINE static v128_t widen(v128_t sum_u16x8) { return wasm_u32x4_extadd_pairwise_u16x8(sum_u16x8); }
};

}  // namespace

void set_i8_simd128(KernelTable& table) {
  table.dot_i8 = vector_family<DotI8Steps<ByteProductsSimd128>>();
  table.l2_squared_i8 = vector_family<L2SquaredI8Steps>();
  table.l1_i8 = vector_family<L1I8Steps>();
}

}  // namespace vicinal
