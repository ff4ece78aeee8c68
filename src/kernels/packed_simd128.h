// Kernels on 4-bit and 2-bit codes, SIMD128.
#pragma once

#include <cstring>

#include "kernels/byte_products_simd128.h"
#include "kernels/packed_vector.h"

namespace vicinal {

template <typename Codes>
void unpack_codes_simd128(const uint8_t* packed, size_t dim, uint8_t* out) {
  const Codes unpacker;
  for (; dim >= Codes::kRun; dim -= Codes::kRun, packed += 16) {
    const auto codes = unpacker.unpack_run(wasm_v128_load(packed));
    for (const v128_t& vector : codes.of) {
      wasm_v128_store(out, vector);
      out += 16;
    }
  }
  const auto codes = unpacker.unpack_rest(load_part(packed, Codes::row_bytes(dim)));
  std::memcpy(out, codes.of, dim);
}

constexpr void set_packed_simd128(KernelTable& table) {
  table.dot_u4 = vector_family<DotCodesSteps<U4Codes, ByteProductsSimd128>>();
  table.dot_u2 = vector_family<DotCodesSteps<U2Codes, ByteProductsSimd128>>();
  table.unpack_u4 = unpack_codes_simd128<U4Codes>;
  table.unpack_u2 = unpack_codes_simd128<U2Codes>;
}

}  // namespace vicinal
