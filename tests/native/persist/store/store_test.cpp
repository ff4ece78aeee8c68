#include "persist/store/store.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>

#include "persist/crc32c.h"
#include "persist/store/manifest.h"
#include "persist/store/store_layout.h"
#include "support/faulty_files.h"
#include "support/store_model.h"
#include "support/test_data.h"

namespace vicinal {
namespace {

std::unique_ptr<Store> opened(FaultyFiles& files) {
  Result<std::unique_ptr<Store>> store = Store::open(files.files(), kIdentity, kSmallBlocks);
  EXPECT_TRUE(store.ok());
  return store.ok() ? std::move(store.value()) : nullptr;
}

Status write_section(Store& store, std::string_view name, const Bytes& bytes) {
  const Status begun = store.begin_section(name);
  if (!begun.ok()) return begun;
  const Status written = store.sink().write(bytes.data(), bytes.size());
  return written.ok() ? store.end_section() : written;
}

TEST(Store, IsCreatedOnceAndTellsHowItWasFound) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  EXPECT_TRUE(store->report().created);
  EXPECT_EQ(store->report().identity, kIdentity);
  EXPECT_EQ(store->generation(), 1u);
  ASSERT_TRUE(store->append("one", 3).ok() && store->append("", 0).ok() && store->flush().ok());
  EXPECT_EQ(store->log_bytes(), 32u + 24u);
  store = std::move(Store::open(files.files(), 99).value());
  EXPECT_FALSE(store->report().created || store->report().torn || store->report().damage);
  EXPECT_EQ(store->report().identity, kIdentity);
  EXPECT_EQ(store->report().record_count, 2u);
  EXPECT_EQ(read_state(*store).value().records, (std::vector<Bytes>{{'o', 'n', 'e'}, {}}));
}

TEST(Store, FlushesOnlyWhatIsNew) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  const size_t before = files.history().size();
  ASSERT_TRUE(store->flush().ok());
  EXPECT_EQ(files.history().size(), before);
  ASSERT_TRUE(store->append("x", 1).ok() && store->flush().ok() && store->flush().ok());
  EXPECT_EQ(files.history().size(), before + 2);  // one write, one flush
}

TEST(Store, RefusesWhatIsOutOfTurn) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  const auto code = [](const Status& status) { return status.error().code; };
  EXPECT_EQ(code(store->begin_section("a")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(store->sink().write("x", 1)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(store->end_section()), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(store->finish_checkpoint()), ErrorCode::kInvalidArgument);
  store->abandon_checkpoint();

  ASSERT_TRUE(store->begin_checkpoint().ok());
  EXPECT_TRUE(store->is_writing_checkpoint());
  EXPECT_EQ(code(store->begin_checkpoint()), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(store->append("x", 1)), ErrorCode::kInvalidArgument);
  ASSERT_TRUE(write_section(*store, "a", Bytes(10, 1)).ok());
  ASSERT_TRUE(store->finish_checkpoint().ok());

  const std::string long_name(256, 'n');
  const std::vector<std::function<Status()>> mistakes = {
      [&] { return store->begin_section(""); },
      [&] { return store->begin_section(long_name); },
      [&] { return store->sink().write("x", 1); },
      [&] { return store->end_section(); },
      [&] { return write_section(*store, "a", {}).ok() ? store->begin_section("a") : Status(); },
      [&] { return store->begin_section("b").ok() ? store->begin_section("a") : Status(); },
      [&] { return store->begin_section("b").ok() ? store->finish_checkpoint() : Status(); },
  };
  for (const auto& mistake : mistakes) {
    ASSERT_TRUE(store->begin_checkpoint().ok());
    const Status failed = mistake();
    ASSERT_FALSE(failed.ok());
    // It stays so, and the checkpoint before holds.
    if (store->is_writing_checkpoint()) {
      EXPECT_EQ(code(store->finish_checkpoint()), code(failed));
    }
    EXPECT_FALSE(store->is_writing_checkpoint());
    EXPECT_EQ(store->generation(), 2u);
    EXPECT_EQ(read_state(*store).value().sections, (std::map<std::string, Bytes>{{"a", Bytes(10, 1)}}));
  }
  EXPECT_EQ(store->section("none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Store::open(files.files(), 1, {64, 24, 1024}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Store::open(files.files(), 1, {64, 256, kMaxBlockBytes + 4}).error().code,
            ErrorCode::kInvalidArgument);
}

TEST(Store, WritesOverWhatAnOlderLogHasLeft) {
  FaultyFiles files;
  const Bytes large(3000, 1), small(100, 2);
  std::unique_ptr<Store> store = opened(files);
  ASSERT_TRUE(leave_a_log(*store, large).ok());
  const auto file_bytes = [&] { return files.contents()[static_cast<size_t>(StoreFile::kLog1)].size(); };
  const auto used_bytes = [&] { return store->used_bytes(StoreFile::kLog1).value(); };
  const size_t full = 64 + 24 + 3000 + 8;
  EXPECT_EQ(file_bytes(), full);
  EXPECT_EQ(used_bytes(), 64u + 8);
  ASSERT_TRUE(store->append(small.data(), small.size()).ok() && store->flush().ok());
  EXPECT_EQ(file_bytes(), full);
  EXPECT_EQ(used_bytes(), 64u + 128 + 8);
  for (const uint64_t spare : {uint64_t{5000}, uint64_t{50}, uint64_t{0}}) {
    const bool is_cut = file_bytes() > used_bytes() + spare;
    EXPECT_EQ(store->trim_logs(spare), is_cut);
    EXPECT_FALSE(store->trim_logs(spare));
    EXPECT_EQ(file_bytes(), is_cut ? used_bytes() + spare : full);
    store = opened(files);
    EXPECT_FALSE(store->report().torn || store->report().damage);
    EXPECT_EQ(store->report().torn_bytes, 0u);
    EXPECT_EQ(read_state(*store).value().records, std::vector<Bytes>{small});
  }
  ASSERT_TRUE(store->append(large.data(), large.size()).ok() && store->flush().ok());
  EXPECT_EQ(file_bytes(), used_bytes());
  EXPECT_EQ(read_state(*opened(files)).value().records, (std::vector<Bytes>{small, large}));
}

// Of two writes that were never flushed the first is lost, and the mark before it still there: were the second left
// behind it, a record of the first's size would bring it back.
TEST(Store, CutsOffARecordBehindOneThatWasLost) {
  FaultyFiles files;
  const Bytes record(1000, 3), other(1000, 4);
  std::unique_ptr<Store> store = opened(files);
  ASSERT_TRUE(leave_a_log(*store, Bytes(5000, 1)).ok());
  const FileContents before = files.contents();
  ASSERT_TRUE(store->append(record.data(), record.size()).ok());
  ASSERT_TRUE(store->append(record.data(), record.size()).ok());
  FileContents contents = files.contents();
  const auto log = static_cast<size_t>(StoreFile::kLog1);
  std::copy_n(before[log].begin(), 1000, contents[log].begin());
  FaultyFiles crashed(contents);
  store = opened(crashed);
  EXPECT_TRUE(store->report().torn && !store->report().damage);
  EXPECT_EQ(store->report().record_count, 0u);
  EXPECT_EQ(crashed.contents()[log].size(), 64u + 8);
  ASSERT_TRUE(store->append(other.data(), other.size()).ok() && store->flush().ok());
  EXPECT_EQ(read_state(*opened(crashed)).value().records, std::vector<Bytes>{other});
}

TEST(Store, DropsSectionsThatAreNotNamed) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  Random random(1);
  const std::map<std::string, Bytes> sections{
      {"a", random_bytes(random, 3000)}, {"b", {}}, {std::string(255, 'c'), random_bytes(random, 10)}};
  ASSERT_TRUE(write_checkpoint(*store, {}, sections, random).ok());
  EXPECT_TRUE(store->has_section("b"));
  EXPECT_EQ(store->section_bytes("a"), 3000u);
  EXPECT_EQ(store->section_bytes("x"), 0u);
  ASSERT_TRUE(store->begin_checkpoint().ok() && write_section(*store, "a", sections.at("a")).ok() &&
              store->finish_checkpoint().ok());
  EXPECT_EQ(read_state(*opened(files)).value().sections,
            (std::map<std::string, Bytes>{{"a", sections.at("a")}}));
}

TEST(Store, SectionsAreReadAnywhereUntilTheNextCheckpoint) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  Random random(2);
  const Bytes bytes = random_bytes(random, 10000);
  ASSERT_TRUE(write_checkpoint(*store, {}, {{"a", bytes}}, random).ok());
  SectionSource source = std::move(store->section("a").value());
  for (int i = 0; i < 2000; ++i) {
    const size_t at = random.below(10000);
    const size_t size = random.below(static_cast<uint32_t>(std::min<size_t>(10001 - at, i % 2 ? 50 : 4000)));
    Bytes read(size);
    ASSERT_TRUE(source.read_at(at, read.data(), size).ok());
    ASSERT_TRUE(std::equal(read.begin(), read.end(), bytes.begin() + static_cast<ptrdiff_t>(at)));
  }
  unsigned char byte;
  EXPECT_TRUE(source.read_at(10000, &byte, 0).ok());
  EXPECT_EQ(source.read_at(10000, &byte, 1).error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(source.read_at(UINT64_MAX, &byte, 1).error().code, ErrorCode::kCorruptData);
  // While the next is written too.
  ASSERT_TRUE(store->begin_checkpoint().ok() && write_section(*store, "a", bytes).ok());
  EXPECT_TRUE(source.read_at(9999, &byte, 1).ok());
  ASSERT_TRUE(store->finish_checkpoint().ok());
  EXPECT_EQ(source.read_at(9999, &byte, 1).error().code, ErrorCode::kInvalidArgument);
}

TEST(Store, TellsTheBlocksOfASection) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  Random random(9);
  const Bytes bytes = random_bytes(random, 20000);
  ASSERT_TRUE(write_checkpoint(*store, {}, {{"empty", {}}, {"a", bytes}}, random).ok());
  size_t offset = 0;
  for (const StoreBlock& block : store->section_blocks("a")) {
    const Bytes data = files.contents()[3];
    ASSERT_LE(block.offset + block.length, data.size());
    EXPECT_TRUE(std::equal(data.begin() + static_cast<ptrdiff_t>(block.offset),
                           data.begin() + static_cast<ptrdiff_t>(block.offset + block.length),
                           bytes.begin() + static_cast<ptrdiff_t>(offset)));
    offset += block.length;
  }
  EXPECT_EQ(offset, bytes.size());
  EXPECT_TRUE(store->section_blocks("empty").empty() && store->section_blocks("none").empty());
}

TEST(StoreVerifier, ChecksAllInSteps) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  Random random(3);
  ASSERT_TRUE(write_checkpoint(*store, {}, {{"a", random_bytes(random, 5000)}}, random).ok());
  ASSERT_TRUE(store->append("x", 1).ok());
  StoreVerifier verifier(*store);
  size_t steps = 1;
  while (verifier.step().value()) ++steps;
  EXPECT_GT(steps, 5u);
  EXPECT_EQ(verifier.done_bytes(), verifier.total_bytes());
  EXPECT_TRUE(verifier.damage().empty());
  // Rot while the store is open.
  Bytes bytes = files.contents()[3];
  bytes[4096] ^= 1;
  ASSERT_TRUE(files.files()[3]->write_at(4096, &bytes[4096], 1).ok());
  StoreVerifier again(*store);
  while (again.step().value()) {
  }
  ASSERT_EQ(again.damage().size(), 1u);
  EXPECT_EQ(again.damage()[0].file, StoreFile::kData);
  EXPECT_EQ(again.damage()[0].offset, 4096u);
  for (const StoreBlock& block : store->section_blocks("a")) {
    if (block.offset == 4096) EXPECT_EQ(again.damage()[0].bytes, block.length);
  }
}

TEST(StoreLayout, LiesAsTheNoteSays) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  Random random(4);
  ASSERT_TRUE(store->append("gone", 4).ok());
  ASSERT_TRUE(write_checkpoint(*store, {}, {{"name", Bytes(100, 7)}}, random).ok());
  ASSERT_TRUE(store->append("record", 6).ok() && store->flush().ok());
  const FileContents contents = files.contents();
  const auto number = [](const Bytes& bytes, size_t offset, size_t size) {
    uint64_t value = 0;
    std::memcpy(&value, bytes.data() + offset, size);
    return value;
  };
  const Bytes& root = contents[0];
  EXPECT_EQ(std::string(root.begin(), root.begin() + 8), std::string("VICSTOR\0", 8));
  EXPECT_EQ(number(root, 8, 4), kStoreVersion);
  EXPECT_EQ(number(root, 16, 8), kIdentity);
  EXPECT_EQ(number(root, 24, 8), 2u);
  EXPECT_EQ(number(root, 32, 8), 1u);
  EXPECT_EQ(number(root, 60, 4), crc32c(0, root.data(), 60));
  EXPECT_EQ(number(root, 4096 + 24, 8), 1u);
  const Bytes& log = contents[1];
  EXPECT_TRUE(std::equal(log.begin(), log.begin() + 64, root.begin()));
  ASSERT_EQ(log.size(), 64u + 32 + 8);
  EXPECT_EQ(number(log, 64, 4), 6u);
  EXPECT_EQ(number(log, 72, 8), 2u);
  EXPECT_EQ(number(log, 80, 8), 1u);
  Bytes summed(log.begin() + 64, log.begin() + 68);
  summed.insert(summed.begin(), root.begin() + 16, root.begin() + 32);
  summed.insert(summed.end(), log.begin() + 72, log.begin() + 94);
  EXPECT_EQ(number(log, 68, 4), crc32c(0, summed.data(), summed.size()));
  EXPECT_EQ(number(log, 96, 4), UINT32_MAX);
  const Bytes& data = contents[3];
  EXPECT_EQ(data[0], 7);
  EXPECT_EQ(number(root, 40, 8), 4096u);
  EXPECT_EQ(number(root, 48, 8), 4u + 8 + 4 + 16);
  EXPECT_EQ(number(data, 4096, 4), 1u);
  EXPECT_EQ(number(data, 4096 + 8, 4), 1u);
  EXPECT_EQ(std::string(data.begin() + 4096 + 12, data.begin() + 4096 + 16), "name");
  EXPECT_EQ(number(data, 4096 + 24, 4), 100u);
  EXPECT_EQ(number(data, 4096 + 28, 4), crc32c(0, data.data(), 100));
}

// Written by tests/data/write_store_files.cpp.
TEST(StoreLayout, OfVersion1IsRead) {
  FileContents contents;
  for (size_t i = 0; i < contents.size(); ++i)
    contents[i] = read_test_data("kept-store-v1/" + std::string(kStoreFileNames[i]));
  FaultyFiles files(contents);
  std::unique_ptr<Store> store = opened(files);
  EXPECT_FALSE(store->report().created || store->report().torn || store->report().damage);
  EXPECT_EQ(store->generation(), 3u);
  EXPECT_EQ(read_state(*store).value(), golden_store_state());
}

TEST(StoreLayout, OfANewerVersionIsRefused) {
  FaultyFiles files;
  ASSERT_TRUE(opened(files));
  FileContents contents = files.contents();
  Bytes& root = contents[0];
  root[4096 + 8] = kStoreVersion + 1;
  const uint32_t crc = crc32c(0, root.data() + 4096, 60);
  std::memcpy(root.data() + 4096 + 60, &crc, sizeof(crc));
  FaultyFiles newer(contents);
  const Result<std::unique_ptr<Store>> store = Store::open(newer.files(), 1);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(store.error().expected, static_cast<int64_t>(kStoreVersion));
  EXPECT_EQ(store.error().actual, static_cast<int64_t>(kStoreVersion) + 1);
  EXPECT_TRUE(newer.history().empty());
}

}  // namespace
}  // namespace vicinal
