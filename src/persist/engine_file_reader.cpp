#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>
#include <vector>

#include "persist/engine_file.h"
#include "persist/engine_file_layout.h"

namespace vicinal {
namespace {

using namespace engine_file;

// Bytes copied at a time on the way from the source to the rows.
constexpr size_t kReadBytes = size_t{64} * 1024;

// What the heads of a file of any kind say.
struct Claims {
  Head head{};
  bool lists_ids = false;
  bool is_quantized = false;
  CodecHead codec{};
  uint64_t offset = 0;  // of the head

  bool has_vectors() const { return codec.trained == 0 || codec.keeps_vectors != 0; }
  Quantization quantization() const {
    return {
        {CodecKind{codec.kind}, codec.bits, codec.segments, codec.rotation != 0, codec.quantile, codec.seed},
        codec.keeps_vectors != 0};
  }
};

// A section that is one struct.
template <typename Struct>
Result<Struct> read_struct(const SectionFile& file, SectionTag tag) {
  Result<SectionReader> section = file.section(tag);
  if (!section.ok()) return section.error();
  Struct contents;
  const Status read = section.value().read(&contents, sizeof(contents));
  if (!read.ok()) return read.error();
  const Status finished = section.value().finish();
  if (!finished.ok()) return finished.error();
  return contents;
}

// A section of `count` values of `width` elements, read some at a time: `take(elements, count, offset)`.
template <typename Element, typename Take>
Status read_values(const SectionFile& file, SectionTag tag, uint64_t count, size_t width, Take take) {
  Result<SectionReader> section = file.section(tag);
  if (!section.ok()) return section.error();
  SectionReader& reader = section.value();
  const size_t bytes = width * sizeof(Element);
  if (reader.remaining() != count * bytes) return corrupt_at(reader.offset());
  const size_t at_once = static_cast<size_t>(
      std::min<uint64_t>(std::max<uint64_t>(1, kReadBytes / std::max<size_t>(bytes, 1)), count));
  std::vector<Element> buffer(at_once * width);
  for (uint64_t done = 0; done < count;) {
    const auto some = static_cast<size_t>(std::min<uint64_t>(at_once, count - done));
    const uint64_t offset = reader.offset();
    Status taken = reader.read(buffer.data(), some * bytes);
    if (taken.ok()) taken = take(buffer.data(), some, offset);
    if (!taken.ok()) return taken;
    done += some;
  }
  return reader.finish();
}

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
  if (file.kind() == FileKind::kQuantizedEngine) {
    const Result<CodecHead> codec = read_struct<CodecHead>(file, kCodecTag);
    if (!codec.ok()) return codec.error();
    claims.codec = codec.value();
    claims.is_quantized = true;
  }
  return claims;
}

bool are_in_range(const Claims& claims) {
  const Head& head = claims.head;
  const CodecHead& codec = claims.codec;
  return check_dim(head.dim).ok() && head.metric < kMetricCount && head.next_id <= kMaxRowCount &&
         head.row_count <= head.next_id && codec.rotation <= 1 && codec.keeps_vectors <= 1 &&
         codec.trained <= 1 && (codec.trained == 1 || claims.codec.parameter_count == 0);
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

Status read_rows(const SectionFile& file, uint64_t row_count, VectorRows& rows) {
  Result<SectionReader> section = file.section(kRowsTag);
  if (!section.ok()) return section.error();
  if (section.value().remaining() != row_count * rows.dim() * sizeof(float)) {
    return corrupt_at(section.value().offset());
  }
  const Status reserved = rows.reserve(static_cast<size_t>(row_count));
  if (!reserved.ok()) return reserved;
  return read_values<float>(file, kRowsTag, row_count, rows.dim(),
                            [&](const float* values, size_t count, uint64_t offset) -> Status {
                              if (!check_rows(values, count, rows.dim(), rows.metric()).ok())
                                return corrupt_at(offset);
                              for (size_t row = 0; row < count; ++row)
                                rows.append_reserved(values + row * rows.dim());
                              return {};
                            });
}

bool all_finite(const float* values, size_t count) {
  return std::all_of(values, values + count, [](float value) { return std::isfinite(value); });
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

// The codes of a trained codec.
Status read_codes(const SectionFile& file, const Claims& claims, CodedRows& rows) {
  const CodecHead& head = claims.codec;
  const Codec& codec = rows.codec();
  if (head.code_bytes != codec.code_bytes() || head.constant_count != codec.constant_count() ||
      head.parameter_count != codec.parameters().size()) {
    return corrupt_at(claims.offset);
  }
  Result<std::vector<float>> parameters = read_finite(file, kParametersTag, head.parameter_count);
  if (!parameters.ok()) return parameters.error();
  if (!codec.valid_parameters(parameters.value())) return corrupt_at(claims.offset);
  rows.set_parameters(std::move(parameters.value()));

  const Result<std::vector<float>> constants =
      read_finite(file, kConstantsTag, claims.head.row_count * head.constant_count);
  if (!constants.ok()) return constants.error();
  const Result<SectionReader> section = file.section(kCodesTag);
  if (!section.ok()) return section.error();
  if (section.value().remaining() != claims.head.row_count * head.code_bytes) {
    return corrupt_at(section.value().offset());
  }
  const Status reserved = rows.reserve(static_cast<size_t>(claims.head.row_count));
  if (!reserved.ok()) return reserved;
  return read_values<uint8_t>(file, kCodesTag, claims.head.row_count, head.code_bytes,
                              [&](const uint8_t* codes, size_t count, uint64_t offset) -> Status {
                                for (size_t row = 0; row < count; ++row) {
                                  const uint8_t* code = codes + row * head.code_bytes;
                                  const float* of_row =
                                      constants.value().data() + rows.size() * head.constant_count;
                                  if (!codec.valid(code, of_row))
                                    return corrupt_at(offset + row * head.code_bytes);
                                  rows.append_coded(code, of_row, 1);
                                }
                                return {};
                              });
}

}  // namespace

Result<EngineContents> read_engine_file(ByteSource& source, const KernelTable& kernels) {
  const Result<SectionFile> opened = SectionFile::open(
      source, {FileKind::kSearchEngine, FileKind::kQuantizedEngine, FileKind::kCompressedStore});
  if (!opened.ok()) return opened.error();
  const SectionFile& file = opened.value();
  const Result<Claims> read = read_claims(file);
  if (!read.ok()) return read.error();
  const Claims& claims = read.value();
  if (!are_in_range(claims)) return corrupt_at(claims.offset);

  const Metric metric{claims.head.metric};
  EngineContents contents{VectorRows(claims.head.dim, metric), std::nullopt, std::nullopt, {}};
  if (claims.is_quantized) {
    contents.quantization = claims.quantization();
    Result<std::unique_ptr<Codec>> codec =
        make_codec(contents.quantization->codec, claims.head.dim, metric, kernels);
    if (!codec.ok()) return corrupt_at(claims.offset);
    if (claims.codec.trained == 0) {
      const Status checked = check_empty(file, {kParametersTag, kCodesTag, kConstantsTag});
      if (!checked.ok()) return checked.error();
    } else {
      contents.codes.emplace(std::move(codec.value()), claims.head.dim);
      const Status codes_read = read_codes(file, claims, *contents.codes);
      if (!codes_read.ok()) return codes_read.error();
      // Stores of that kind learned anew when they were empty.
      if (file.kind() == FileKind::kCompressedStore && claims.head.row_count == 0) contents.codes.reset();
    }
  }
  Result<IdMap> ids = read_ids(file, claims);
  if (!ids.ok()) return ids.error();
  contents.ids = std::move(ids.value());
  const Status rows_read = read_rows(file, claims.has_vectors() ? claims.head.row_count : 0, contents.rows);
  if (!rows_read.ok()) return rows_read.error();
  return contents;
}

}  // namespace vicinal
