#include "quantize/codec.h"

#include <algorithm>

namespace vicinal {

void Codec::put_in_group(uint8_t* group, size_t, const uint8_t* code) const {
  std::copy_n(code, code_bytes(), group);
}

void Codec::take_from_group(const uint8_t* group, size_t, uint8_t* code) const {
  std::copy_n(group, code_bytes(), code);
}

}  // namespace vicinal
