// Engines that are saved to a store some at a time, without what the store has already: each checkpoint holds what a
// save at once would.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "engine/search_engine.h"
#include "persist/memory_file.h"
#include "persist/store/manifest.h"
#include "persist/store/store.h"
#include "support/random_vectors.h"
#include "support/saved_engine.h"
#include "support/store_model.h"

namespace vicinal {
namespace {

// A file that counts.
class CountingFile final : public File {
 public:
  Result<uint64_t> size() override { return file_.size(); }
  Status read_at(uint64_t offset, void* bytes, size_t size) override {
    read_bytes += size;
    return file_.read_at(offset, bytes, size);
  }
  Status write_at(uint64_t offset, const void* bytes, size_t size) override {
    written_bytes += size;
    return file_.write_at(offset, bytes, size);
  }
  Status flush() override { return file_.flush(); }
  Status truncate(uint64_t size) override { return file_.truncate(size); }

  uint64_t read_bytes = 0;
  uint64_t written_bytes = 0;

 private:
  MemoryFile file_;
};

class Checkpoints {
 public:
  explicit Checkpoints(const BlockSizes& sizes = {})
      : store(std::move(Store::open({&root_, &log_0_, &log_1_, &data}, kIdentity, sizes).value())) {}

  bool begin(SearchEngine& engine, bool compares_all = false) {
    if (!store->begin_checkpoint().ok() || !store->begin_section("engine").ok()) return false;
    engine.begin_save(store->sink(), compares_all);
    return true;
  }

  bool finish(SearchEngine& engine) {
    for (bool done = false; !done;) {
      const uint64_t before = data.written_bytes;
      const Result<bool> step = engine.save_step(store->sink());
      if (!step.ok()) return false;
      done = step.value();
      most_in_a_step = std::max(most_in_a_step, data.written_bytes - before);
    }
    if (!store->end_section().ok() || !store->finish_checkpoint().ok()) return false;
    engine.note_saved();
    return true;
  }

  bool make(SearchEngine& engine) { return begin(engine) && finish(engine); }

  std::unique_ptr<SearchEngine> open(bool leaves_rows) {
    SectionSource section = std::move(store->section("engine", BlockChecks::kOnce).value());
    auto opened = leaves_rows ? SearchEngine::load_but_rows(
                                    std::make_unique<SectionSource>(std::move(section)), best_kernels())
                              : SearchEngine::load(section, best_kernels());
    if (!opened.ok()) return nullptr;
    opened.value()->note_saved();
    return std::move(opened.value());
  }

  Bytes engine_bytes() {
    Bytes bytes(static_cast<size_t>(store->section_bytes("engine")));
    EXPECT_TRUE(store->section("engine").value().read_at(0, bytes.data(), bytes.size()).ok());
    return bytes;
  }

 private:
  CountingFile root_, log_0_, log_1_;

 public:
  CountingFile data;
  std::unique_ptr<Store> store;
  uint64_t most_in_a_step = 0;
};

struct Kept {
  const char* name;
  EngineOptions options;
};

class SavedInSteps : public testing::TestWithParam<Kept> {};

TEST_P(SavedInSteps, IsWhatASaveAtOnceIsAfterAnyChanges) {
  constexpr size_t kDim = 24;
  EngineOptions options = GetParam().options;
  options.dim = kDim;
  options.hnsw.m = 4;
  options.hnsw.ef_construction = 20;
  Checkpoints checkpoints(kSmallBlocks);
  auto engine = std::move(SearchEngine::create(options, best_kernels()).value());
  Random random(7);
  std::vector<uint32_t> ids;
  const auto add = [&](size_t count, bool stays) {
    const std::vector<float> rows = uniform_values(random, count * kDim);
    const Result<RowId> first = engine->add(rows.data(), count, random.below(2) == 0);
    ASSERT_TRUE(first.ok());
    if (!stays) return engine->undo_add(count);
    engine->end_add();
    for (size_t row = 0; row < count; ++row)
      ids.push_back(static_cast<uint32_t>(to_number(first.value()) + row));
  };
  const auto random_place = [&] { return ids.begin() + random.below(static_cast<uint32_t>(ids.size())); };
  const auto change = [&] {
    const uint32_t what = random.below(12);
    if (what < 5 || ids.size() < 10) {
      add(1 + random.below(60), what != 0);
    } else if (what < 7) {
      const std::vector<float> row = uniform_values(random, kDim);
      ASSERT_TRUE(engine->update(RowId{*random_place()}, row.data(), random.below(2) == 0).ok());
    } else if (what < 9) {
      const auto place = random_place();
      ASSERT_TRUE(engine->remove(RowId{*place}).ok());
      ids.erase(place);
    } else if (what == 9) {
      ASSERT_TRUE(engine->compact().ok());
    } else if (what == 10 && random.below(4) == 0) {
      engine->clear();
      ids.clear();
    } else if (options.index == IndexKind::kIvf && random.below(3) == 0) {
      ASSERT_TRUE(engine->begin_list_training(0, 1).ok());
      while (engine->list_training_step().value() < 1);
    }
  };

  add(300, true);
  for (int round = 0; round < 120; ++round) {
    // Often none but additions, which is what the rows before them stay for.
    const uint32_t changes = random.below(3);
    for (uint32_t each = 0; each < changes; ++each) change();
    if (random.below(3) == 0) add(1 + random.below(200), true);
    if (random.below(4) == 0) {
      ASSERT_TRUE(checkpoints.begin(*engine));
      if (random.below(2) == 0) (void)engine->save_step(checkpoints.store->sink());
      checkpoints.store->abandon_checkpoint();
      continue;
    }
    ASSERT_TRUE(checkpoints.make(*engine)) << round;
    // Rows that are in the checkpoint before are to be in this one.
    if (engine->has_rows_in_file() || random.below(4) == 0) {
      auto section = std::make_unique<SectionSource>(
          std::move(checkpoints.store->section("engine", BlockChecks::kOnce).value()));
      ASSERT_TRUE(engine->keep_rows_in(std::move(section)).ok());
    }
    ASSERT_TRUE(checkpoints.engine_bytes() == saved(*engine)) << round;
    if (random.below(6) == 0) {
      engine = checkpoints.open(random.below(2) == 0);
      ASSERT_NE(engine, nullptr) << round;
      ASSERT_TRUE(checkpoints.engine_bytes() == saved(*engine)) << round;
    }
  }
}

constexpr Quantization kBytes{.codec = {.kind = CodecKind::kScalar, .bits = 8}};
constexpr Quantization kBytesAlone{.codec = {.kind = CodecKind::kScalar, .bits = 8}, .keep_vectors = false};

INSTANTIATE_TEST_SUITE_P(
    Engines, SavedInSteps,
    testing::Values(Kept{"flat", {}}, Kept{"codes", {.quantization = kBytes}},
                    Kept{"codes_alone", {.quantization = kBytesAlone}},
                    Kept{"lists", {.index = IndexKind::kIvf}},
                    Kept{"lists_of_codes", {.quantization = kBytes, .index = IndexKind::kIvf}},
                    Kept{"graph", {.index = IndexKind::kHnsw}},
                    Kept{"graph_of_codes", {.quantization = kBytes, .index = IndexKind::kHnsw}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(StepsOfSaving, RowsThatTheStoreHasAreNotRead) {
  constexpr size_t kDim = 32, kRows = 60000;
  Random random(5);
  const std::vector<float> rows = uniform_values(random, (kRows + 100) * kDim);
  auto engine = std::move(SearchEngine::create({.dim = kDim}, best_kernels()).value());
  Checkpoints checkpoints;
  ASSERT_TRUE(engine->add(rows.data(), kRows).ok() && checkpoints.make(*engine));
  const uint64_t full = checkpoints.data.written_bytes;
  EXPECT_GT(full, kRows * kDim * sizeof(float));
  // Some 2 MB a step, and the block that was begun before.
  EXPECT_LT(checkpoints.most_in_a_step, uint64_t{7} << 19);

  const auto in_next = [&](uint64_t CountingFile::* bytes) {
    const uint64_t before = checkpoints.data.*bytes;
    EXPECT_TRUE(checkpoints.make(*engine));
    EXPECT_TRUE(checkpoints.engine_bytes() == saved(*engine));
    return checkpoints.data.*bytes - before -
           (bytes == &CountingFile::read_bytes ? engine->saved_bytes() : 0);
  };
  ASSERT_TRUE(engine->add(rows.data() + kRows * kDim, 50).ok());
  EXPECT_LT(in_next(&CountingFile::read_bytes), full / 5);
  ASSERT_TRUE(engine->add(rows.data() + (kRows + 50) * kDim, 50).ok());
  EXPECT_LT(in_next(&CountingFile::written_bytes), full / 5);
  engine = checkpoints.open(false);
  ASSERT_TRUE(engine != nullptr && engine->add(rows.data() + kRows * kDim, 50).ok());
  EXPECT_LT(in_next(&CountingFile::read_bytes), full / 5);
  const uint64_t before = checkpoints.data.read_bytes;
  ASSERT_TRUE(checkpoints.begin(*engine, true) && checkpoints.finish(*engine));
  EXPECT_GT(checkpoints.data.read_bytes - before, full / 2);
  // All of them are compared where one of them was replaced.
  ASSERT_TRUE(engine->update(RowId{7}, rows.data()).ok());
  EXPECT_GT(in_next(&CountingFile::read_bytes), full / 2);
}

TEST(StepsOfSaving, AChangeEndsIt) {
  Random random(6);
  const std::vector<float> rows = uniform_values(random, 8);
  auto engine = std::move(SearchEngine::create({.dim = 8}, best_kernels()).value());
  BufferSink sink, other;
  const auto code = [&](ByteSink& to) { return engine->save_step(to).error().code; };
  EXPECT_EQ(code(sink), ErrorCode::kInvalidArgument);
  engine->begin_save(sink);
  EXPECT_EQ(code(other), ErrorCode::kInvalidArgument);
  ASSERT_TRUE(engine->add(rows.data(), 1).ok());
  EXPECT_EQ(code(sink), ErrorCode::kInvalidArgument);
  engine->begin_save(sink);
  EXPECT_TRUE(engine->save_step(sink).value());
  EXPECT_EQ(sink.bytes(), saved(*engine));
}

TEST(StoreSections, HoldWhatIsWrittenAsTheSame) {
  Checkpoints checkpoints(kSmallBlocks);
  Store& store = *checkpoints.store;
  Random random(8);
  Bytes present;
  for (int round = 0; round < 200; ++round) {
    const size_t size = present.size();
    const size_t first = size > 0 ? random.below(static_cast<uint32_t>(size)) : 0;
    const size_t last = size > 0 ? first + random.below(static_cast<uint32_t>(size - first)) : 0;
    const Bytes same(present.begin() + static_cast<ptrdiff_t>(first),
                     present.begin() + static_cast<ptrdiff_t>(last));
    const Bytes before = random_bytes(random, random.below(2) == 0 ? first : random.below(3000));
    const Bytes after = random_bytes(random, random.below(20000));
    BufferSource source(same);
    ASSERT_TRUE(store.begin_checkpoint().ok() && store.begin_section("engine").ok());
    ASSERT_TRUE(store.sink().write(before.data(), before.size()).ok());
    ASSERT_TRUE(store.sink().write_same(first, source).ok());
    ASSERT_TRUE(store.sink().write(after.data(), after.size()).ok());
    ASSERT_TRUE(store.end_section().ok() && store.finish_checkpoint().ok());
    present = before;
    present.insert(present.end(), same.begin(), same.end());
    present.insert(present.end(), after.begin(), after.end());
    ASSERT_EQ(checkpoints.engine_bytes(), present);
  }
  BufferSource none(Bytes{});
  EXPECT_EQ(store.sink().write_same(0, none).error().code, ErrorCode::kInvalidArgument);
}

// Each checkpoint keeps a start of the section and goes on from there: it has the blocks of one that is written whole.
TEST(StoreSections, BeginWithWhatIsKept) {
  Checkpoints checkpoints(kSmallBlocks), whole(kSmallBlocks);
  Store& store = *checkpoints.store;
  const auto lengths = [](const Store& from) {
    std::vector<uint32_t> all;
    for (const StoreBlock& block : from.section_blocks("engine")) all.push_back(block.length);
    return all;
  };
  Random random(9);
  Bytes present;
  for (int round = 0; round < 200; ++round) {
    const size_t size = present.size();
    const uint32_t much = static_cast<uint32_t>(std::min<size_t>(size, 5000));
    const size_t kept = random.below(3) == 0 ? size : size - (much > 0 ? random.below(much) : 0);
    const Bytes after = random_bytes(random, random.below(3000));
    ASSERT_TRUE(store.begin_checkpoint().ok() && store.begin_section("engine").ok());
    const uint64_t read = checkpoints.data.read_bytes;
    ASSERT_TRUE(store.keep_start(kept).ok());
    // The block that the start ends in, and what is compared with blocks that end within it.
    EXPECT_LE(checkpoints.data.read_bytes - read, 2 * kSmallBlocks.most);
    ASSERT_TRUE(store.sink().write(after.data(), after.size()).ok());
    ASSERT_TRUE(store.end_section().ok() && store.finish_checkpoint().ok());
    present.resize(kept);
    present.insert(present.end(), after.begin(), after.end());
    ASSERT_EQ(checkpoints.engine_bytes(), present);
    ASSERT_TRUE(whole.store->begin_checkpoint().ok() && whole.store->begin_section("engine").ok());
    ASSERT_TRUE(whole.store->sink().write(present.data(), present.size()).ok());
    ASSERT_TRUE(whole.store->end_section().ok() && whole.store->finish_checkpoint().ok());
    ASSERT_EQ(lengths(store), lengths(*whole.store));
  }
}

TEST(StoreSections, KeepNoMoreThanThereIs) {
  Checkpoints checkpoints(kSmallBlocks);
  Store& store = *checkpoints.store;
  EXPECT_EQ(store.keep_start(0).error().code, ErrorCode::kInvalidArgument);
  Random random(10);
  const Bytes present = random_bytes(random, 5000);
  ASSERT_TRUE(store.begin_checkpoint().ok());
  EXPECT_EQ(store.keep_start(0).error().code, ErrorCode::kInvalidArgument);
  store.abandon_checkpoint();
  ASSERT_TRUE(store.begin_checkpoint().ok() && store.begin_section("engine").ok());
  EXPECT_TRUE(store.keep_start(0).ok());
  ASSERT_TRUE(store.sink().write(present.data(), present.size()).ok());
  EXPECT_EQ(store.keep_start(0).error().code, ErrorCode::kInvalidArgument);
  store.abandon_checkpoint();
  ASSERT_TRUE(store.begin_checkpoint().ok() && store.begin_section("engine").ok());
  ASSERT_TRUE(store.sink().write(present.data(), present.size()).ok());
  ASSERT_TRUE(store.end_section().ok() && store.finish_checkpoint().ok());

  ASSERT_TRUE(store.begin_checkpoint().ok() && store.begin_section("engine").ok());
  const Error refused = store.keep_start(5001).error();
  EXPECT_EQ(refused.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.expected, 5000);
  EXPECT_EQ(refused.actual, 5001);
  store.abandon_checkpoint();

  // What is damaged is told where it is read; blocks that are taken over stay what they are.
  const StoreBlock first = store.section_blocks("engine").front();
  unsigned char byte;
  ASSERT_TRUE(checkpoints.data.read_at(first.offset, &byte, 1).ok());
  byte ^= 1;
  ASSERT_TRUE(checkpoints.data.write_at(first.offset, &byte, 1).ok());
  ASSERT_TRUE(store.begin_checkpoint().ok() && store.begin_section("engine").ok());
  const Error damaged = store.keep_start(1).error();
  EXPECT_EQ(damaged.code, ErrorCode::kCorruptData);
  EXPECT_EQ(damaged.actual, static_cast<int64_t>(first.offset));
  EXPECT_EQ(store.finish_checkpoint().error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(store.section_bytes("engine"), 5000u);
}

}  // namespace
}  // namespace vicinal
