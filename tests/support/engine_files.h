// Saved engines: one that is whole, and ones that no engine writes.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/search_engine.h"
#include "persist/section_file.h"
#include "support/byte_buffer.h"

namespace vicinal {

inline constexpr size_t kGoldenDim = 5;

/// Value `i` of row `id` of the golden engine: eighths, the same in every format.
inline float golden_value(uint32_t id, size_t i) {
  return (static_cast<float>(id * kGoldenDim + i) - 12) / 8 * (i % 2 == 0 ? 1.0f : -1.0f);
}

/// The engine of tests/data/engine-v1.vicinal: dim 5, cosine, ids 0, 2, 3, 4, 5, next id 7.
inline std::unique_ptr<SearchEngine> golden_engine(const KernelTable& kernels) {
  auto engine = std::move(SearchEngine::create({kGoldenDim, Metric::kCosine}, kernels).value());
  for (uint32_t id = 0; id < 7; ++id) {
    float row[kGoldenDim];
    for (size_t i = 0; i < kGoldenDim; ++i) row[i] = golden_value(id, i);
    if (!engine->add(row, 1).ok()) return nullptr;
  }
  if (!engine->remove(RowId{1}).ok() || !engine->remove(RowId{6}).ok()) return nullptr;
  return engine;
}

/// What an engine's file says, in the layout of persist/engine_file.h, true or not.
struct EngineClaims {
  uint32_t dim = 2;
  uint32_t metric = 0;
  uint64_t row_count = 2;
  uint64_t next_id = 5;
  std::vector<uint32_t> ids = {1, 3};
  std::vector<float> rows = {1, 2, 3, 4};
};

/// A file with these claims, whose checksums are right.
inline Bytes claimed_engine_file(const EngineClaims& claims) {
  struct {
    uint32_t dim, metric;
    uint64_t row_count, next_id;
  } const head{claims.dim, claims.metric, claims.row_count, claims.next_id};
  const SectionPlan sections[] = {{section_tag("head"), sizeof(head)},
                                  {section_tag("ids "), claims.ids.size() * sizeof(uint32_t)},
                                  {section_tag("rows"), claims.rows.size() * sizeof(float)}};
  BufferSink sink;
  SectionFileWriter writer(sink, FileKind::kSearchEngine, sections);
  const bool written =
      writer.begin().ok() && writer.write(sections[0].tag, &head, sizeof(head)).ok() &&
      writer.write(sections[1].tag, claims.ids.data(), claims.ids.size() * sizeof(uint32_t)).ok() &&
      writer.write(sections[2].tag, claims.rows.data(), claims.rows.size() * sizeof(float)).ok() &&
      writer.finish().ok();
  return written ? sink.bytes() : Bytes();
}

}  // namespace vicinal
