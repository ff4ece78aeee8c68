#include <algorithm>
#include <functional>
#include <vector>

#include "persist/engine_file.h"
#include "persist/engine_file_layout.h"
#include "persist/gathered_writes.h"
#include "persist/graph_sections.h"

namespace vicinal {
namespace {

using namespace engine_file;

// The codec of the rows; null where they are not kept in codes.
const Codec* codec_of(const EngineView& engine) {
  if (engine.ivf != nullptr) return engine.ivf->lists().codec().get();
  if (engine.hnsw != nullptr) return engine.hnsw->has_codes() ? &engine.hnsw->codes().codec() : nullptr;
  return engine.codes ? &engine.codes->codec() : nullptr;
}

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
  const Codec* codec = codec_of(engine);
  const bool has_vectors = codec == nullptr || engine.quantization->keep_vectors;
  std::vector<SectionPlan> sections = {
      {kHeadTag, sizeof(Head)},
      {kIdsTag, ids_are_newest(engine) ? 0 : live * sizeof(uint32_t)},
      {kRowsTag, has_vectors ? live * engine.rows.dim() * sizeof(float) : 0}};
  if (engine.ivf != nullptr) {
    sections.push_back({kIvfTag, sizeof(IvfHead)});
    sections.push_back({kCentroidsTag, engine.ivf->quantizer().centroids().size() * sizeof(float)});
    sections.push_back({kListSizesTag, engine.ivf->lists().list_count() * sizeof(uint32_t)});
    sections.push_back({kSlotsTag, live * sizeof(uint32_t)});
  }
  if (engine.hnsw != nullptr) plan_graph(*engine.hnsw, sections);
  if (!engine.quantization) return sections;
  sections.push_back({kCodecTag, sizeof(CodecHead)});
  uint64_t parameter_bytes = 0;
  uint64_t code_bytes = 0;
  uint64_t constant_bytes = 0;
  if (codec != nullptr) {
    parameter_bytes = codec->parameters().size() * sizeof(float);
    code_bytes = live * codec->code_bytes();
    constant_bytes = live * codec->constant_count() * sizeof(float);
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
  if (const Codec* codec = codec_of(engine)) {
    head.trained = 1;
    head.code_bytes = static_cast<uint32_t>(codec->code_bytes());
    head.constant_count = static_cast<uint32_t>(codec->constant_count());
    head.parameter_count = static_cast<uint32_t>(codec->parameters().size());
  }
  return head;
}

// The slots of live rows in the order that they are written in.
std::vector<uint32_t> rows_in_order(const EngineView& engine) {
  if (engine.hnsw != nullptr) return engine.hnsw->slots_by_node();
  std::vector<uint32_t> slots;
  slots.reserve(live_count(engine));
  if (engine.ivf != nullptr) {
    const IvfLists& lists = engine.ivf->lists();
    for (size_t list = 0; list < lists.list_count(); ++list)
      slots.insert(slots.end(), lists.list(list).slots.begin(), lists.list(list).slots.end());
    return slots;
  }
  for (size_t slot = 0; slot < engine.ids.size(); ++slot) {
    if (!engine.deletions.contains(slot)) slots.push_back(static_cast<uint32_t>(slot));
  }
  return slots;
}

// The places of slots among those that are live.
std::vector<uint32_t> places_of_slots(const EngineView& engine) {
  std::vector<uint32_t> places(engine.ids.size());
  uint32_t live = 0;
  for (size_t slot = 0; slot < places.size(); ++slot) {
    places[slot] = live;
    if (!engine.deletions.contains(slot)) ++live;
  }
  return places;
}

// Writes `width` bytes of each of some rows, which `bytes_of(slot)` points to until it is called again.
using BytesOf = std::function<const void*(size_t)>;
Status write_gathered(SectionFileWriter& writer, SectionTag tag, const std::vector<uint32_t>& slots,
                      size_t width, const BytesOf& bytes_of) {
  GatheredWrites writes(writer, tag);
  for (const uint32_t slot : slots) {
    const Status written = writes.write(bytes_of(slot), width);
    if (!written.ok()) return written;
  }
  return writes.finish();
}

Status write_ids(SectionFileWriter& writer, const EngineView& engine) {
  std::vector<uint32_t> ids;
  ids.reserve(live_count(engine));
  for (size_t slot = 0; slot < engine.ids.size(); ++slot) {
    if (!engine.deletions.contains(slot)) ids.push_back(to_number(engine.ids.id(slot)));
  }
  return writer.write(kIdsTag, ids.data(), ids.size() * sizeof(uint32_t));
}

// Straight from where they lie, list after list.
Status write_list_rows(SectionFileWriter& writer, const IvfLists& lists) {
  Status written;
  for (size_t number = 0; written.ok() && number < lists.list_count(); ++number) {
    const RowBlocks<float>& rows = lists.list(number).rows.rows();
    for (size_t index = 0; written.ok() && index < rows.block_count(); ++index) {
      const auto block = rows.block(index);
      written = writer.write(kRowsTag, block.rows, block.row_count * rows.row_width() * sizeof(float));
    }
  }
  return written;
}

Status write_lists(SectionFileWriter& writer, const EngineView& engine, const std::vector<uint32_t>& slots) {
  const CoarseQuantizer& quantizer = engine.ivf->quantizer();
  const IvfLists& lists = engine.ivf->lists();
  const IvfHead head{static_cast<uint32_t>(quantizer.list_count()), static_cast<uint32_t>(lists.list_count()),
                     quantizer.norm_bound(), engine.quantization ? 1u : 0u};
  Status written = writer.write(kIvfTag, &head, sizeof(head));
  const std::vector<float>& centroids = quantizer.centroids();
  if (written.ok() && !centroids.empty())
    written = writer.write(kCentroidsTag, centroids.data(), centroids.size() * sizeof(float));
  std::vector<uint32_t> sizes;
  for (size_t list = 0; list < lists.list_count(); ++list)
    sizes.push_back(static_cast<uint32_t>(lists.list(list).size()));
  if (written.ok()) written = writer.write(kListSizesTag, sizes.data(), sizes.size() * sizeof(uint32_t));
  if (!written.ok()) return written;
  const std::vector<uint32_t> places = places_of_slots(engine);
  return write_gathered(writer, kSlotsTag, slots, sizeof(uint32_t),
                        [&](size_t slot) { return &places[slot]; });
}

// One after another, as they are read from a file.
Status write_stored_rows(SectionFileWriter& writer, const EngineView& engine) {
  const VectorRows& rows = engine.rows;
  // What is written anew gets a checksum anew.
  rows.recheck();
  for (size_t slot = 0; slot < rows.size(); ++slot) {
    if (engine.deletions.contains(slot)) continue;
    const float* row = rows.row(slot);
    const Status read = rows.take_failure();
    if (!read.ok()) return read;
    const Status written = writer.write(kRowsTag, row, rows.dim() * sizeof(float));
    if (!written.ok()) return written;
  }
  return {};
}

// Straight from where they lie: runs of live rows.
Status write_rows(SectionFileWriter& writer, const EngineView& engine) {
  const VectorRows& rows = engine.rows;
  if (rows.is_stored()) return write_stored_rows(writer, engine);
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

// Where the codes of a row are.
struct CodedPlace {
  const CodedRows& codes;
  size_t slot;  // there
};

CodedPlace coded_place(const EngineView& engine, size_t slot) {
  if (engine.hnsw != nullptr) return {engine.hnsw->codes(), engine.hnsw->node(slot)};
  if (engine.ivf == nullptr) return {*engine.codes, slot};
  const IvfLists& lists = engine.ivf->lists();
  return {*lists.list(lists.list_of(slot)).codes, lists.position_of(slot)};
}

Status write_codes(SectionFileWriter& writer, const EngineView& engine, const Codec& codec,
                   const std::vector<uint32_t>& slots) {
  std::vector<uint8_t> code(codec.code_bytes());
  Status written;
  if (!codec.parameters().empty()) {
    written =
        writer.write(kParametersTag, codec.parameters().data(), codec.parameters().size() * sizeof(float));
  }
  if (!written.ok()) return written;
  written = write_gathered(writer, kCodesTag, slots, code.size(), [&](size_t slot) {
    const CodedPlace place = coded_place(engine, slot);
    return place.codes.code(place.slot, code.data());
  });
  if (!written.ok() || codec.constant_count() == 0) return written;
  return write_gathered(writer, kConstantsTag, slots, codec.constant_count() * sizeof(float),
                        [&](size_t slot) {
                          const CodedPlace place = coded_place(engine, slot);
                          return place.codes.constants(place.slot);
                        });
}

}  // namespace

uint64_t engine_file_rows(const EngineView& engine) {
  const std::vector<SectionPlan> sections = plan(engine);
  // Behind the head and the ids.
  return section_offset(std::span(sections).first(2));
}

uint64_t engine_file_bytes(const EngineView& engine) {
  return section_file_bytes(plan(engine));
}

Status write_engine_file(ByteSink& sink, const EngineView& engine) {
  const std::vector<SectionPlan> sections = plan(engine);
  const FileKind kind = engine.ivf != nullptr    ? FileKind::kIvfEngine
                        : engine.hnsw != nullptr ? FileKind::kHnswEngine
                        : engine.quantization    ? FileKind::kQuantizedEngine
                                                 : FileKind::kSearchEngine;
  SectionFileWriter writer(sink, kind, sections);
  const Codec* codec = codec_of(engine);
  const std::vector<uint32_t> slots =
      kind != FileKind::kSearchEngine ? rows_in_order(engine) : std::vector<uint32_t>();
  Status written = writer.begin();
  const Head head{static_cast<uint32_t>(engine.rows.dim()), static_cast<uint32_t>(engine.rows.metric()),
                  live_count(engine), engine.ids.next_id()};
  if (written.ok()) written = writer.write(kHeadTag, &head, sizeof(head));
  if (written.ok() && sections[1].length > 0) written = write_ids(writer, engine);
  if (written.ok()) {
    written =
        engine.ivf != nullptr ? write_list_rows(writer, engine.ivf->lists()) : write_rows(writer, engine);
  }
  if (written.ok() && engine.ivf != nullptr) written = write_lists(writer, engine, slots);
  if (written.ok() && engine.hnsw != nullptr) {
    written =
        write_graph(writer, *engine.hnsw, slots, places_of_slots(engine), engine.quantization.has_value());
  }
  if (written.ok() && engine.quantization) {
    const CodecHead quantized = codec_head(engine);
    written = writer.write(kCodecTag, &quantized, sizeof(quantized));
  }
  if (written.ok() && codec != nullptr) written = write_codes(writer, engine, *codec, slots);
  return written.ok() ? writer.finish() : written;
}

}  // namespace vicinal
