// Every byte of a small store changed, and every file cut at every length: the right state, a torn end that is reported,
// or damage that is reported. Never another state, and never a crash.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string>

#include "persist/crc32c.h"
#include "persist/store/manifest.h"
#include "persist/store/store_layout.h"
#include "support/faulty_files.h"
#include "support/store_model.h"

namespace vicinal {
namespace {

// A store with checkpoints of both parities behind it, and records.
FileContents small_store(StoreState& state, size_t checkpoint_count, size_t record_count) {
  FaultyFiles files;
  Random random(5);
  std::unique_ptr<Store> store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
  state = {};
  for (size_t i = 0; i < checkpoint_count; ++i) {
    EXPECT_TRUE(store->append("before", 6).ok());
    std::map<std::string, Bytes> sections = state.sections;
    sections["a"] = random_bytes(random, 700);
    sections["b"] = random_bytes(random, 40);
    EXPECT_TRUE(write_checkpoint(*store, state.sections, sections, random).ok());
    state.sections = sections;
  }
  for (size_t i = 0; i < record_count; ++i) {
    state.records.push_back(random_bytes(random, 20 + 7 * i));
    EXPECT_TRUE(store->append(state.records.back().data(), state.records.back().size()).ok());
    EXPECT_TRUE(store->flush().ok());
  }
  return files.contents();
}

struct Counts {
  size_t tried = 0, right = 0, torn = 0, damage = 0, unreadable = 0, noticed_later = 0;
};

// Whether what is read of a damaged store is all of `whole`, or less.
bool is_part(Store& store, const StoreState& whole) {
  for (size_t i = 0; i < store.section_count(); ++i) {
    const std::string name(store.section_name(i));
    Result<SectionSource> source = store.section(name);
    Bytes bytes(static_cast<size_t>(source.value().size()));
    const Status read = source.value().read_at(0, bytes.data(), bytes.size());
    if (!read.ok()) {
      EXPECT_EQ(read.error().code, ErrorCode::kCorruptData);
      continue;
    }
    const auto right = whole.sections.find(name);
    if (right == whole.sections.end() || right->second != bytes) return false;
  }
  store.rewind_records();
  for (size_t i = 0;; ++i) {
    const auto record = store.next_record();
    if (!record.ok()) return record.error().code == ErrorCode::kCorruptData;
    if (!record.value()) return true;
    const Bytes bytes(record.value()->begin(), record.value()->end());
    if (i >= whole.records.size() || bytes != whole.records[i]) return false;
  }
}

size_t verified_damage(const Store& store) {
  StoreVerifier verifier(store);
  for (;;) {
    const Result<bool> more = verifier.step();
    EXPECT_TRUE(more.ok());
    if (!more.ok() || !more.value()) break;
  }
  EXPECT_EQ(verifier.done_bytes(), verifier.total_bytes());
  return verifier.damage().size();
}

void open_damaged(const FileContents& contents, const StoreState& right, Counts& counts) {
  ++counts.tried;
  FaultyFiles files(contents);
  Result<std::unique_ptr<Store>> opened = Store::open(files.files(), kIdentity + 1, kSmallBlocks);
  if (!opened.ok()) {
    ASSERT_EQ(opened.error().code, ErrorCode::kCorruptData);
    ++counts.unreadable;
    return;
  }
  Store& store = *opened.value();
  ASSERT_FALSE(store.report().created);
  ASSERT_TRUE(is_part(store, right)) << "another state";
  if (store.report().damage) {
    ++counts.damage;
    EXPECT_EQ(store.append("x", 1).error().code, ErrorCode::kCorruptData);
    EXPECT_EQ(store.begin_checkpoint().error().code, ErrorCode::kCorruptData);
    EXPECT_TRUE(files.history().empty()) << "a damaged store is written to";
    EXPECT_GT(verified_damage(store), 0u);
    return;
  }
  const Result<StoreState> state = read_state(store);
  if (store.report().torn) {
    ++counts.torn;
    // The end of the log only.
    ASSERT_TRUE(state.ok() && state.value().sections == right.sections);
    ASSERT_EQ(verified_damage(store), 0u);
  } else if (state.ok()) {
    ++counts.right;
    ASSERT_EQ(state.value(), right);
    // Unless it is in the manifest's or a block's copy that nothing reads, it was mended.
    ASSERT_EQ(verified_damage(store), 0u);
  } else {
    ++counts.noticed_later;
    ASSERT_EQ(state.error().code, ErrorCode::kCorruptData);
    ASSERT_EQ(verified_damage(store), 1u);
  }
}

void tell(const char* name, const Counts& counts) {
  std::printf("%s: %zu tried: %zu right, %zu torn, %zu damage, %zu noticed when read, %zu unreadable\n", name,
              counts.tried, counts.right, counts.torn, counts.damage, counts.noticed_later,
              counts.unreadable);
}

class StoreDamage : public testing::TestWithParam<std::pair<size_t, size_t>> {};

TEST_P(StoreDamage, OfAnyByteIsNeverServed) {
  StoreState state;
  const FileContents contents = small_store(state, GetParam().first, GetParam().second);
  Counts counts;
  for (size_t file = 0; file < 4; ++file) {
    for (size_t at = 0; at < contents[file].size() && !HasFailure(); ++at) {
      // Most of `root` and of the last extents is zeros that nothing reads.
      if (at % 4096 > 1024 && at % 64 != 0) continue;
      for (const int change : {0x01, 0x80, 0xFF}) {
        SCOPED_TRACE(testing::Message() << "file " << file << ", byte " << at);
        FileContents damaged = contents;
        damaged[file][at] = static_cast<unsigned char>(damaged[file][at] ^ change);
        open_damaged(damaged, state, counts);
      }
    }
  }
  tell("bytes changed", counts);
  EXPECT_EQ(counts.unreadable, 0u);  // one rotten byte leaves something
}

TEST_P(StoreDamage, OfAnyLengthIsNeverServed) {
  StoreState state;
  const FileContents contents = small_store(state, GetParam().first, GetParam().second);
  Counts counts;
  for (size_t file = 0; file < 4; ++file) {
    for (size_t length = 0; length < contents[file].size() && !HasFailure(); ++length) {
      SCOPED_TRACE(testing::Message() << "file " << file << ", length " << length);
      FileContents damaged = contents;
      damaged[file].resize(length);
      open_damaged(damaged, state, counts);
    }
  }
  tell("cut", counts);
}

// Checkpoints, records.
INSTANTIATE_TEST_SUITE_P(Stores, StoreDamage,
                         testing::Values(std::pair(size_t{0}, size_t{3}), std::pair(size_t{1}, size_t{0}),
                                         std::pair(size_t{1}, size_t{4}), std::pair(size_t{2}, size_t{3}),
                                         std::pair(size_t{3}, size_t{1})));

FileContents a_store(StoreState& state) {
  return small_store(state, 2, 3);
}

Result<std::unique_ptr<Store>> opened(FaultyFiles& files) {
  return Store::open(files.files(), kIdentity, kSmallBlocks);
}

TEST(StoreDamageKinds, ARecordThatWasFlushedIsMissed) {
  StoreState state;
  FileContents contents = a_store(state);
  Bytes& log = contents[static_cast<size_t>(StoreFile::kLog1)];
  // The second of three records, behind one of 24 and 20 bytes: the third tells that it had been flushed.
  const uint64_t second = 64 + 48;
  log[second + 24] ^= 1;
  FaultyFiles files(contents);
  std::unique_ptr<Store> store = std::move(opened(files).value());
  ASSERT_EQ(store->generation(), 3u);
  ASSERT_TRUE(store->report().damage);
  EXPECT_EQ(store->report().damage->file, StoreFile::kLog1);
  EXPECT_EQ(store->report().damage->offset, second);
  EXPECT_EQ(store->report().record_count, 1u);
  // The last one's rot looks like a write that was cut short.
  log = a_store(state)[static_cast<size_t>(StoreFile::kLog1)];
  log[log.size() - 15] ^= 1;  // before its padding and the mark
  FaultyFiles torn(contents);
  store = std::move(opened(torn).value());
  EXPECT_TRUE(store->report().torn && !store->report().damage);
  EXPECT_EQ(store->report().record_count, 2u);
}

TEST(StoreDamageKinds, FilesOfAnotherStoreAreNotTaken) {
  StoreState state;
  const FileContents contents = a_store(state);
  FaultyFiles others;
  std::unique_ptr<Store> other = std::move(Store::open(others.files(), kIdentity + 1, kSmallBlocks).value());
  Random random(1);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(other->append("other", 5).ok());
    ASSERT_TRUE(write_checkpoint(*other, {}, {{"a", Bytes(300, 1)}}, random).ok());
  }
  for (size_t file = 0; file < 4; ++file) {
    FileContents mixed = contents;
    mixed[file] = others.contents()[file];
    FaultyFiles files(mixed);
    const Result<std::unique_ptr<Store>> store = opened(files);
    ASSERT_TRUE(store.ok());
    EXPECT_TRUE(store.value()->report().damage) << "file " << file;
  }
}

// A caller may store the log of another store: after a crash in the middle of it, its records are none of this one's.
TEST(StoreDamageKinds, StoredBytesDoNotPassForRecords) {
  FaultyFiles others;
  std::unique_ptr<Store> other = std::move(Store::open(others.files(), kIdentity + 1, kSmallBlocks).value());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(other->append("other", 5).ok() && other->flush().ok());
  const Bytes log = others.contents()[static_cast<size_t>(StoreFile::kLog1)];
  FaultyFiles files;
  std::unique_ptr<Store> store = std::move(opened(files).value());
  ASSERT_TRUE(store->append(log.data(), log.size()).ok());
  FileContents contents = files.contents();
  contents[static_cast<size_t>(StoreFile::kLog1)][64 + 24] ^= 1;
  FaultyFiles torn(contents);
  store = std::move(opened(torn).value());
  EXPECT_TRUE(store->report().torn && !store->report().damage);
  EXPECT_EQ(store->report().record_count, 0u);
}

// Headers of many records that are none.
Bytes made_headers(uint64_t sequence, uint64_t durable_sequence) {
  Bytes made;
  for (int i = 0; i < 2000; ++i) {
    const RecordHeader header{30000, 0, sequence, durable_sequence};
    const auto* bytes = reinterpret_cast<const unsigned char*>(&header);
    made.insert(made.end(), bytes, bytes + sizeof(header));
  }
  return made;
}

// Headers that a caller stored look like records of the log that is written over them: the checksums of so many are not
// taken, and they are cut off.
TEST(StoreDamageKinds, StoredHeadersBehindTheMarkAreNoDamage) {
  for (const uint64_t durable_sequence : {uint64_t{0}, uint64_t{2}}) {
    FaultyFiles files;
    std::unique_ptr<Store> store = std::move(opened(files).value());
    ASSERT_TRUE(leave_a_log(*store, made_headers(3, durable_sequence)).ok());
    store = std::move(opened(files).value());
    EXPECT_TRUE(store->report().torn && !store->report().damage);
    EXPECT_EQ(files.contents()[static_cast<size_t>(StoreFile::kLog1)].size(), kEmptyLogBytes);
    ASSERT_TRUE(store->append("x", 1).ok() && store->flush().ok());
    EXPECT_EQ(read_state(*opened(files).value()).value().records, std::vector<Bytes>{{'x'}});
  }
}

// As many as are not checked hide no record that tells of damage: that of a sector which is as it was before.
TEST(StoreDamageKinds, StoredHeadersHideNoDamage) {
  FaultyFiles files;
  std::unique_ptr<Store> store = std::move(opened(files).value());
  ASSERT_TRUE(leave_a_log(*store, Bytes(100000, 7)).ok());
  const FileContents before = files.contents();
  const Bytes made = made_headers(5, 0);
  ASSERT_TRUE(store->append(made.data(), made.size()).ok() && store->flush().ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(store->append("x", 1).ok() && store->flush().ok());
  FileContents contents = files.contents();
  const auto log = static_cast<size_t>(StoreFile::kLog1);
  std::copy_n(before[log].begin(), 512, contents[log].begin());
  FaultyFiles damaged(contents);
  store = std::move(opened(damaged).value());
  ASSERT_TRUE(store->report().damage);
  EXPECT_EQ(store->report().damage->offset, sizeof(StoreRoot));
  EXPECT_TRUE(damaged.history().empty());
}

// A log some of whose bytes cannot be read.
struct UnreadableLog final : File {
  explicit UnreadableLog(File& whole) : file(whole) {}
  Result<uint64_t> size() override { return file.size(); }
  Status read_at(uint64_t offset, void* bytes, size_t size) override {
    if (offset <= at && at < offset + size) return Error{ErrorCode::kStorageFailed, 0, 5};
    return file.read_at(offset, bytes, size);
  }
  Status write_at(uint64_t offset, const void* bytes, size_t size) override {
    return file.write_at(offset, bytes, size);
  }
  Status flush() override { return file.flush(); }
  Status truncate(uint64_t size) override { return file.truncate(size); }

  File& file;
  uint64_t at = 0;
};

TEST(StoreDamageKinds, WhatCannotBeReadBehindTheMarkIsCutOff) {
  for (const uint64_t at : {uint64_t{200}, uint64_t{4000}, uint64_t{90000}}) {
    FaultyFiles files;
    std::unique_ptr<Store> store = std::move(opened(files).value());
    ASSERT_TRUE(leave_a_log(*store, Bytes(100000, 7)).ok());
    ASSERT_TRUE(store->append("record", 6).ok() && store->flush().ok());
    StoreFiles all = files.files();
    File*& log = all[static_cast<size_t>(StoreFile::kLog1)];
    UnreadableLog unreadable(*log);
    unreadable.at = at;
    log = &unreadable;
    Result<std::unique_ptr<Store>> found = Store::open(all, kIdentity, kSmallBlocks);
    ASSERT_TRUE(found.ok());
    EXPECT_TRUE(found.value()->report().torn && !found.value()->report().damage);
    EXPECT_EQ(found.value()->report().record_count, 1u);
    EXPECT_LT(unreadable.size().value(), at);
  }
}

TEST(StoreDamageKinds, ADamagedStoreKeepsWhatItsLogsHaveLeft) {
  StoreState state;
  FileContents contents = a_store(state);
  contents[static_cast<size_t>(StoreFile::kLog0)].resize(5000);
  contents[static_cast<size_t>(StoreFile::kLog1)][64 + 48 + 24] ^= 1;
  FaultyFiles files(contents);
  const std::unique_ptr<Store> store = std::move(opened(files).value());
  ASSERT_TRUE(store->report().damage);
  EXPECT_FALSE(store->trim_logs(0));
  EXPECT_TRUE(files.history().empty());
}

TEST(StoreDamageKinds, NothingReadableIsNoEmptyStore) {
  StoreState state;
  FileContents contents = a_store(state);
  for (size_t file = 0; file < 3; ++file) contents[file].assign(contents[file].size(), 0);
  FaultyFiles files(contents);
  EXPECT_EQ(opened(files).error().code, ErrorCode::kCorruptData);
  EXPECT_TRUE(files.history().empty());
  for (size_t file = 0; file < 3; ++file) contents[file].clear();
  FaultyFiles only_data(contents);
  EXPECT_EQ(opened(only_data).error().code, ErrorCode::kCorruptData);
}

// Checksums that are right do not make a length one.
TEST(StoreDamageKinds, AManifestLongerThanItsFileIsNotAskedFor) {
  StoreState state;
  FileContents contents = a_store(state);
  Bytes& slots = contents[static_cast<size_t>(StoreFile::kRoot)];
  Bytes& log = contents[static_cast<size_t>(StoreFile::kLog1)];
  StoreRoot root;
  std::memcpy(&root, slots.data() + kSlotBytes, sizeof(root));
  root.manifest_bytes = uint64_t{1} << 39;
  root.crc = crc32c(0, &root, offsetof(StoreRoot, crc));
  std::memcpy(slots.data() + kSlotBytes, &root, sizeof(root));
  std::memcpy(log.data(), &root, sizeof(root));
  FaultyFiles files(contents);
  const std::unique_ptr<Store> store = std::move(opened(files).value());
  ASSERT_TRUE(store->report().damage);
  StoreVerifier verifier(*store);
  for (bool more = true; more;) {
    const Result<bool> step = verifier.step();
    ASSERT_TRUE(step.ok());
    more = step.value();
  }
  EXPECT_FALSE(verifier.damage().empty());
}

// Of two that differ one would be served without its checksum.
TEST(StoreDamageKinds, BlocksInOnePlaceAreTheSameOrDamage) {
  const auto around = [](StoreBlock first, StoreBlock second, uint64_t manifest_offset) {
    StoreRoot root{};
    root.manifest_offset = manifest_offset;
    root.manifest_bytes = 50;
    root.manifest_crc = 3;
    return FreeSpace::around({{{"a", {first}}, {"b", {{8192, 5000, 2}, second}}}}, root);
  };
  EXPECT_EQ(around({0, 100, 1}, {0, 100, 1}, 4096).value().used_bytes(), 4u * 4096);
  EXPECT_EQ(around({0, 100, 1}, {0, 100, 1}, 4096).value().end(), 4u * 4096);
  for (const StoreBlock& other : {StoreBlock{0, 100, 7}, StoreBlock{0, 99, 1}, StoreBlock{0, 5000, 1}}) {
    EXPECT_EQ(around({0, 100, 1}, other, 20480).error().code, ErrorCode::kCorruptData);
    EXPECT_EQ(around(other, {0, 100, 1}, 20480).error().actual, 0);
  }
  EXPECT_EQ(around({0, 100, 1}, {12288, 10, 1}, 4096).error().actual, 12288);
  EXPECT_EQ(around({0, 100, 1}, {4096, 50, 1}, 4096).error().actual, 4096);
}

}  // namespace
}  // namespace vicinal
