// Saved compressed stores: ones that are whole, and ones that no store writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/compressed_store.h"
#include "persist/section_file.h"
#include "persist/store_file.h"
#include "support/byte_buffer.h"

namespace vicinal {

inline constexpr size_t kGoldenStoreDim = 67;  // a whole run of every code layout, and some values more
inline constexpr size_t kGoldenStoreRows = 4;
inline constexpr uint32_t kGoldenBits[] = {8, 4, 2, 1};

/// The options of the golden store of so many bits: each has another metric, one keeps its vectors.
inline CompressedStoreOptions golden_store_options(uint32_t bits) {
  const Metric metric = bits == 8   ? Metric::kCosine
                        : bits == 4 ? Metric::kEuclidean
                        : bits == 2 ? Metric::kDot
                                    : Metric::kManhattan;
  return {kGoldenStoreDim, metric, {CodecKind::kScalar, bits}, bits == 4};
}

/// Rows [kGoldenStoreRows x kGoldenStoreDim] in eighths, the same in every format.
inline std::vector<float> golden_store_rows() {
  std::vector<float> rows(kGoldenStoreRows * kGoldenStoreDim);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>(i * 37 % 101) / 8 - 5;
  return rows;
}

/// The store of tests/data/store-v1-BITSbit.vicinal.
inline std::unique_ptr<CompressedStore> golden_store(uint32_t bits, const KernelTable& kernels) {
  auto store = std::move(CompressedStore::create(golden_store_options(bits), kernels).value());
  const std::vector<float> rows = golden_store_rows();
  return store->add(rows.data(), kGoldenStoreRows).ok() ? std::move(store) : nullptr;
}

inline std::string golden_store_name(uint32_t version, uint32_t bits) {
  return "store-v" + std::to_string(version) + '-' + std::to_string(bits) + "bit.vicinal";
}

/// What a store's file says, in the layout of persist/store_file.h, true or not. As it stands: two rows of
/// three values in 4 bits under dot.
struct StoreClaims {
  StoreHead head = {.dim = 3,
                    .metric = 3,
                    .codec = 0,
                    .bits = 4,
                    .keeps_vectors = 0,
                    .code_bytes = 2,
                    .constant_count = 3,
                    .parameter_count = 3,
                    .row_count = 2};
  std::vector<float> parameters = {0.5f, 0, -1};
  std::vector<uint8_t> codes = {0x21, 0x03, 0xFF, 0x0F};
  std::vector<float> constants = {-1, 0.5f, 6, 2, 0.25f, 45};
  std::vector<float> vectors = {};
};

/// A file with these claims, whose checksums are right.
inline Bytes claimed_store_file(const StoreClaims& claims) {
  const SectionPlan sections[] = {{section_tag("head"), sizeof(claims.head)},
                                  {section_tag("parm"), claims.parameters.size() * sizeof(float)},
                                  {section_tag("code"), claims.codes.size()},
                                  {section_tag("cons"), claims.constants.size() * sizeof(float)},
                                  {section_tag("rows"), claims.vectors.size() * sizeof(float)}};
  const void* const contents[] = {&claims.head, claims.parameters.data(), claims.codes.data(),
                                  claims.constants.data(), claims.vectors.data()};
  BufferSink sink;
  SectionFileWriter writer(sink, FileKind::kCompressedStore, sections);
  bool written = writer.begin().ok();
  for (size_t index = 0; index < 5; ++index) {
    if (sections[index].length == 0) continue;
    written =
        written &&
        writer.write(sections[index].tag, contents[index], static_cast<size_t>(sections[index].length)).ok();
  }
  return written && writer.finish().ok() ? sink.bytes() : Bytes();
}

}  // namespace vicinal
