// Saved engines that keep rows in codes: ones that are whole, and ones that no engine writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "persist/engine_file_layout.h"
#include "persist/section_file.h"
#include "support/byte_buffer.h"
#include "support/quantized_engine.h"

namespace vicinal {

inline constexpr size_t kGoldenCodedDim = 67;  // a whole run of every code layout, and some values more
inline constexpr size_t kGoldenCodedRows = 4;
inline constexpr uint32_t kGoldenBits[] = {8, 4, 2, 1};

/// The golden engine of so many bits: each has another metric, one keeps its vectors.
inline Coding golden_coding(uint32_t bits) {
  const Metric metric = bits == 8   ? Metric::kCosine
                        : bits == 4 ? Metric::kEuclidean
                        : bits == 2 ? Metric::kDot
                                    : Metric::kManhattan;
  return {kGoldenCodedDim, metric, {.bits = bits}, bits == 4};
}

/// Rows [kGoldenCodedRows x kGoldenCodedDim] in eighths, the same in every format.
inline std::vector<float> golden_coded_rows() {
  std::vector<float> rows(kGoldenCodedRows * kGoldenCodedDim);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>(i * 37 % 101) / 8 - 5;
  return rows;
}

/// The engine of tests/data/quantized-v1-BITSbit.vicinal, and of store-v1-BITSbit.vicinal.
inline std::unique_ptr<SearchEngine> golden_quantized(uint32_t bits, const KernelTable& kernels) {
  std::unique_ptr<SearchEngine> engine = quantized_engine(golden_coding(bits), kernels);
  const std::vector<float> rows = golden_coded_rows();
  const bool made = engine->add(rows.data(), kGoldenCodedRows).ok() && train(*engine);
  return made ? std::move(engine) : nullptr;
}

inline std::string golden_quantized_name(uint32_t version, uint32_t bits) {
  return "quantized-v" + std::to_string(version) + '-' + std::to_string(bits) + "bit.vicinal";
}

/// What a file says, in the layout of persist/engine_file.h, true or not. As it stands: two rows of three values
/// in 4 bits under dot, with ids 1 and 3.
struct CodedClaims {
  engine_file::Head head = {.dim = 3, .metric = 3, .row_count = 2, .next_id = 5};
  engine_file::CodecHead codec = {.kind = 0,
                                  .bits = 4,
                                  .segments = 0,
                                  .rotation = 0,
                                  .quantile = 0,
                                  .keeps_vectors = 0,
                                  .seed = 0,
                                  .trained = 1,
                                  .code_bytes = 2,
                                  .constant_count = 3,
                                  .parameter_count = 3};
  std::vector<uint32_t> ids = {1, 3};
  std::vector<float> parameters = {0.5f, 0, -1};
  std::vector<uint8_t> codes = {0x21, 0x03, 0xFF, 0x0F};
  std::vector<float> constants = {-1, 0.5f, 6, 2, 0.25f, 45};
  std::vector<float> vectors = {};
};

struct ClaimedSection {
  SectionTag tag;
  const void* bytes;
  size_t size;
};

template <typename Element>
ClaimedSection claimed_section(SectionTag tag, const std::vector<Element>& values) {
  return {tag, values.data(), values.size() * sizeof(Element)};
}

/// A file of these sections, whose checksums are right.
inline Bytes claimed_sections(FileKind kind, const std::vector<ClaimedSection>& sections) {
  std::vector<SectionPlan> plans;
  for (const ClaimedSection& section : sections) plans.push_back({section.tag, section.size});
  BufferSink sink;
  SectionFileWriter writer(sink, kind, plans);
  bool written = writer.begin().ok();
  for (const ClaimedSection& section : sections) {
    if (section.size == 0) continue;
    written = written && writer.write(section.tag, section.bytes, section.size).ok();
  }
  return written && writer.finish().ok() ? sink.bytes() : Bytes();
}

inline Bytes claimed_file(const CodedClaims& claims) {
  using namespace engine_file;
  return claimed_sections(FileKind::kQuantizedEngine, {{kHeadTag, &claims.head, sizeof(claims.head)},
                                                       claimed_section(kIdsTag, claims.ids),
                                                       claimed_section(kRowsTag, claims.vectors),
                                                       {kCodecTag, &claims.codec, sizeof(claims.codec)},
                                                       claimed_section(kParametersTag, claims.parameters),
                                                       claimed_section(kCodesTag, claims.codes),
                                                       claimed_section(kConstantsTag, claims.constants)});
}

/// The same two rows as a file of kind kCompressedStore, with this head.
inline Bytes claimed_store_file(const engine_file::StoreHead& head) {
  using namespace engine_file;
  const CodedClaims claims;
  return claimed_sections(FileKind::kCompressedStore, {{kHeadTag, &head, sizeof(head)},
                                                       claimed_section(kParametersTag, claims.parameters),
                                                       claimed_section(kCodesTag, claims.codes),
                                                       claimed_section(kConstantsTag, claims.constants),
                                                       claimed_section(kRowsTag, claims.vectors)});
}

}  // namespace vicinal
