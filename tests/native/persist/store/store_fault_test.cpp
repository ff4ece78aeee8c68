// Writes, truncations and flushes that fail, and quotas: the state before stays readable, the error is typed, and going
// on works or is refused.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "support/faulty_files.h"
#include "support/store_model.h"

namespace vicinal {
namespace {

bool is_storage_error(const Error& error) {
  return error.code == ErrorCode::kStorageFull || error.code == ErrorCode::kStorageFailed;
}

struct Counts {
  size_t runs = 0;
  size_t errors = 0;
  size_t refusals = 0;
  size_t crashes = 0;
};

// The calls of a workload, each by itself; at the first error that the files caused the state before must be there.
class FaultyRun {
 public:
  explicit FaultyRun(FaultyFiles& files, Counts& counts) : files_(files), counts_(counts) { ++counts.runs; }

  void all() {
    Random random(7);
    if (!open()) {
      // What is left of a creation that failed does not stand in the way.
      files_.fault.reset();
      files_.quota = UINT64_MAX;
      ASSERT_TRUE(open());
    }
    std::map<std::string, Bytes> sections{{"a", random_bytes(random, 1500)}, {"b", random_bytes(random, 9)}};
    append(random_bytes(random, 30));
    append(random_bytes(random, 900));
    flush();
    checkpoint(sections);
    append(random_bytes(random, 1300));
    sections["a"].resize(900);
    sections["c"] = random_bytes(random, 2500);
    checkpoint(sections);
    append(random_bytes(random, 10));
    flush();
    sections.erase("c");
    checkpoint(sections);
    append(random_bytes(random, 10));
    flush();

    // Opened anew, all works again.
    files_.fault.reset();
    files_.quota = UINT64_MAX;
    if (::testing::Test::HasFailure()) return;
    ASSERT_TRUE(open());
    ASSERT_FALSE(store_->report().damage);
    expect_state();
    append(random_bytes(random, 10));
    flush();
    checkpoint(sections);
    ASSERT_FALSE(failed_);
    ASSERT_TRUE(open());
    expect_state();
  }

 private:
  bool open() {
    failed_ = false;
    Result<std::unique_ptr<Store>> opened = Store::open(files_.files(), kIdentity, kSmallBlocks);
    if (!opened.ok()) {
      EXPECT_TRUE(is_storage_error(opened.error()));
      ++counts_.errors;
      return false;
    }
    store_ = std::move(opened.value());
    return true;
  }

  void append(const Bytes& record) {
    StoreState next = state_;
    next.records.push_back(record);
    settle(store_->append(record.data(), record.size()), next);
  }
  void flush() {
    settle(store_->flush(), state_);
    if (!failed_) acknowledged_ = possible_.size() - 1;
  }
  void checkpoint(const std::map<std::string, Bytes>& sections) {
    Random random(8);
    settle(write_checkpoint(*store_, state_.sections, sections, random), {sections, {}});
    if (!failed_) acknowledged_ = possible_.size() - 1;
  }

  void settle(const Status& status, const StoreState& next) {
    if (status.ok()) {
      ASSERT_FALSE(refused_) << "taken after a refusal";
      state_ = next;
      possible_.push_back(next);
      failed_ = false;
    } else {
      failed_ = true;
      ++counts_.errors;
      ASSERT_TRUE(is_storage_error(status.error()));
      if (!refused_) crash(next);
      // Refused for good, or not at all.
      const bool refuses = !store_->begin_checkpoint().ok();
      store_->abandon_checkpoint();
      ASSERT_TRUE(refuses || !refused_);
      if (refuses && !refused_) ++counts_.refusals;
      // What the failed call would have made may be there too, once all is opened anew.
      if (refuses && !refused_) possible_.push_back(next);
      refused_ = refuses;
    }
    const Result<StoreState> read = read_state(*store_);
    ASSERT_TRUE(read.ok() && read.value() == state_) << "the state before is gone";
  }

  // A crash right after the error.
  void crash(const StoreState& next) {
    std::vector<StoreState> possible(possible_.begin() + static_cast<ptrdiff_t>(acknowledged_),
                                     possible_.end());
    possible.push_back(next);
    Random random(9);
    CrashPlayer player(files_.initial());
    for (const FileChange& change : files_.history()) player.add(change);
    player.each_crash(random, 10, [&](const FileContents& contents) {
      ++counts_.crashes;
      FaultyFiles files(contents);
      Result<std::unique_ptr<Store>> opened = Store::open(files.files(), kIdentity, kSmallBlocks);
      ASSERT_TRUE(opened.ok() && !opened.value()->report().damage);
      const Result<StoreState> read = read_state(*opened.value());
      ASSERT_TRUE(read.ok() && std::find(possible.begin(), possible.end(), read.value()) != possible.end());
    });
  }

  // After opening anew: the last state, or what a call left unknown.
  void expect_state() {
    const Result<StoreState> read = read_state(*store_);
    ASSERT_TRUE(read.ok());
    const bool known = read.value() == state_ || (refused_ && read.value() == possible_.back());
    ASSERT_TRUE(known) << "another state";
    state_ = read.value();
    refused_ = false;
  }

  FaultyFiles& files_;
  Counts& counts_;
  std::unique_ptr<Store> store_;
  StoreState state_;
  std::vector<StoreState> possible_{{}};
  size_t acknowledged_ = 0;
  bool failed_ = false;
  bool refused_ = false;
};

size_t change_count() {
  FaultyFiles files;
  Counts counts;
  FaultyRun(files, counts).all();
  EXPECT_EQ(counts.errors, 0u);
  return files.history().size();
}

void tell(const char* name, const Counts& counts) {
  std::printf("%s: %zu runs, %zu errors, %zu refusals until opened anew, %zu crashes\n", name, counts.runs,
              counts.errors, counts.refusals, counts.crashes);
}

TEST(StoreFault, OfAnyChangeLeavesTheStateBefore) {
  Counts counts;
  const size_t changes = change_count();
  ASSERT_GT(changes, 40u);
  for (size_t change = 0; change < changes && !HasFailure(); ++change) {
    for (const bool for_good : {false, true}) {
      for (const uint64_t done_bytes :
           {uint64_t{0}, uint64_t{1}, uint64_t{512}, uint64_t{1000}, UINT64_MAX}) {
        SCOPED_TRACE(testing::Message()
                     << "change " << change << ", done " << done_bytes << ", for good " << for_good);
        FaultyFiles files;
        files.fault = Fault{change, for_good ? ErrorCode::kStorageFull : ErrorCode::kStorageFailed,
                            done_bytes, for_good};
        FaultyRun(files, counts).all();
        if (HasFailure()) break;
      }
    }
  }
  tell("faults", counts);
  EXPECT_GT(counts.errors, changes);
  EXPECT_GT(counts.refusals, 0u);
}

TEST(StoreFault, OfAQuotaAtAnySizeLeavesTheStateBefore) {
  Counts counts;
  for (uint64_t quota = 0; quota < 40000 && !HasFailure(); quota += quota < 6000 ? 61 : 509) {
    SCOPED_TRACE(testing::Message() << "quota " << quota);
    FaultyFiles files;
    files.quota = quota;
    FaultyRun(files, counts).all();
  }
  tell("quotas", counts);
  EXPECT_GT(counts.errors, 100u);
}

// A quota refuses what does not fit and nothing else: small records go on where a large one failed.
TEST(StoreFault, OfAQuotaIsNoRefusal) {
  FaultyFiles files;
  std::unique_ptr<Store> store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
  uint64_t used = 0;
  for (const Bytes& file : files.contents()) used += file.size();
  files.quota = used + 400;
  const Bytes large(500, 1), small(50, 2);
  const Status failed = store->append(large.data(), large.size());
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kStorageFull);
  EXPECT_GT(failed.error().actual, 500);
  ASSERT_TRUE(store->append(small.data(), small.size()).ok() && store->flush().ok());
  EXPECT_EQ(Store::open(files.files(), kIdentity).value()->report().record_count, 1u);
  // A checkpoint that finds no room gives back what it took.
  ASSERT_TRUE(store->begin_checkpoint().ok() && store->begin_section("a").ok());
  const Bytes section(5000, 3);
  EXPECT_EQ(store->sink().write(section.data(), section.size()).error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(store->end_section().error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(store->finish_checkpoint().error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(store->data_bytes(), 0u);
  ASSERT_TRUE(store->append(small.data(), small.size()).ok() && store->flush().ok());
  EXPECT_EQ(Store::open(files.files(), kIdentity).value()->report().record_count, 2u);
}

// What an older log has left makes room, for a record as for a checkpoint.
TEST(StoreFault, OfAQuotaCutsWhatOlderLogsHaveLeft) {
  Random random(1);
  const Bytes large(5000, 1);
  for (const bool is_record : {true, false}) {
    FaultyFiles files;
    std::unique_ptr<Store> store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
    ASSERT_TRUE(store->append(large.data(), large.size()).ok());
    ASSERT_TRUE(write_checkpoint(*store, {}, {}, random).ok());
    files.quota = 500;
    for (const Bytes& file : files.contents()) files.quota += file.size();
    const auto left = [&] { return files.contents()[static_cast<size_t>(StoreFile::kLog1)].size(); };
    EXPECT_GT(left(), 5000u);
    StoreState state;
    if (is_record) {
      ASSERT_TRUE(store->append(large.data(), large.size()).ok() && store->flush().ok());
      state.records = {large};
    } else {
      state.sections["a"] = Bytes(100, 2);  // and the manifest from 4096
      ASSERT_TRUE(write_checkpoint(*store, {}, state.sections, random).ok());
    }
    EXPECT_EQ(left(), 64u + 8);
    store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
    EXPECT_FALSE(store->report().torn || store->report().damage);
    EXPECT_EQ(read_state(*store).value(), state);
    // And no more than that.
    const Status failed = store->append(large.data(), large.size());
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code, ErrorCode::kStorageFull);
    EXPECT_EQ(read_state(*store).value(), state);
  }
}

TEST(StoreFault, OfAFlushRefusesChangesUntilOpenedAnew) {
  FaultyFiles files;
  std::unique_ptr<Store> store = std::move(Store::open(files.files(), kIdentity).value());
  ASSERT_TRUE(store->append("x", 1).ok());
  files.fault = Fault{files.history().size(), ErrorCode::kStorageFailed};
  EXPECT_EQ(store->flush().error().code, ErrorCode::kStorageFailed);
  EXPECT_EQ(store->append("y", 1).error().code, ErrorCode::kStorageFailed);
  EXPECT_EQ(store->flush().error().code, ErrorCode::kStorageFailed);
  EXPECT_EQ(store->begin_checkpoint().error().code, ErrorCode::kStorageFailed);
  EXPECT_EQ(read_state(*store).value().records.size(), 1u);
  store = std::move(Store::open(files.files(), kIdentity).value());
  EXPECT_TRUE(store->append("y", 1).ok() && store->flush().ok());
}

}  // namespace
}  // namespace vicinal
