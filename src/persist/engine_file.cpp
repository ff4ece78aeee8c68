#include "persist/engine_file.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "persist/section_file.h"

namespace vicinal {
namespace {

constexpr SectionTag kHeadTag = section_tag("head");
constexpr SectionTag kIdsTag = section_tag("ids ");
constexpr SectionTag kRowsTag = section_tag("rows");

struct Head {
  uint32_t dim;
  uint32_t metric;
  uint64_t row_count;
  uint64_t next_id;
};
static_assert(sizeof(Head) == 24);

// Bytes copied at a time on the way from the source to the rows.
constexpr size_t kReadBytes = size_t{64} * 1024;

size_t live_count(const IdMap& ids, const Deletions& deletions) {
  return ids.size() - deletions.count();
}

// The ids of the live rows are the last ones given out.
bool ids_are_newest(const IdMap& ids, const Deletions& deletions) {
  const size_t live = live_count(ids, deletions);
  if (live == 0) return true;
  size_t first = 0;
  while (deletions.contains(first)) ++first;
  return ids.next_id() - to_number(ids.id(first)) == live;
}

std::array<SectionPlan, 3> plan(const VectorRows& rows, const IdMap& ids, const Deletions& deletions) {
  const uint64_t live = live_count(ids, deletions);
  return {SectionPlan{kHeadTag, sizeof(Head)},
          SectionPlan{kIdsTag, ids_are_newest(ids, deletions) ? 0 : live * sizeof(uint32_t)},
          SectionPlan{kRowsTag, live * rows.dim() * sizeof(float)}};
}

Status write_ids(SectionFileWriter& writer, const IdMap& ids, const Deletions& deletions) {
  std::array<uint32_t, 1024> buffer;
  size_t count = 0;
  for (size_t slot = 0; slot < ids.size(); ++slot) {
    if (deletions.contains(slot)) continue;
    buffer[count++] = to_number(ids.id(slot));
    if (count < buffer.size()) continue;
    const Status written = writer.write(kIdsTag, buffer.data(), count * sizeof(uint32_t));
    if (!written.ok()) return written;
    count = 0;
  }
  return count > 0 ? writer.write(kIdsTag, buffer.data(), count * sizeof(uint32_t)) : Status();
}

Status write_rows(SectionFileWriter& writer, const VectorRows& rows, const Deletions& deletions) {
  size_t slot = 0;
  while (slot < rows.size()) {
    if (deletions.contains(slot)) {
      ++slot;
      continue;
    }
    const auto run = rows.rows().run(slot, rows.size() - slot);
    size_t live = 1;
    if (deletions.count() == 0) live = run.row_count;
    while (live < run.row_count && !deletions.contains(slot + live)) ++live;
    const Status written = writer.write(kRowsTag, run.rows, live * rows.dim() * sizeof(float));
    if (!written.ok()) return written;
    slot += live;
  }
  return {};
}

Result<Head> read_head(const SectionFile& file) {
  Result<SectionReader> section = file.section(kHeadTag);
  if (!section.ok()) return section.error();
  SectionReader& reader = section.value();
  const uint64_t offset = reader.offset();
  Head head;
  const Status read = reader.read(&head, sizeof(head));
  if (!read.ok()) return read.error();
  const Status finished = reader.finish();
  if (!finished.ok()) return finished.error();
  if (head.dim == 0 || head.dim > kMaxDim || head.metric >= kMetricCount || head.next_id > kMaxRowCount ||
      head.row_count > head.next_id) {
    return corrupt_at(offset);
  }
  return head;
}

Result<IdMap> read_ids(const SectionFile& file, const Head& head) {
  Result<SectionReader> section = file.section(kIdsTag);
  if (!section.ok()) return section.error();
  SectionReader& reader = section.value();
  const uint64_t offset = reader.offset();
  if (reader.remaining() == 0) {
    const Status finished = reader.finish();
    if (!finished.ok()) return finished.error();
    return IdMap::newest(static_cast<size_t>(head.row_count), head.next_id);
  }
  if (reader.remaining() != head.row_count * sizeof(uint32_t)) return corrupt_at(offset);
  std::vector<uint32_t> ids(static_cast<size_t>(head.row_count));
  const Status read = reader.read(ids.data(), ids.size() * sizeof(uint32_t));
  if (!read.ok()) return read.error();
  const Status finished = reader.finish();
  if (!finished.ok()) return finished.error();
  for (size_t i = 1; i < ids.size(); ++i) {
    if (ids[i] <= ids[i - 1]) return corrupt_at(offset + i * sizeof(uint32_t));
  }
  if (ids.back() >= head.next_id) return corrupt_at(offset + (ids.size() - 1) * sizeof(uint32_t));
  return IdMap(std::move(ids), head.next_id);
}

Result<VectorRows> read_rows(const SectionFile& file, const Head& head) {
  const Metric metric{head.metric};
  const size_t row_bytes = head.dim * sizeof(float);
  Result<SectionReader> section = file.section(kRowsTag);
  if (!section.ok()) return section.error();
  SectionReader& reader = section.value();
  if (reader.remaining() != head.row_count * row_bytes) return corrupt_at(reader.offset());

  VectorRows rows(head.dim, metric);
  const Status reserved = rows.reserve(static_cast<size_t>(head.row_count));
  if (!reserved.ok()) return reserved.error();
  const size_t rows_at_once = std::max<size_t>(1, kReadBytes / row_bytes);
  std::vector<float> buffer(rows_at_once * head.dim);
  while (rows.size() < head.row_count) {
    const size_t count = static_cast<size_t>(std::min<uint64_t>(rows_at_once, head.row_count - rows.size()));
    const uint64_t offset = reader.offset();
    const Status read = reader.read(buffer.data(), count * row_bytes);
    if (!read.ok()) return read.error();
    if (!check_rows(buffer.data(), count, head.dim, metric).ok()) return corrupt_at(offset);
    for (size_t row = 0; row < count; ++row) rows.append_reserved(buffer.data() + row * head.dim);
  }
  const Status finished = reader.finish();
  if (!finished.ok()) return finished.error();
  return rows;
}

}  // namespace

uint64_t engine_file_bytes(const VectorRows& rows, const IdMap& ids, const Deletions& deletions) {
  return section_file_bytes(plan(rows, ids, deletions));
}

Status write_engine_file(ByteSink& sink, const VectorRows& rows, const IdMap& ids,
                         const Deletions& deletions) {
  const std::array<SectionPlan, 3> sections = plan(rows, ids, deletions);
  SectionFileWriter writer(sink, FileKind::kSearchEngine, sections);
  const Status begun = writer.begin();
  if (!begun.ok()) return begun;
  const Head head{static_cast<uint32_t>(rows.dim()), static_cast<uint32_t>(rows.metric()),
                  live_count(ids, deletions), ids.next_id()};
  const Status head_written = writer.write(kHeadTag, &head, sizeof(head));
  if (!head_written.ok()) return head_written;
  if (sections[1].length > 0) {
    const Status ids_written = write_ids(writer, ids, deletions);
    if (!ids_written.ok()) return ids_written;
  }
  const Status rows_written = write_rows(writer, rows, deletions);
  if (!rows_written.ok()) return rows_written;
  return writer.finish();
}

Result<EngineContents> read_engine_file(ByteSource& source) {
  Result<SectionFile> file = SectionFile::open(source, FileKind::kSearchEngine);
  if (!file.ok()) return file.error();
  const Result<Head> head = read_head(file.value());
  if (!head.ok()) return head.error();
  Result<IdMap> ids = read_ids(file.value(), head.value());
  if (!ids.ok()) return ids.error();
  Result<VectorRows> rows = read_rows(file.value(), head.value());
  if (!rows.ok()) return rows.error();
  return EngineContents{std::move(rows.value()), std::move(ids.value())};
}

}  // namespace vicinal
