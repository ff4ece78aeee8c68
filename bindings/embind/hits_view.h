// Where a search leaves its hits for the TypeScript side to copy.
#pragma once

#include <cstdint>

#include "arrays.h"
#include "engine/hits.h"

namespace vicinal::boundary {

/// Read from memory by bindings/api/search-steps.ts as four 32-bit words.
struct HitsView {
  Address ids = 0;        // [hit count] uint32, query after query
  Address scores = 0;     // [hit count] float
  Address distances = 0;  // [hit count] float
  Address counts = 0;     // [query_count] uint32
};
static_assert(sizeof(HitsView) == 4 * sizeof(uint32_t), "the module's addresses have 32 bits");

/// The hits of the last search; kept, so that searches allocate little.
Hits& last_hits();

/// Where they are. Valid until the next search.
const HitsView* view_last_hits();

}  // namespace vicinal::boundary
