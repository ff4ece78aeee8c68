// What must hold of a fuzzer's input, whatever it is.
#pragma once

#include <cstdlib>

namespace vicinal {

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace vicinal
