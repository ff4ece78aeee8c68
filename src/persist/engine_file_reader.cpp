#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <utility>
#include <vector>

#include "base/all_finite.h"
#include "persist/engine_file.h"
#include "persist/engine_file_layout.h"
#include "persist/graph_sections.h"
#include "persist/section_values.h"

namespace vicinal {
namespace {

using namespace engine_file;

// What the heads of a file of any kind say.
struct Claims {
  Head head{};
  bool lists_ids = false;
  bool is_quantized = false;
  CodecHead codec{};
  bool has_lists = false;
  IvfHead ivf{};
  bool has_graph = false;
  GraphHead graph{};
  uint64_t offset = 0;  // of the head

  bool has_vectors() const { return codec.trained == 0 || codec.keeps_vectors != 0; }
  Quantization quantization() const {
    return {
        {CodecKind{codec.kind}, codec.bits, codec.segments, codec.rotation != 0, codec.quantile, codec.seed},
        codec.keeps_vectors != 0};
  }
};

Result<Claims> read_claims(const SectionFile& file) {
  Claims claims;
  const Result<SectionReader> section = file.section(kHeadTag);
  if (!section.ok()) return section.error();
  claims.offset = section.value().offset();
  if (file.kind() == FileKind::kCompressedStore) {
    const Result<StoreHead> read = read_struct<StoreHead>(file, kHeadTag);
    if (!read.ok()) return read.error();
    const StoreHead& store = read.value();
    if (store.codec != 0) return corrupt_at(claims.offset);
    claims.head = {store.dim, store.metric, store.row_count, store.row_count};
    claims.codec.bits = store.bits;
    claims.codec.keeps_vectors = store.keeps_vectors;
    claims.codec.trained = 1;
    claims.codec.code_bytes = store.code_bytes;
    claims.codec.constant_count = store.constant_count;
    claims.codec.parameter_count = store.parameter_count;
    claims.is_quantized = true;
    return claims;
  }
  const Result<Head> head = read_struct<Head>(file, kHeadTag);
  if (!head.ok()) return head.error();
  claims.head = head.value();
  const Result<SectionReader> ids = file.section(kIdsTag);
  if (!ids.ok()) return ids.error();
  claims.lists_ids = ids.value().remaining() > 0;
  claims.is_quantized = file.kind() == FileKind::kQuantizedEngine;
  if (file.kind() == FileKind::kIvfEngine) {
    const Result<IvfHead> ivf = read_struct<IvfHead>(file, kIvfTag);
    if (!ivf.ok()) return ivf.error();
    claims.ivf = ivf.value();
    claims.has_lists = true;
    claims.is_quantized = claims.ivf.quantized == 1;
  }
  if (file.kind() == FileKind::kHnswEngine) {
    const Result<GraphHead> graph = read_struct<GraphHead>(file, kGraphTag);
    if (!graph.ok()) return graph.error();
    claims.graph = graph.value();
    claims.has_graph = true;
    claims.is_quantized = claims.graph.quantized == 1;
  }
  if (claims.is_quantized) {
    const Result<CodecHead> codec = read_struct<CodecHead>(file, kCodecTag);
    if (!codec.ok()) return codec.error();
    claims.codec = codec.value();
  }
  return claims;
}

bool are_in_range(const Claims& claims) {
  const Head& head = claims.head;
  const CodecHead& codec = claims.codec;
  return check_dim(head.dim).ok() && head.metric < kMetricCount && head.next_id <= kMaxRowCount &&
         head.row_count <= head.next_id && codec.rotation <= 1 && codec.keeps_vectors <= 1 &&
         codec.trained <= 1 && (codec.trained == 1 || claims.codec.parameter_count == 0) &&
         claims.graph.quantized <= 1 && claims.ivf.quantized <= 1 &&
         claims.ivf.nlist <= claims.ivf.list_count && std::isfinite(claims.ivf.norm_bound) &&
         claims.ivf.norm_bound >= 0 && (!claims.has_lists || claims.ivf.list_count >= 1);
}

Result<IdMap> read_ids(const SectionFile& file, const Claims& claims) {
  const Head& head = claims.head;
  if (!claims.lists_ids) return IdMap::newest(static_cast<size_t>(head.row_count), head.next_id);
  std::vector<uint32_t> ids;
  const Status read = read_values<uint32_t>(
      file, kIdsTag, head.row_count, 1, [&](const uint32_t* values, size_t count, uint64_t offset) -> Status {
        for (size_t i = 0; i < count; ++i) {
          const bool ascends = ids.empty() || values[i] > ids.back();
          if (!ascends || values[i] >= head.next_id) return corrupt_at(offset + i * sizeof(uint32_t));
          ids.push_back(values[i]);
        }
        return {};
      });
  if (!read.ok()) return read.error();
  return IdMap(std::move(ids), head.next_id);
}

// `take(row)` of each, in order.
using TakeRow = std::function<void(const float*)>;
Status read_rows(const SectionFile& file, uint64_t row_count, size_t dim, Metric metric,
                 const TakeRow& take) {
  return read_values<float>(file, kRowsTag, row_count, dim,
                            [&](const float* values, size_t count, uint64_t offset) -> Status {
                              if (!check_rows(values, count, dim, metric).ok()) return corrupt_at(offset);
                              for (size_t row = 0; row < count; ++row) take(values + row * dim);
                              return {};
                            });
}

// Rows that there is room for, into it.
Status read_rows(const SectionFile& file, uint64_t row_count, VectorRows& rows) {
  Result<SectionReader> section = file.section(kRowsTag);
  if (!section.ok()) return section.error();
  SectionReader& reader = section.value();
  const Status read =
      rows.fill_reserved(static_cast<size_t>(row_count), [&](float* into, size_t count) -> Status {
        const uint64_t offset = reader.offset();
        const Status filled = reader.read(into, count * rows.dim() * sizeof(float));
        if (!filled.ok()) return filled;
        return check_rows(into, count, rows.dim(), rows.metric()).ok() ? Status() : corrupt_at(offset);
      });
  return read.ok() ? reader.finish() : read;
}

Result<std::vector<float>> read_finite(const SectionFile& file, SectionTag tag, uint64_t count) {
  std::vector<float> all;
  const Status read = read_values<float>(file, tag, count, 1,
                                         [&](const float* values, size_t some, uint64_t offset) -> Status {
                                           if (!all_finite(values, some)) return corrupt_at(offset);
                                           all.insert(all.end(), values, values + some);
                                           return {};
                                         });
  if (!read.ok()) return read.error();
  return all;
}

Status check_empty(const SectionFile& file, std::initializer_list<SectionTag> tags) {
  for (const SectionTag tag : tags) {
    const Result<SectionReader> section = file.section(tag);
    if (!section.ok()) return section.error();
    if (section.value().remaining() > 0) return corrupt_at(section.value().offset());
  }
  return {};
}

// What a codec has learned.
Status read_parameters(const SectionFile& file, const Claims& claims, Codec& codec) {
  const CodecHead& head = claims.codec;
  if (head.code_bytes != codec.code_bytes() || head.constant_count != codec.constant_count() ||
      head.parameter_count != codec.parameters().size()) {
    return corrupt_at(claims.offset);
  }
  Result<std::vector<float>> parameters = read_finite(file, kParametersTag, head.parameter_count);
  if (!parameters.ok()) return parameters.error();
  if (!codec.valid_parameters(parameters.value())) return corrupt_at(claims.offset);
  codec.set_parameters(std::move(parameters.value()));
  return check_length(file, kCodesTag, claims.head.row_count * head.code_bytes);
}

// `take(code, constants)` of each row, in order.
using TakeCode = std::function<void(const uint8_t*, const float*)>;
Status read_codes(const SectionFile& file, const Claims& claims, const Codec& codec, const TakeCode& take) {
  const CodecHead& head = claims.codec;
  const Result<std::vector<float>> constants =
      read_finite(file, kConstantsTag, claims.head.row_count * head.constant_count);
  if (!constants.ok()) return constants.error();
  const float* of_row = constants.value().data();
  return read_values<uint8_t>(file, kCodesTag, claims.head.row_count, head.code_bytes,
                              [&](const uint8_t* codes, size_t count, uint64_t offset) -> Status {
                                for (size_t row = 0; row < count; ++row) {
                                  const uint8_t* code = codes + row * head.code_bytes;
                                  if (!codec.valid(code, of_row))
                                    return corrupt_at(offset + row * head.code_bytes);
                                  take(code, of_row);
                                  of_row += head.constant_count;
                                }
                                return {};
                              });
}

// Rows and codes, list after list.
Status read_lists(const SectionFile& file, const Claims& claims, const std::shared_ptr<Codec>& codec,
                  IvfIndex& ivf) {
  const IvfHead& head = claims.ivf;
  const size_t dim = claims.head.dim;
  Result<std::vector<float>> centroids =
      read_finite(file, kCentroidsTag, head.nlist * uint64_t{ivf.quantizer().width()});
  if (!centroids.ok()) return centroids.error();
  const Result<std::vector<uint32_t>> sizes = read_all<uint32_t>(file, kListSizesTag, head.list_count);
  if (!sizes.ok()) return sizes.error();
  uint64_t row_count = 0;
  for (const uint32_t size : sizes.value()) row_count += size;
  if (row_count != claims.head.row_count) return corrupt_at(claims.offset);
  const Result<std::vector<uint32_t>> slots = read_all<uint32_t>(file, kSlotsTag, row_count);
  if (!slots.ok()) return slots.error();
  const uint64_t vectors = claims.has_vectors() ? row_count : 0;
  Status read = check_length(file, kRowsTag, vectors * dim * sizeof(float));
  if (!read.ok()) return read;

  IvfLists lists(dim, ivf.lists().metric());
  read = lists.begin_fill(sizes.value(), slots.value(), codec, claims.has_vectors());
  if (!read.ok()) return read.error().code == ErrorCode::kInvalidArgument ? corrupt_at(claims.offset) : read;
  // The list of the next row.
  size_t list = 0, in_list = 0;
  const auto next_list = [&] {
    while (in_list == sizes.value()[list]) {
      ++list;
      in_list = 0;
    }
    ++in_list;
    return list;
  };
  read = read_rows(file, vectors, dim, lists.metric(),
                   [&](const float* row) { lists.fill_row(next_list(), row); });
  if (!read.ok()) return read;
  list = in_list = 0;
  if (codec != nullptr) {
    read = read_codes(file, claims, *codec, [&](const uint8_t* code, const float* constants) {
      lists.fill_code(next_list(), code, constants);
    });
  }
  if (!read.ok()) return read;
  return ivf.restore(std::move(centroids.value()), head.norm_bound, std::move(lists));
}

// Rows that lie one behind another in a source.
class SavedRows final : public RowFile {
 public:
  SavedRows(std::unique_ptr<ByteSource> source, uint64_t offset, size_t row_count, size_t dim, Metric metric)
      : source_(std::move(source)), offset_(offset), row_count_(row_count), dim_(dim), metric_(metric) {}

  size_t row_count() const override { return row_count_; }

  Status read(size_t first, size_t row_count, float* rows) override {
    const size_t row_bytes = dim_ * sizeof(float);
    const uint64_t offset = offset_ + uint64_t{first} * row_bytes;
    const Status read = source_->read_at(offset, rows, row_count * row_bytes);
    if (!read.ok()) return read;
    return check_rows(rows, row_count, dim_, metric_).ok() ? Status() : corrupt_at(offset);
  }

  void recheck() override { source_->recheck(); }

 private:
  std::unique_ptr<ByteSource> source_;
  uint64_t offset_;
  size_t row_count_;
  size_t dim_;
  Metric metric_;
};

}  // namespace

Result<EngineContents> read_engine_file(ByteSource& source, const KernelTable& kernels, bool leaves_rows) {
  const Result<SectionFile> opened =
      SectionFile::open(source, {FileKind::kSearchEngine, FileKind::kQuantizedEngine,
                                 FileKind::kCompressedStore, FileKind::kIvfEngine, FileKind::kHnswEngine});
  if (!opened.ok()) return opened.error();
  const SectionFile& file = opened.value();
  const Result<Claims> read = read_claims(file);
  if (!read.ok()) return read.error();
  const Claims& claims = read.value();
  if (!are_in_range(claims)) return corrupt_at(claims.offset);

  const Metric metric{claims.head.metric};
  EngineContents contents{
      VectorRows(claims.head.dim, metric), {}, std::nullopt, std::nullopt, {}, nullptr, std::nullopt};
  std::shared_ptr<Codec> trained;
  if (claims.is_quantized) {
    contents.quantization = claims.quantization();
    Result<std::unique_ptr<Codec>> codec =
        make_codec(contents.quantization->codec, claims.head.dim, metric, kernels);
    if (!codec.ok() || (claims.has_graph && codec.value()->pair_scorer() == nullptr))
      return corrupt_at(claims.offset);
    if (claims.codec.trained == 0) {
      const Status checked = check_empty(file, {kParametersTag, kCodesTag, kConstantsTag});
      if (!checked.ok()) return checked.error();
    } else {
      trained = std::move(codec.value());
      const Status learned = read_parameters(file, claims, *trained);
      if (!learned.ok()) return learned.error();
    }
  }
  if (claims.has_lists) {
    contents.ivf = std::make_unique<IvfIndex>(claims.head.dim, metric, kernels);
    const Status lists_read = read_lists(file, claims, trained, *contents.ivf);
    if (!lists_read.ok()) return lists_read.error();
  } else {
    if (trained != nullptr) {
      CodedRows& codes = contents.codes.emplace(trained, claims.head.dim);
      Status codes_read = codes.reserve(static_cast<size_t>(claims.head.row_count));
      if (codes_read.ok()) {
        codes_read =
            read_codes(file, claims, *trained, [&codes](const uint8_t* code, const float* constants) {
              codes.append_coded(code, constants, 1);
            });
      }
      if (!codes_read.ok()) return codes_read.error();
      // Stores of that kind learned anew when they were empty.
      if (file.kind() == FileKind::kCompressedStore && claims.head.row_count == 0) contents.codes.reset();
    }
  }
  if (!claims.has_lists) {
    const uint64_t row_count = claims.has_vectors() ? claims.head.row_count : 0;
    Status rows_read = check_length(file, kRowsTag, row_count * claims.head.dim * sizeof(float));
    if (!leaves_rows || trained == nullptr) {
      if (rows_read.ok()) rows_read = contents.rows.reserve(static_cast<size_t>(row_count));
      if (rows_read.ok()) rows_read = read_rows(file, row_count, contents.rows);
    }
    if (!rows_read.ok()) return rows_read.error();
    const SectionReader section = file.section(kRowsTag).value();
    contents.written_rows = {static_cast<size_t>(row_count), section.offset(), section.crc()};
  }
  if (claims.has_graph) {
    Result<GraphContents> graph =
        read_graph(file, claims.graph, claims.head.row_count, std::move(contents.codes));
    if (!graph.ok()) return graph.error();
    contents.codes.reset();
    contents.graph = std::move(graph.value());
  }
  Result<IdMap> ids = read_ids(file, claims);
  if (!ids.ok()) return ids.error();
  contents.ids = std::move(ids.value());
  return contents;
}

Result<RowsPlace> locate_rows(ByteSource& source) {
  const Result<SectionFile> opened = SectionFile::open(
      source,
      {FileKind::kSearchEngine, FileKind::kQuantizedEngine, FileKind::kIvfEngine, FileKind::kHnswEngine});
  if (!opened.ok()) return opened.error();
  const SectionFile& file = opened.value();
  const Result<Head> head = read_struct<Head>(file, kHeadTag);
  if (!head.ok()) return head.error();
  const Result<SectionReader> ids_section = file.section(kIdsTag);
  if (!ids_section.ok()) return ids_section.error();
  const Result<SectionReader> rows = file.section(kRowsTag);
  if (!rows.ok()) return rows.error();
  Claims claims;
  claims.head = head.value();
  claims.lists_ids = ids_section.value().remaining() > 0;
  const uint64_t row_count = claims.head.row_count;
  if (!are_in_range(claims)) return corrupt_at(0);
  RowsPlace place{claims.head.dim, rows.value().offset(), {}};
  if (rows.value().remaining() == 0) return place;
  const Status whole = check_length(file, kRowsTag, row_count * place.dim * sizeof(float));
  if (!whole.ok()) return whole.error();
  const Result<IdMap> ids = read_ids(file, claims);
  if (!ids.ok()) return ids.error();
  for (size_t slot = 0; slot < row_count; ++slot) place.ids.push_back(to_number(ids.value().id(slot)));
  if (file.kind() != FileKind::kIvfEngine) return place;

  const Result<std::vector<uint32_t>> slots = read_all<uint32_t>(file, kSlotsTag, row_count);
  if (!slots.ok()) return slots.error();
  std::vector<uint32_t> in_order;
  std::vector<bool> taken(static_cast<size_t>(row_count));
  for (const uint32_t slot : slots.value()) {
    if (slot >= row_count || taken[slot]) return corrupt_at(0);
    taken[slot] = true;
    in_order.push_back(place.ids[slot]);
  }
  place.ids = std::move(in_order);
  return place;
}

Result<RowsPlace> locate_rows_without_table(ByteSource& source) {
  const Result<FileKind> kind = SectionFile::kind_of(
      source, {FileKind::kSearchEngine, FileKind::kQuantizedEngine, FileKind::kHnswEngine});
  if (!kind.ok()) return kind.error();
  Claims claims;
  const Status read = source.read_at(section_offset({}), &claims.head, sizeof(Head));
  if (!read.ok()) return read.error();
  if (!are_in_range(claims)) return corrupt_at(section_offset({}));
  const auto [dim, metric, row_count, next_id] = claims.head;
  const SectionPlan before[] = {{kHeadTag, sizeof(Head)}, {kIdsTag, row_count * sizeof(uint32_t)}};
  const uint64_t ids_offset = section_offset(std::span(before).first(1));
  std::vector<uint32_t> ids;
  // Listed are ids that are not the newest. What reads as a list may be rows all the same.
  bool listed = row_count > 0 && ids_offset + row_count * sizeof(uint32_t) <= source.size();
  if (listed) {
    ids.resize(static_cast<size_t>(row_count));
    const Status ids_read = source.read_at(ids_offset, ids.data(), ids.size() * sizeof(uint32_t));
    listed = ids_read.ok() && ids.back() < next_id && ids.front() + row_count < next_id &&
             std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end();
  }
  if (!listed) {
    ids.clear();
    for (uint64_t id = next_id - row_count; id < next_id; ++id) ids.push_back(static_cast<uint32_t>(id));
  }
  return RowsPlace{dim, section_offset(std::span(before).first(listed ? 2 : 1)), std::move(ids)};
}

std::unique_ptr<RowFile> rows_in_place(std::unique_ptr<ByteSource> source, uint64_t offset, size_t row_count,
                                       size_t dim, Metric metric) {
  return std::make_unique<SavedRows>(std::move(source), offset, row_count, dim, metric);
}

}  // namespace vicinal
