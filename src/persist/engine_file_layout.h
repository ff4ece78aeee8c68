// Sections of a saved engine, as engine_file.h notes them: for its writer and its reader.
#pragma once

#include <cstddef>
#include <cstdint>

#include "persist/section_file.h"

namespace vicinal::engine_file {

inline constexpr SectionTag kHeadTag = section_tag("head");
inline constexpr SectionTag kIdsTag = section_tag("ids ");
inline constexpr SectionTag kRowsTag = section_tag("rows");
inline constexpr SectionTag kCodecTag = section_tag("codc");
inline constexpr SectionTag kParametersTag = section_tag("parm");
inline constexpr SectionTag kCodesTag = section_tag("code");
inline constexpr SectionTag kConstantsTag = section_tag("cons");
inline constexpr SectionTag kIvfTag = section_tag("ivf ");
inline constexpr SectionTag kCentroidsTag = section_tag("cent");
inline constexpr SectionTag kListSizesTag = section_tag("size");
inline constexpr SectionTag kSlotsTag = section_tag("slot");
inline constexpr SectionTag kGraphTag = section_tag("hnsw");
inline constexpr SectionTag kLevelsTag = section_tag("levl");
inline constexpr SectionTag kBaseListsTag = section_tag("base");
inline constexpr SectionTag kUpperListsTag = section_tag("uppr");
inline constexpr SectionTag kPairConstantsTag = section_tag("pair");
inline constexpr SectionTag kCalibrationTag = section_tag("cali");

struct Head {
  uint32_t dim;
  uint32_t metric;
  uint64_t row_count;
  uint64_t next_id;
};
static_assert(sizeof(Head) == 24);

struct CodecHead {
  uint32_t kind;
  uint32_t bits;
  uint32_t segments;
  uint32_t rotation;
  float quantile;
  uint32_t keeps_vectors;
  uint64_t seed;
  uint32_t trained;
  uint32_t code_bytes;
  uint32_t constant_count;
  uint32_t parameter_count;
};
static_assert(sizeof(CodecHead) == 48);

struct IvfHead {
  uint32_t nlist;
  uint32_t list_count;
  float norm_bound;
  uint32_t quantized;
};
static_assert(sizeof(IvfHead) == 16);

struct GraphHead {
  uint32_t m;
  uint32_t ef_construction;
  uint32_t full_scan_threshold;
  uint32_t quantized;
  uint64_t seed;
  uint32_t entry;
  uint32_t linked_count;
  uint64_t upper_list_count;
};
static_assert(sizeof(GraphHead) == 40);

struct CalibrationHead {
  float target_recall;
  uint32_t row_count;
  uint32_t ef[2];
  float recall[2];
};
static_assert(sizeof(CalibrationHead) == 24);

/// Of files of kind kCompressedStore.
struct StoreHead {
  uint32_t dim;
  uint32_t metric;
  uint32_t codec;
  uint32_t bits;
  uint32_t keeps_vectors;
  uint32_t code_bytes;
  uint32_t constant_count;
  uint32_t parameter_count;
  uint64_t row_count;
};
static_assert(sizeof(StoreHead) == 40);

}  // namespace vicinal::engine_file
