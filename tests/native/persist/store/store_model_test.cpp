// Random changes against plain containers, what they cost, and the space that they take.
#include "support/store_model.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "support/faulty_files.h"

namespace vicinal {
namespace {

std::unique_ptr<Store> opened(FaultyFiles& files, const BlockSizes& sizes = kSmallBlocks) {
  Result<std::unique_ptr<Store>> store = Store::open(files.files(), kIdentity, sizes);
  return store.ok() ? std::move(store.value()) : nullptr;
}

uint64_t total_bytes(const std::map<std::string, Bytes>& sections) {
  uint64_t sum = 0;
  for (const auto& [name, bytes] : sections) sum += bytes.size();
  return sum;
}

// Extents are whole, and the largest blocks are 1024 here: each takes 4096.
constexpr uint64_t kSlack = 64 * 1024;

TEST(StoreModel, HoldsWhatPlainContainersHold) {
  size_t calls = 0, checkpoints = 0;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    FaultyFiles files;
    std::unique_ptr<Store> store = opened(files);
    StoreState model;
    uint64_t generation = 1;
    for (int i = 0; i < 250; ++i, ++calls) {
      const uint32_t action = random.below(10);
      if (action < 5) {
        model.records.push_back(random_bytes(random, random.below(200)));
        ASSERT_TRUE(store->append(model.records.back().data(), model.records.back().size()).ok());
        if (action < 2) {
          ASSERT_TRUE(store->flush().ok());
        }
      } else if (action < 8) {
        const auto next = changed_sections(model.sections, random, 20000);
        const uint64_t before = store->data_bytes(), live = store->live_bytes();
        ASSERT_TRUE(write_checkpoint(*store, model.sections, next, random).ok());
        model = {next, {}};
        ++generation, ++checkpoints;
        // Never above what was there and what is new.
        ASSERT_LE(store->data_bytes(), std::max(before, live + store->live_bytes() + kSlack));
      } else {
        store = opened(files);
        ASSERT_TRUE(store);
        ASSERT_FALSE(store->report().torn || store->report().damage || store->report().created);
        ASSERT_EQ(store->report().record_count, model.records.size());
      }
      ASSERT_EQ(store->generation(), generation);
      ASSERT_EQ(read_state(*store).value(), model);
    }
  }
  std::printf("model: %zu calls, %zu checkpoints\n", calls, checkpoints);
}

// Rows taken from the middle of a section change the blocks about them.
TEST(StoreModel, WritesOnlyBlocksThatChange) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  Random random(3);
  std::map<std::string, Bytes> sections{{"rows", random_bytes(random, 400000)},
                                        {"codes", random_bytes(random, 50000)}};
  ASSERT_TRUE(write_checkpoint(*store, {}, sections, random).ok());
  const uint64_t first = files.written_bytes[3];
  EXPECT_GE(first, total_bytes(sections));

  const auto cost = [&] {
    const uint64_t before = files.written_bytes[3];
    EXPECT_TRUE(write_checkpoint(*store, {}, sections, random).ok());
    EXPECT_EQ(read_state(*store).value().sections, sections);
    return files.written_bytes[3] - before;
  };
  const uint64_t manifest = cost();
  EXPECT_LT(manifest, first / 20);

  sections["rows"].erase(sections["rows"].begin() + 100000, sections["rows"].begin() + 100400);
  EXPECT_LE(cost(), manifest + 3 * kSmallBlocks.most);
  const Bytes more = random_bytes(random, 400);
  sections["rows"].insert(sections["rows"].begin() + 200000, more.begin(), more.end());
  EXPECT_LE(cost(), manifest + 4 * kSmallBlocks.most);
  sections["rows"].insert(sections["rows"].end(), more.begin(), more.end());
  EXPECT_LE(cost(), manifest + 3 * kSmallBlocks.most);
  // From another section.
  sections["copy"] = sections["codes"];
  EXPECT_LE(cost(), 2 * manifest);
}

TEST(StoreModel, GivesSpaceBack) {
  FaultyFiles files;
  std::unique_ptr<Store> store = opened(files);
  Random random(4);
  std::map<std::string, Bytes> sections{{"a", random_bytes(random, 300000)}};
  ASSERT_TRUE(write_checkpoint(*store, {}, sections, random).ok());
  const uint64_t full = store->data_bytes();
  // All of it written anew, over and over, stays within twice.
  for (int i = 0; i < 6; ++i) {
    sections["a"] = random_bytes(random, 300000);
    ASSERT_TRUE(write_checkpoint(*store, {}, sections, random).ok());
    EXPECT_LE(store->data_bytes(), 2 * full + full / 4 + kSlack);
  }
  // Little of it kept: the file is as small after a few checkpoints, though what is kept lay at its end.
  sections = {{"a", Bytes(sections["a"].end() - 30000, sections["a"].end())},
              {"b", random_bytes(random, 1000)}};
  ASSERT_TRUE(write_checkpoint(*store, {}, sections, random).ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(write_checkpoint(*store, sections, sections, random).ok());
    ASSERT_EQ(read_state(*store).value().sections, sections);
  }
  EXPECT_LE(store->data_bytes(), store->live_bytes() + store->live_bytes() / 4 + kSlack);
  EXPECT_LT(store->data_bytes(), full / 4);
  store = opened(files);
  EXPECT_EQ(read_state(*store).value().sections, sections);
  ASSERT_TRUE(write_checkpoint(*store, {}, {}, random).ok());
  EXPECT_EQ(store->data_bytes(), 0u);
}

}  // namespace
}  // namespace vicinal
