// Which rows a search may return.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/ids.h"

namespace vicinal {

/// A view of a set of ids as bits: id i is allowed when bit i % 32 of word i / 32 is set. Ids past the last
/// word are not allowed; bits of ids that do not exist are ignored.
struct IdFilter {
  const uint32_t* words = nullptr;
  size_t word_count = 0;

  bool allows(RowId id) const {
    const uint32_t number = to_number(id);
    return number / 32 < word_count && ((words[number / 32] >> (number % 32)) & 1) != 0;
  }
};

}  // namespace vicinal
