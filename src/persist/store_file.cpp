#include "persist/store_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

#include "base/metric.h"
#include "persist/section_file.h"

namespace vicinal {
namespace {

constexpr SectionTag kHeadTag = section_tag("head");
constexpr SectionTag kParametersTag = section_tag("parm");
constexpr SectionTag kCodesTag = section_tag("code");
constexpr SectionTag kConstantsTag = section_tag("cons");
constexpr SectionTag kVectorsTag = section_tag("rows");

static_assert(sizeof(StoreHead) == 40);

// Bounds that no codec comes near: they keep the sizes computed below free of overflow.
constexpr uint32_t kMaxCodeBytes = 16 * kMaxDim;
constexpr uint32_t kMaxConstantCount = 1024;
constexpr uint32_t kMaxParameterCount = 0x10000000;

// Bytes copied at a time on the way from the source to the rows.
constexpr size_t kReadBytes = size_t{64} * 1024;

std::array<SectionPlan, 5> plan(const StoreHead& head) {
  const uint64_t vector_bytes = head.keeps_vectors != 0 ? uint64_t{head.dim} * sizeof(float) : 0;
  return {SectionPlan{kHeadTag, sizeof(StoreHead)},
          SectionPlan{kParametersTag, uint64_t{head.parameter_count} * sizeof(float)},
          SectionPlan{kCodesTag, head.row_count * head.code_bytes},
          SectionPlan{kConstantsTag, head.row_count * head.constant_count * sizeof(float)},
          SectionPlan{kVectorsTag, head.row_count * vector_bytes}};
}

bool all_finite(const float* values, size_t count) {
  return std::all_of(values, values + count, [](float value) { return std::isfinite(value); });
}

template <typename Element>
Status write_blocks(SectionFileWriter& writer, SectionTag tag, const RowBlocks<Element>& rows) {
  for (size_t index = 0; index < rows.block_count(); ++index) {
    const auto block = rows.block(index);
    const Status written =
        writer.write(tag, block.rows, block.row_count * rows.row_width() * sizeof(Element));
    if (!written.ok()) return written;
  }
  return {};
}

template <typename Element>
Status read_blocks(const SectionFile& file, SectionTag tag, uint64_t row_count, RowBlocks<Element>& rows) {
  Result<SectionReader> section = file.section(tag);
  if (!section.ok()) return section.error();
  SectionReader& reader = section.value();
  const Status reserved = rows.reserve(static_cast<size_t>(row_count));
  if (!reserved.ok()) return reserved;
  const size_t row_bytes = rows.row_width() * sizeof(Element);
  const size_t rows_at_once = std::max<size_t>(1, kReadBytes / row_bytes);
  std::vector<Element> buffer(rows_at_once * rows.row_width());
  while (rows.size() < row_count) {
    const size_t count = static_cast<size_t>(std::min<uint64_t>(rows_at_once, row_count - rows.size()));
    const uint64_t offset = reader.offset();
    const Status read = reader.read(buffer.data(), count * row_bytes);
    if (!read.ok()) return read;
    if constexpr (std::is_same_v<Element, float>) {
      if (!all_finite(buffer.data(), count * rows.row_width())) return corrupt_at(offset);
    }
    rows.append_reserved(buffer.data(), count);
  }
  return reader.finish();
}

}  // namespace

uint64_t store_file_bytes(const StoreHead& head) {
  return section_file_bytes(plan(head));
}

Status write_store_file(ByteSink& sink, const StoreView& store) {
  const std::array<SectionPlan, 5> sections = plan(store.head);
  SectionFileWriter writer(sink, FileKind::kCompressedStore, sections);
  Status written = writer.begin();
  if (written.ok()) written = writer.write(kHeadTag, &store.head, sizeof(store.head));
  if (written.ok()) {
    written = writer.write(kParametersTag, store.parameters.data(), store.parameters.size() * sizeof(float));
  }
  if (written.ok()) written = write_blocks(writer, kCodesTag, store.codes);
  if (written.ok()) written = write_blocks(writer, kConstantsTag, store.constants);
  if (written.ok()) written = write_blocks(writer, kVectorsTag, store.vectors);
  return written.ok() ? writer.finish() : written;
}

Result<StoreFileReader> StoreFileReader::open(ByteSource& source) {
  Result<SectionFile> file = SectionFile::open(source, FileKind::kCompressedStore);
  if (!file.ok()) return file.error();
  Result<SectionReader> section = file.value().section(kHeadTag);
  if (!section.ok()) return section.error();

  StoreFileReader reader(file.value());
  StoreHead& head = reader.head_;
  reader.head_offset_ = section.value().offset();
  const Status read = section.value().read(&head, sizeof(head));
  if (!read.ok()) return read.error();
  const Status finished = section.value().finish();
  if (!finished.ok()) return finished.error();
  if (head.dim == 0 || head.dim > kMaxDim || head.metric >= kMetricCount || head.keeps_vectors > 1 ||
      head.code_bytes == 0 || head.code_bytes > kMaxCodeBytes || head.constant_count == 0 ||
      head.constant_count > kMaxConstantCount || head.parameter_count > kMaxParameterCount ||
      head.row_count > kMaxRowCount) {
    return corrupt_at(reader.head_offset_);
  }
  // From here on, memory that is asked for is bounded by the size of the file.
  for (const SectionPlan& planned : plan(head)) {
    Result<SectionReader> found = reader.file_.section(planned.tag);
    if (!found.ok()) return found.error();
    if (found.value().remaining() != planned.length) return corrupt_at(found.value().offset());
  }
  return reader;
}

Result<std::vector<float>> StoreFileReader::read_parameters() const {
  Result<SectionReader> section = file_.section(kParametersTag);
  if (!section.ok()) return section.error();
  const uint64_t offset = section.value().offset();
  std::vector<float> parameters(head_.parameter_count);
  const Status read = section.value().read(parameters.data(), parameters.size() * sizeof(float));
  if (!read.ok()) return read.error();
  const Status finished = section.value().finish();
  if (!finished.ok()) return finished.error();
  if (!all_finite(parameters.data(), parameters.size())) return corrupt_at(offset);
  return parameters;
}

Status StoreFileReader::read_rows(RowBlocks<uint8_t>& codes, RowBlocks<float>& constants,
                                  RowBlocks<float>& vectors) const {
  Status read = read_blocks(file_, kCodesTag, head_.row_count, codes);
  if (read.ok()) read = read_blocks(file_, kConstantsTag, head_.row_count, constants);
  if (read.ok() && head_.keeps_vectors != 0) read = read_blocks(file_, kVectorsTag, head_.row_count, vectors);
  return read;
}

}  // namespace vicinal
