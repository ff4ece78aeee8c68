// What every reader of saved bytes must keep to, whatever bytes it is given: what it takes answers, saves to the same
// content again, and can be changed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "engine/hits.h"
#include "fuzz/mended_checksums.h"
#include "fuzz/require.h"
#include "kernels/kernel_table.h"
#include "support/byte_buffer.h"

namespace vicinal {

/// The hits of one query for `k` of `size` rows are as many as there must be, finite, and in order.
inline void require_hits(const Hits& hits, size_t k, uint64_t size) {
  require(hits.counts.size() == 1 && hits.counts[0] == std::min<uint64_t>(k, size));
  for (size_t rank = 0; rank < hits.ids.size(); ++rank) {
    require(std::isfinite(hits.distances[rank]) && std::isfinite(hits.scores[rank]));
    require(rank == 0 || hits.distances[rank - 1] <= hits.distances[rank]);
  }
}

/// Loads bytes as a `Saved`; `check_answers(const Saved&)` where they load, and at the end `change(Saved&)`.
template <typename Saved, typename Check, typename Change>
void load_and_check(Bytes bytes, Check check_answers, Change change) {
  BufferSource source(std::move(bytes));
  const auto loaded = Saved::load(source, best_kernels());
  if (!loaded.ok()) return;
  check_answers(*loaded.value());

  BufferSink first, second;
  require(loaded.value()->save(first).ok());
  require(first.bytes().size() == loaded.value()->saved_bytes());
  BufferSource again(first.bytes());
  const auto reloaded = Saved::load(again, best_kernels());
  require(reloaded.ok() && reloaded.value()->save(second).ok());
  require(first.bytes() == second.bytes());
  change(*loaded.value());
}

/// One input of a fuzzer. Checksums turn away nearly all mutations: what lies behind them is reached with
/// checksums made right.
template <typename Saved, typename Check, typename Change>
void fuzz_load(const unsigned char* data, size_t size, Check check_answers, Change change) {
  const Bytes bytes(data, data + size);
  load_and_check<Saved>(bytes, check_answers, change);
  load_and_check<Saved>(mended_checksums(bytes), check_answers, change);
}

}  // namespace vicinal
