// Sections that hold values of one type, read and checked some at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "persist/section_file.h"

namespace vicinal {

/// Bytes copied at a time on the way from the source to where they are kept.
inline constexpr size_t kReadBytes = size_t{64} * 1024;

/// A section that is one struct.
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

/// A section of `count` values of `width` elements: `take(elements, count, offset)` of some at a time.
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

/// A section of `count` values, kept as they are.
template <typename Element>
Result<std::vector<Element>> read_all(const SectionFile& file, SectionTag tag, uint64_t count) {
  std::vector<Element> all;
  const Status read =
      read_values<Element>(file, tag, count, 1, [&](const Element* values, size_t some, uint64_t) -> Status {
        all.insert(all.end(), values, values + some);
        return {};
      });
  if (!read.ok()) return read.error();
  return all;
}

/// That a section is as long as it must be comes before memory is taken for what it holds.
inline Status check_length(const SectionFile& file, SectionTag tag, uint64_t length) {
  const Result<SectionReader> section = file.section(tag);
  if (!section.ok()) return section.error();
  return section.value().remaining() == length ? Status() : corrupt_at(section.value().offset());
}

}  // namespace vicinal
