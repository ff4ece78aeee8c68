#include "kernels/table_simd128.h"

namespace vicinal {

const KernelTable& simd128_kernels() {
  static constexpr KernelTable table = simd128_table();
  return table;
}

}  // namespace vicinal
