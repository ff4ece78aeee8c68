// What a store should hold, in plain containers, and a workload that changes both.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "persist/store/store.h"
#include "support/byte_buffer.h"

namespace vicinal {

/// Blocks so small that few bytes make many.
inline constexpr BlockSizes kSmallBlocks{64, 256, 1024};
inline constexpr uint64_t kIdentity = 0x1122334455667788;

struct StoreState {
  std::map<std::string, Bytes> sections;
  std::vector<Bytes> records;

  bool operator==(const StoreState&) const = default;
};

inline Bytes random_bytes(Random& random, size_t size) {
  Bytes bytes(size);
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random.below(256));
  return bytes;
}

inline constexpr const char* kStoreFileNames[] = {"root", "log-0", "log-1", "data"};

/// What the store in tests/data holds.
inline StoreState golden_store_state() {
  Random random(2026);
  StoreState state;
  state.sections["meta"] = random_bytes(random, 40);
  state.sections["points"] = random_bytes(random, 1500);
  state.sections["none"] = {};
  state.records = {random_bytes(random, 12), {}, random_bytes(random, 300)};
  return state;
}

/// Everything that the store holds; the first error where something cannot be read.
inline Result<StoreState> read_state(Store& store) {
  StoreState state;
  for (size_t i = 0; i < store.section_count(); ++i) {
    const std::string name(store.section_name(i));
    Result<SectionSource> source = store.section(name);
    if (!source.ok()) return source.error();
    Bytes bytes(static_cast<size_t>(source.value().size()));
    // In two pieces, so that blocks are cut.
    const size_t half = bytes.size() / 3;
    Status read = source.value().read_at(0, bytes.data(), half);
    if (read.ok()) read = source.value().read_at(half, bytes.data() + half, bytes.size() - half);
    if (!read.ok()) return read.error();
    state.sections[name] = std::move(bytes);
  }
  store.rewind_records();
  for (;;) {
    const auto record = store.next_record();
    if (!record.ok()) return record.error();
    if (!record.value()) break;
    state.records.emplace_back(record.value()->begin(), record.value()->end());
  }
  return state;
}

/// Makes `sections` the checkpoint, in pieces; some that are the same in `present` at once.
inline Status write_checkpoint(Store& store, const std::map<std::string, Bytes>& present,
                               const std::map<std::string, Bytes>& sections, Random& random) {
  Status done = store.begin_checkpoint();
  for (const auto& [name, bytes] : sections) {
    const auto was = present.find(name);
    const bool at_once = was != present.end() && was->second == bytes && random.below(2) == 0;
    if (done.ok()) done = store.begin_section(name);
    for (size_t at = 0; at < bytes.size() && done.ok();) {
      const size_t left = bytes.size() - at;
      const size_t some = at_once ? left : std::min<size_t>(left, 1 + random.below(2000));
      done = store.sink().write(bytes.data() + at, some);
      at += some;
    }
    if (done.ok()) done = store.end_section();
  }
  if (!done.ok()) {
    store.abandon_checkpoint();
    return done;
  }
  return store.finish_checkpoint();
}

/// Changes sections as a collection does: rows at the end, in the middle and taken away, whole ones come and go.
inline std::map<std::string, Bytes> changed_sections(std::map<std::string, Bytes> sections, Random& random,
                                                     size_t most_bytes) {
  const std::string name(1, static_cast<char>('a' + random.below(4)));
  Bytes& bytes = sections[name];
  switch (random.below(5)) {
    case 0:
      bytes = random_bytes(random, random.below(static_cast<uint32_t>(most_bytes)));
      break;
    case 1:
      sections.erase(name);
      break;
    case 2: {
      const Bytes more = random_bytes(random, 4 * random.below(64));
      bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 8 * 4), more.begin(), more.end());
      break;
    }
    case 3:
      bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 16 * 4),
                  bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 8 * 4));
      break;
    default: {
      const Bytes more = random_bytes(random, random.below(512));
      bytes.insert(bytes.end(), more.begin(), more.end());
    }
  }
  return sections;
}

/// A record and two checkpoints, of which the second writes its log over that of the record.
inline Status leave_a_log(Store& store, const Bytes& record) {
  Random random(1);
  Status done = store.append(record.data(), record.size());
  for (int i = 0; i < 2 && done.ok(); ++i) done = write_checkpoint(store, {}, {}, random);
  return done;
}

}  // namespace vicinal
