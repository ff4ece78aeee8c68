// Where a search leaves its hits for the TypeScript side to copy.
#pragma once

#include <cstdint>

#include "arrays.h"
#include "engine/hits.h"

namespace vicinal::boundary {

/// Read from memory by bindings/api/search-steps.ts as five 32-bit words.
struct HitsView {
  uint32_t hit_count = 0;
  Address ids = 0;        // [hit_count] uint32
  Address scores = 0;     // [hit_count] float
  Address distances = 0;  // [hit_count] float
  Address counts = 0;     // [query_count] uint32
};
static_assert(sizeof(HitsView) == 5 * sizeof(uint32_t), "the module's addresses have 32 bits");

/// The hits of the last search; kept, so that searches allocate little.
Hits& last_hits();

/// Where they are. Valid until the next search.
const HitsView* view_last_hits();

}  // namespace vicinal::boundary
