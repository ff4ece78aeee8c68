// Which tables there are: the one file that the variants of the module do not share, but for relaxed kernels.
#include "kernels/kernel_table.h"

namespace vicinal {

std::span<const KernelTable* const> kernel_tables() {
  static const KernelTable* const tables[] = {
      &scalar_kernels(),
#if defined(__wasm_simd128__)
      &simd128_kernels(),
#endif
#if defined(VICINAL_RELAXED)
      &relaxed_kernels(),
#endif
  };
  return tables;
}

// Not the last of the tables: naming them here would carry all of them into every program.
const KernelTable& best_kernels() {
#if defined(VICINAL_RELAXED)
  return relaxed_kernels();
#elif defined(__wasm_simd128__)
  return simd128_kernels();
#else
  return scalar_kernels();
#endif
}

}  // namespace vicinal
