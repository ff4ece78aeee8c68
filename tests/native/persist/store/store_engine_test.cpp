// A saved engine as a section: written through the sink and read through the source, as it is.
#include <gtest/gtest.h>

#include <array>

#include "engine/search_engine.h"
#include "persist/memory_file.h"
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

}  // namespace
}  // namespace vicinal
