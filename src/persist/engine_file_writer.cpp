#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "persist/engine_file.h"
#include "persist/engine_file_layout.h"
#include "persist/gathered_writes.h"
#include "persist/graph_sections.h"

namespace vicinal {
namespace {

using namespace engine_file;

// Some milliseconds' worth.
constexpr size_t kStepBytes = size_t{2} << 20;

FileKind kind_of(const EngineView& engine) {
  if (engine.ivf != nullptr) return FileKind::kIvfEngine;
  if (engine.hnsw != nullptr) return FileKind::kHnswEngine;
  return engine.quantization ? FileKind::kQuantizedEngine : FileKind::kSearchEngine;
}

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

// The first rows as bytes, wherever they are.
class RowBytes final : public ByteSource {
 public:
  RowBytes(const VectorRows& rows, size_t count)
      : rows_(rows), count_(count), row_bytes_(rows.dim() * sizeof(float)) {}

  uint64_t size() const override { return uint64_t{count_} * row_bytes_; }

  Status read_at(uint64_t offset, void* bytes, size_t size) override {
    auto* into = static_cast<unsigned char*>(bytes);
    while (size > 0) {
      const auto slot = static_cast<size_t>(offset / row_bytes_);
      const auto skipped = static_cast<size_t>(offset % row_bytes_);
      const float* row = rows_.row(slot);
      const Status read = rows_.take_failure();
      if (!read.ok()) return read;
      const size_t some = std::min(size, row_bytes_ - skipped);
      std::memcpy(into, reinterpret_cast<const unsigned char*>(row) + skipped, some);
      into += some;
      offset += some;
      size -= some;
    }
    return {};
  }

 private:
  const VectorRows& rows_;
  size_t count_;
  size_t row_bytes_;
};

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

}  // namespace

uint64_t engine_file_rows(const EngineView& engine) {
  const std::vector<SectionPlan> sections = plan(engine);
  // Behind the head and the ids.
  return section_offset(std::span(sections).first(2));
}

uint64_t engine_file_bytes(const EngineView& engine) {
  return section_file_bytes(plan(engine));
}

struct EngineFileWriter::State {
  State(ByteSink& written_to, const EngineView& view, const WrittenRows& present)
      : sink(written_to),
        engine(view),
        sections(plan(view)),
        writer(written_to, kind_of(view), sections),
        codec(codec_of(view)),
        code(codec != nullptr ? codec->code_bytes() : 0) {
    if (engine.ivf != nullptr || engine.hnsw != nullptr || engine.quantization) slots = rows_in_order(engine);
    if (engine.ivf != nullptr || engine.hnsw != nullptr) places = places_of_slots(engine);
    if (engine.hnsw != nullptr) graph.emplace(*engine.hnsw, slots);
    if (engine.deletions.count() == 0 && present.count <= engine.rows.unchanged()) known = present;
    // What is written anew gets a checksum anew.
    engine.rows.recheck();
  }

  // What a section is written by, some at a time.
  size_t item_count(const SectionPlan& section) const {
    if (section.length == 0) return 0;
    switch (section.tag) {
      case kRowsTag:
        return engine.ivf != nullptr ? engine.ivf->lists().list_count() : engine.rows.size();
      case kSlotsTag:
      case kLevelsTag:
      case kBaseListsTag:
      case kUpperListsTag:
      case kPairConstantsTag:
      case kCodesTag:
      case kConstantsTag:
        return slots.size();
      default:
        return 1;
    }
  }

  Status write(const SectionPlan& section, size_t first, size_t last) {
    switch (section.tag) {
      case kHeadTag:
        return write_value(section.tag, Head{static_cast<uint32_t>(engine.rows.dim()),
                                             static_cast<uint32_t>(engine.rows.metric()), live_count(engine),
                                             engine.ids.next_id()});
      case kIdsTag:
        return write_ids();
      case kRowsTag:
        return engine.ivf != nullptr ? write_list_rows(first, last) : write_rows(first, last);
      case kIvfTag:
      case kCentroidsTag:
      case kListSizesTag:
        return write_lists(section.tag);
      case kGraphTag:
        return write_value(section.tag, graph->head(engine.quantization.has_value()));
      case kCalibrationTag:
        return write_value(section.tag, graph->calibration());
      case kCodecTag:
        return write_value(section.tag, codec_head(engine));
      case kParametersTag:
        return write_all(section.tag, codec->parameters());
      default:
        return write_items(section, first, last);
    }
  }

  template <typename Value>
  Status write_value(SectionTag tag, const Value& value) {
    return writer.write(tag, &value, sizeof(value));
  }

  template <typename Value>
  Status write_all(SectionTag tag, const std::vector<Value>& values) {
    return writer.write(tag, values.data(), values.size() * sizeof(Value));
  }

  Status write_ids() {
    std::vector<uint32_t> ids;
    ids.reserve(live_count(engine));
    for (size_t slot = 0; slot < engine.ids.size(); ++slot) {
      if (!engine.deletions.contains(slot)) ids.push_back(to_number(engine.ids.id(slot)));
    }
    return write_all(kIdsTag, ids);
  }

  Status write_known_rows() {
    RowBytes bytes(engine.rows, known.count);
    rows_crc = known.crc;
    return writer.write_same(kRowsTag, known.offset, bytes, known.crc);
  }

  // As many at once as lie together and are live, straight from where they lie.
  Status write_rows(size_t first, size_t last) {
    const VectorRows& rows = engine.rows;
    for (size_t slot = first; slot < last;) {
      if (engine.deletions.contains(slot)) {
        ++slot;
        continue;
      }
      const size_t together = rows.is_stored() ? 1 : rows.rows().run(slot, last - slot).row_count;
      size_t live = 1;
      while (live < together && !engine.deletions.contains(slot + live)) ++live;
      const float* values = rows.row(slot);
      const Status read = rows.take_failure();
      if (!read.ok()) return read;
      const Status written = writer.write(kRowsTag, values, live * rows.dim() * sizeof(float));
      if (!written.ok()) return written;
      rows_crc = writer.crc();
      slot += live;
    }
    return {};
  }

  Status write_list_rows(size_t first, size_t last) {
    for (size_t number = first; number < last; ++number) {
      const RowBlocks<float>& rows = engine.ivf->lists().list(number).rows.rows();
      for (size_t index = 0; index < rows.block_count(); ++index) {
        const auto block = rows.block(index);
        const Status written =
            writer.write(kRowsTag, block.rows, block.row_count * rows.row_width() * sizeof(float));
        if (!written.ok()) return written;
      }
    }
    return {};
  }

  Status write_lists(SectionTag tag) {
    const CoarseQuantizer& quantizer = engine.ivf->quantizer();
    const IvfLists& lists = engine.ivf->lists();
    if (tag == kCentroidsTag) return write_all(tag, quantizer.centroids());
    if (tag == kIvfTag)
      return write_value(tag, IvfHead{static_cast<uint32_t>(quantizer.list_count()),
                                      static_cast<uint32_t>(lists.list_count()), quantizer.norm_bound(),
                                      engine.quantization ? 1u : 0u});
    std::vector<uint32_t> sizes;
    for (size_t list = 0; list < lists.list_count(); ++list)
      sizes.push_back(static_cast<uint32_t>(lists.list(list).size()));
    return write_all(tag, sizes);
  }

  // Of sections that hold something of each row.
  Status write_items(const SectionPlan& section, size_t first, size_t last) {
    const auto width = static_cast<size_t>(section.length / slots.size());
    GatheredWrites writes(writer, section.tag);
    for (size_t i = first; i < last; ++i) {
      const Status written = section.tag == kUpperListsTag ? graph->write_upper_lists(writes, slots[i])
                                                           : writes.write(item(section.tag, slots[i]), width);
      if (!written.ok()) return written;
    }
    return writes.finish();
  }

  // Valid until the next call.
  const void* item(SectionTag tag, uint32_t slot) {
    if (tag == kSlotsTag) return &places[slot];
    if (tag != kCodesTag && tag != kConstantsTag) return graph->item(tag, slot);
    const CodedPlace place = coded_place(engine, slot);
    if (tag == kCodesTag) return place.codes.code(place.slot, code.data());
    return place.codes.constants(place.slot);
  }

  ByteSink& sink;
  EngineView engine;
  std::vector<SectionPlan> sections;
  SectionFileWriter writer;
  const Codec* codec;
  std::vector<uint8_t> code;     // of one row
  std::vector<uint32_t> slots;   // in the order in which their rows are written
  std::vector<uint32_t> places;  // of slots among those that are live
  std::optional<SavedGraph> graph;
  WrittenRows known;      // that need not be written again
  uint32_t rows_crc = 0;  // of the float rows written so far
  bool begun = false;
  size_t current = 0;  // section being written
  size_t done = 0;     // items of it that are
};

EngineFileWriter::EngineFileWriter(ByteSink& sink, const EngineView& engine, const WrittenRows& present)
    : state_(std::make_unique<State>(sink, engine, present)) {}
EngineFileWriter::~EngineFileWriter() = default;

ByteSink& EngineFileWriter::sink() const {
  return state_->sink;
}

Result<bool> EngineFileWriter::step() {
  State& state = *state_;
  Status written = state.begun ? Status() : state.writer.begin();
  state.begun = true;
  for (size_t left = kStepBytes; written.ok() && left > 0 && state.current < state.sections.size();) {
    const SectionPlan& section = state.sections[state.current];
    const size_t count = state.item_count(section);
    if (count > 0 && section.tag == kRowsTag && state.done == 0 && state.known.count > 0) {
      written = state.write_known_rows();
      state.done = state.known.count;
    } else if (count > 0) {
      const size_t item_bytes = std::max<size_t>(1, static_cast<size_t>(section.length / count));
      const size_t some = std::min(count - state.done, std::max<size_t>(1, left / item_bytes));
      written = state.write(section, state.done, state.done + some);
      state.done += some;
      left -= std::min(left, some * item_bytes);
    }
    if (state.done < count) continue;
    ++state.current;
    state.done = 0;
  }
  if (written.ok() && state.current == state.sections.size()) written = state.writer.finish();
  if (!written.ok()) return written.error();
  return state.current == state.sections.size();
}

WrittenRows EngineFileWriter::written_rows() const {
  const EngineView& engine = state_->engine;
  const size_t count = engine.rows.size();
  if (engine.ivf != nullptr || engine.deletions.count() > 0 || count == 0) return {};
  return {count, section_offset(std::span(state_->sections).first(2)), state_->rows_crc};
}

}  // namespace vicinal
