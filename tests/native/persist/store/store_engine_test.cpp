// A saved engine as a section: written through the sink and read through the source, as it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/search_engine.h"
#include "persist/memory_file.h"
#include "persist/store/manifest.h"
#include "persist/store/store.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

TEST(StoreEngine, IsHeldAndRewrittenOnlyWhereItChanges) {
  std::array<MemoryFile, 4> memory;
  const StoreFiles files{&memory[0], &memory[1], &memory[2], &memory[3]};
  std::unique_ptr<Store> store = std::move(Store::open(files, 1).value());
  constexpr size_t kDim = 32, kRows = 60000;
  Random random(5);
  const std::vector<float> rows = uniform_values(random, kRows * kDim);
  auto engine = std::move(SearchEngine::create({.dim = kDim}, best_kernels()).value());
  ASSERT_TRUE(engine->add(rows.data(), kRows).ok());
  const auto write = [&] {
    return store->begin_checkpoint().ok() && store->begin_section("engine").ok() &&
           engine->save(store->sink()).ok() && store->end_section().ok() && store->finish_checkpoint().ok();
  };
  ASSERT_TRUE(write());
  const uint64_t full = store->data_bytes();
  EXPECT_EQ(store->section_bytes("engine"), engine->saved_bytes());
  // Rows taken out of the middle: most blocks, here of the default sizes, stay.
  for (uint32_t id = 9000; id < 9100; ++id) ASSERT_TRUE(engine->remove(RowId{id}).ok());
  ASSERT_TRUE(write());
  EXPECT_LT(store->data_bytes(), full + full / 2);

  store = std::move(Store::open(files, 1).value());
  SectionSource source = std::move(store->section("engine").value());
  const auto loaded = SearchEngine::load(source, best_kernels());
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.value()->stats().size, kRows - 100);
  EXPECT_TRUE(loaded.value()->contains(RowId{8999}) && !loaded.value()->contains(RowId{9000}));
}

TEST(StoreEngine, BlocksThatAreCheckedOnceAreReadInPartsFromThenOn) {
  std::array<MemoryFile, 4> memory;
  const StoreFiles files{&memory[0], &memory[1], &memory[2], &memory[3]};
  std::unique_ptr<Store> store = std::move(Store::open(files, 1).value());
  Random random(6);
  const std::vector<float> values = uniform_values(random, 500'000);
  const size_t size = values.size() * sizeof(float);
  ASSERT_TRUE(store->begin_checkpoint().ok() && store->begin_section("values").ok() &&
              store->sink().write(values.data(), size).ok() && store->end_section().ok() &&
              store->finish_checkpoint().ok());
  const auto blocks = store->section_blocks("values");
  ASSERT_GT(blocks.size(), 3u);
  // One of them is not what was written.
  const StoreBlock damaged = blocks[1];
  unsigned char byte;
  ASSERT_TRUE(memory[3].read_at(damaged.offset + 9, &byte, 1).ok());
  byte ^= 1;
  ASSERT_TRUE(memory[3].write_at(damaged.offset + 9, &byte, 1).ok());

  SectionSource source = std::move(store->section("values", BlockChecks::kOnce).value());
  EXPECT_EQ(source.size(), size);
  std::vector<unsigned char> read;
  for (int round = 0; round < 300; ++round) {
    const size_t offset = random.below(static_cast<uint32_t>(size));
    read.resize(1 + random.below(static_cast<uint32_t>(std::min<size_t>(size - offset, 4000))));
    const Status done = source.read_at(offset, read.data(), read.size());
    const bool meets_damage =
        offset < size_t{blocks[0].length} + damaged.length && offset + read.size() > blocks[0].length;
    ASSERT_EQ(done.ok(), !meets_damage);
    if (meets_damage) {
      EXPECT_EQ(done.error().code, ErrorCode::kCorruptData);
      EXPECT_EQ(done.error().actual, static_cast<int64_t>(damaged.offset));
    } else {
      EXPECT_EQ(std::memcmp(read.data(), reinterpret_cast<const char*>(values.data()) + offset, read.size()),
                0);
    }
  }
  // What rots after that is noticed by who checks again.
  ASSERT_TRUE(source.read_at(0, read.data(), 1).ok());
  ASSERT_TRUE(memory[3].write_at(blocks[0].offset + 9, &byte, 1).ok());
  ASSERT_TRUE(source.read_at(size - 1, read.data(), 1).ok());
  EXPECT_TRUE(source.read_at(0, read.data(), 1).ok());
  source.recheck();
  EXPECT_EQ(source.read_at(0, read.data(), 1).error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(source.read_at(size - 1, read.data(), 2).error().code, ErrorCode::kCorruptData);
  ASSERT_TRUE(store->begin_checkpoint().ok() && store->finish_checkpoint().ok());
  EXPECT_EQ(source.read_at(0, read.data(), 1).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace vicinal
