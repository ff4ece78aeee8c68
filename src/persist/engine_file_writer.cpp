#include <algorithm>
#include <cstring>
#include <vector>

#include "persist/engine_file.h"
#include "persist/engine_file_layout.h"

namespace vicinal {
namespace {

using namespace engine_file;

// Bytes gathered between two writes, where rows are taken one by one.
constexpr size_t kGatherBytes = size_t{4} * 1024;

size_t live_count(const EngineView& engine) {
  return engine.ids.size() - engine.deletions.count();
}

// The ids of the live rows are the last ones given out.
bool ids_are_newest(const EngineView& engine) {
  const size_t live = live_count(engine);
  if (live == 0) return true;
  size_t first = 0;
  while (engine.deletions.contains(first)) ++first;
  return engine.ids.next_id() - to_number(engine.ids.id(first)) == live;
}

std::vector<SectionPlan> plan(const EngineView& engine) {
  const uint64_t live = live_count(engine);
  const bool has_vectors = !engine.codes || engine.quantization->keep_vectors;
  std::vector<SectionPlan> sections = {
      {kHeadTag, sizeof(Head)},
      {kIdsTag, ids_are_newest(engine) ? 0 : live * sizeof(uint32_t)},
      {kRowsTag, has_vectors ? live * engine.rows.dim() * sizeof(float) : 0}};
  if (!engine.quantization) return sections;
  sections.push_back({kCodecTag, sizeof(CodecHead)});
  uint64_t parameter_bytes = 0;
  uint64_t code_bytes = 0;
  uint64_t constant_bytes = 0;
  if (engine.codes) {
    const Codec& codec = engine.codes->codec();
    parameter_bytes = codec.parameters().size() * sizeof(float);
    code_bytes = live * codec.code_bytes();
    constant_bytes = live * codec.constant_count() * sizeof(float);
  }
  sections.push_back({kParametersTag, parameter_bytes});
  sections.push_back({kCodesTag, code_bytes});
  sections.push_back({kConstantsTag, constant_bytes});
  return sections;
}

CodecHead codec_head(const EngineView& engine) {
  const CodecOptions& options = engine.quantization->codec;
  CodecHead head{static_cast<uint32_t>(options.kind),
                 options.bits,
                 options.segments,
                 options.rotation ? 1u : 0u,
                 options.quantile,
                 engine.quantization->keep_vectors ? 1u : 0u,
                 options.seed,
                 0,
                 0,
                 0,
                 0};
  if (engine.codes) {
    const Codec& codec = engine.codes->codec();
    head.trained = 1;
    head.code_bytes = static_cast<uint32_t>(codec.code_bytes());
    head.constant_count = static_cast<uint32_t>(codec.constant_count());
    head.parameter_count = static_cast<uint32_t>(codec.parameters().size());
  }
  return head;
}

// Writes `width` bytes of every live row, which `bytes_of(slot)` points to until it is called again.
template <typename BytesOf>
Status write_gathered(SectionFileWriter& writer, SectionTag tag, const EngineView& engine, size_t width,
                      BytesOf bytes_of) {
  std::vector<unsigned char> buffer;
  buffer.reserve(kGatherBytes + width);
  for (size_t slot = 0; slot < engine.ids.size(); ++slot) {
    if (engine.deletions.contains(slot)) continue;
    const void* row = bytes_of(slot);
    const auto* bytes = static_cast<const unsigned char*>(row);
    buffer.insert(buffer.end(), bytes, bytes + width);
    if (buffer.size() < kGatherBytes) continue;
    const Status written = writer.write(tag, buffer.data(), buffer.size());
    if (!written.ok()) return written;
    buffer.clear();
  }
  return buffer.empty() ? Status() : writer.write(tag, buffer.data(), buffer.size());
}

Status write_ids(SectionFileWriter& writer, const EngineView& engine) {
  uint32_t id = 0;
  return write_gathered(writer, kIdsTag, engine, sizeof(id), [&](size_t slot) {
    id = to_number(engine.ids.id(slot));
    return &id;
  });
}

// Straight from where they lie: runs of live rows.
Status write_rows(SectionFileWriter& writer, const EngineView& engine) {
  const VectorRows& rows = engine.rows;
  size_t slot = 0;
  while (slot < rows.size()) {
    if (engine.deletions.contains(slot)) {
      ++slot;
      continue;
    }
    const auto run = rows.rows().run(slot, rows.size() - slot);
    size_t live = 1;
    if (engine.deletions.count() == 0) live = run.row_count;
    while (live < run.row_count && !engine.deletions.contains(slot + live)) ++live;
    const Status written = writer.write(kRowsTag, run.rows, live * rows.dim() * sizeof(float));
    if (!written.ok()) return written;
    slot += live;
  }
  return {};
}

Status write_codes(SectionFileWriter& writer, const EngineView& engine) {
  const CodedRows& codes = *engine.codes;
  const Codec& codec = codes.codec();
  std::vector<uint8_t> code(codec.code_bytes());
  Status written;
  if (!codec.parameters().empty()) {
    written =
        writer.write(kParametersTag, codec.parameters().data(), codec.parameters().size() * sizeof(float));
  }
  if (!written.ok()) return written;
  written = write_gathered(writer, kCodesTag, engine, code.size(),
                           [&](size_t slot) { return codes.code(slot, code.data()); });
  if (!written.ok() || codec.constant_count() == 0) return written;
  return write_gathered(writer, kConstantsTag, engine, codec.constant_count() * sizeof(float),
                        [&](size_t slot) { return codes.constants(slot); });
}

}  // namespace

uint64_t engine_file_bytes(const EngineView& engine) {
  return section_file_bytes(plan(engine));
}

Status write_engine_file(ByteSink& sink, const EngineView& engine) {
  const std::vector<SectionPlan> sections = plan(engine);
  SectionFileWriter writer(sink, engine.quantization ? FileKind::kQuantizedEngine : FileKind::kSearchEngine,
                           sections);
  Status written = writer.begin();
  const Head head{static_cast<uint32_t>(engine.rows.dim()), static_cast<uint32_t>(engine.rows.metric()),
                  live_count(engine), engine.ids.next_id()};
  if (written.ok()) written = writer.write(kHeadTag, &head, sizeof(head));
  if (written.ok() && sections[1].length > 0) written = write_ids(writer, engine);
  if (written.ok()) written = write_rows(writer, engine);
  if (written.ok() && engine.quantization) {
    const CodecHead codec = codec_head(engine);
    written = writer.write(kCodecTag, &codec, sizeof(codec));
  }
  if (written.ok() && engine.codes) written = write_codes(writer, engine);
  return written.ok() ? writer.finish() : written;
}

}  // namespace vicinal
