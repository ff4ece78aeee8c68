// One crash after another, of a store whose writes fail now and then: each begins with what those before have left.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "support/faulty_files.h"
#include "support/store_model.h"

namespace vicinal {
namespace {

struct Counts {
  size_t crashes = 0;
  size_t torn = 0;
  size_t errors = 0;
  size_t refusals = 0;
  size_t trims = 0;
  size_t reopened = 0;
};

// What is done with a store from one crash to the next.
class Life {
 public:
  Life(const FileContents& contents, Random& random, Counts& counts)
      : files_(contents), random_(random), counts_(counts) {}

  void begin(std::span<const StoreState> possible) {
    store_ = open(files_);
    ASSERT_TRUE(store_);
    counts_.torn += store_->report().torn;
    Result<StoreState> found = read_state(*store_);
    ASSERT_TRUE(found.ok());
    state_ = std::move(found.value());
    ASSERT_NE(std::find(possible.begin(), possible.end(), state_), possible.end()) << "another state";
    possible_ = {state_};

    // All is mended: the next one has nothing left to do.
    FaultyFiles same(files_.contents());
    const std::unique_ptr<Store> next = open(same);
    ASSERT_TRUE(next);
    ASSERT_FALSE(next->report().torn);
    ASSERT_TRUE(std::all_of(same.history().begin(), same.history().end(), [](const FileChange& change) {
      return change.kind == FileChange::Kind::kFlush;
    }));
    ASSERT_EQ(read_state(*next).value(), state_);
  }

  void run() {
    const uint32_t trouble = random_.below(3);
    if (trouble == 1) {
      const FileContents contents = files_.contents();
      files_.quota = std::accumulate(contents.begin(), contents.end(), uint64_t{random_.below(3000)},
                                     [](uint64_t sum, const Bytes& file) { return sum + file.size(); });
    }
    for (uint32_t left = random_.below(11); left > 0; --left) {
      if (trouble == 2 && random_.below(6) == 0) plan_fault();
      call();
      files_.fault.reset();
      if (random_.below(12) == 0) reopen();
      if (::testing::Test::HasFatalFailure()) return;
      ASSERT_EQ(read_state(*store_).value(), state_);
    }
  }

  // After the last call, or in the middle of it.
  FileContents crash(std::vector<StoreState>& possible) {
    ++counts_.crashes;
    possible = possible_;
    size_t change_count = files_.history().size();
    if (random_.below(2) == 0) {
      change_count = call_begin_ + random_.below(static_cast<uint32_t>(change_count - call_begin_ + 1));
      possible.insert(possible.end(), possible_amid_.begin(), possible_amid_.end());
    }
    CrashPlayer player(files_.initial());
    for (size_t i = 0; i < change_count; ++i) player.add(files_.history()[i]);
    return player.random_crash(random_);
  }

 private:
  static std::unique_ptr<Store> open(FaultyFiles& files) {
    Result<std::unique_ptr<Store>> opened = Store::open(files.files(), kIdentity, kSmallBlocks);
    if (!opened.ok() || opened.value()->report().damage) return nullptr;
    return std::move(opened.value());
  }

  void plan_fault() {
    files_.fault = Fault{files_.change_count() + random_.below(5),
                         random_.below(2) == 0 ? ErrorCode::kStorageFull : ErrorCode::kStorageFailed,
                         random_.below(3) == 0 ? 0 : random_.below(1600), random_.below(3) == 0};
  }

  void call() {
    call_begin_ = files_.history().size();
    possible_amid_ = possible_;
    switch (random_.below(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4: {
        StoreState next = state_;
        next.records.push_back(record());
        const Status done = store_->append(next.records.back().data(), next.records.back().size());
        settle(done, next);
        break;
      }
      case 5:
      case 6:
        if (store_->flush().ok())
          possible_ = {state_};
        else
          ++counts_.errors;
        break;
      case 7:
      case 8: {
        StoreState next{changed_sections(state_.sections, random_, 4000), {}};
        const Status done = write_checkpoint(*store_, state_.sections, next.sections, random_);
        settle(done, next);
        if (done.ok()) possible_ = {state_};
        break;
      }
      default:
        counts_.trims += store_->trim_logs(random_.below(3) == 0 ? 0 : random_.below(2500));
    }
  }

  // As after the end of the process, of one that was ended in the middle of a call where that has failed for good: what
  // was not flushed is still there, and not yet safe.
  void reopen() {
    call_begin_ = files_.history().size();
    store_ = open(files_);
    ASSERT_TRUE(store_);
    ++counts_.reopened;
    state_ = read_state(*store_).value();
    const auto found = std::find(possible_.rbegin(), possible_.rend(), state_);
    ASSERT_NE(found, possible_.rend()) << "another state";
    possible_amid_ = possible_;
    possible_.erase(found.base(), possible_.end());
  }

  // Of the sizes at which a record just fits a sector, or does not; some like others, as a log's remains are.
  Bytes record() {
    constexpr size_t kSizes[] = {0, 8, 100, 440, 464, 488, 1000, 1500, 3000};
    const size_t size = kSizes[random_.below(std::size(kSizes))];
    if (random_.below(2) == 0) return random_bytes(random_, size);
    return Bytes(size, static_cast<unsigned char>(random_.below(256)));
  }

  void settle(const Status& done, const StoreState& next) {
    possible_amid_.push_back(next);
    if (done.ok()) {
      state_ = next;
      possible_.push_back(next);
      return;
    }
    ++counts_.errors;
    // One that takes nothing any more does not know what is on the disk.
    const bool refuses = !store_->begin_checkpoint().ok();
    store_->abandon_checkpoint();
    if (!refuses) return;
    ++counts_.refusals;
    possible_.push_back(next);
  }

  FaultyFiles files_;
  Random& random_;
  Counts& counts_;
  std::unique_ptr<Store> store_;
  StoreState state_;
  std::vector<StoreState> possible_;       // after the last call
  std::vector<StoreState> possible_amid_;  // in the middle of it
  size_t call_begin_ = 0;
};

// VICINAL_STORE_SEEDS: more chains than the suite has time for.
TEST(StoreCrashChain, LosesNothingAcknowledged) {
  const char* wanted = std::getenv("VICINAL_STORE_SEEDS");
  const auto seed_count = static_cast<uint64_t>(wanted ? std::atoi(wanted) : 1) * 200;
  Counts counts;
  for (uint64_t seed = 0; seed < seed_count; ++seed) {
    SCOPED_TRACE(seed);
    Random random(400 + seed);
    FileContents contents;
    std::vector<StoreState> possible{{}};
    for (int crash = 0; crash < 12; ++crash) {
      SCOPED_TRACE(crash);
      Life life(contents, random, counts);
      life.begin(possible);
      if (!HasFailure()) life.run();
      if (HasFailure()) return;
      contents = life.crash(possible);
    }
  }
  std::printf("chains: %zu crashes, %zu torn ends, %zu errors, %zu refusals, %zu trims, %zu opened again\n",
              counts.crashes, counts.torn, counts.errors, counts.refusals, counts.trims, counts.reopened);
  EXPECT_GT(counts.torn, 100u);
  EXPECT_GT(counts.errors, 100u);
  EXPECT_GT(counts.refusals, 10u);
  EXPECT_GT(counts.trims, 10u);
}

}  // namespace
}  // namespace vicinal
