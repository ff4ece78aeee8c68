// A crash at every change that a workload makes to the files, with what was not flushed lost, kept, torn or in part:
// the store opens to a state that was acknowledged or under way, and goes on.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <unordered_set>

#include "persist/crc32c.h"
#include "support/faulty_files.h"
#include "support/store_model.h"

namespace vicinal {
namespace {

// A workload as it went: the states it went through, and which could be found when.
class Workload {
 public:
  explicit Workload(uint64_t seed) : random_(seed) {
    step([&] { open(); });
  }

  void append(size_t size) {
    StoreState next = states_.back();
    next.records.push_back(random_bytes(random_, size));
    change(next, [&] { ASSERT_TRUE(store_->append(next.records.back().data(), size).ok()); });
  }
  void flush() {
    step([&] { ASSERT_TRUE(store_->flush().ok()); });
    acknowledge();
  }
  void checkpoint(const std::map<std::string, Bytes>& sections) {
    change({sections, {}},
           [&] { ASSERT_TRUE(write_checkpoint(*store_, states_.back().sections, sections, random_).ok()); });
    acknowledge();
  }
  // Given up half way: blocks are written, and cut off again.
  void abandoned_checkpoint() {
    step([&] {
      const Bytes bytes = random_bytes(random_, 3000);
      ASSERT_TRUE(store_->begin_checkpoint().ok() && store_->begin_section("x").ok());
      ASSERT_TRUE(store_->sink().write(bytes.data(), bytes.size()).ok());
      store_->abandon_checkpoint();
    });
  }
  // As after the end of the process: what was not flushed is still there.
  void reopen() {
    step([&] { open(); });
  }

  std::map<std::string, Bytes> changed(size_t most_bytes) {
    return changed_sections(states_.back().sections, random_, most_bytes);
  }

  const FaultyFiles& files() const { return files_; }

  // The states that a crash after `change_count` changes may leave.
  std::span<const StoreState> possible(size_t change_count) const {
    size_t first = 0, last = 0;
    for (const Step& step : steps_) {
      if (step.end <= change_count) first = std::max(first, step.durable_state);
      if (step.begin < change_count) last = std::max(last, step.last_state);
    }
    return std::span(states_).subspan(first, last - first + 1);
  }

 private:
  struct Step {
    size_t begin, end;  // changes before and after
    size_t last_state;
    size_t durable_state;
  };

  void open() {
    Result<std::unique_ptr<Store>> opened = Store::open(files_.files(), kIdentity, kSmallBlocks);
    ASSERT_TRUE(opened.ok());
    store_ = std::move(opened.value());
    ASSERT_EQ(read_state(*store_).value(), states_.back());
  }
  template <typename Call>
  void step(Call call) {
    const size_t begin = files_.history().size();
    call();
    steps_.push_back({begin, files_.history().size(), states_.size() - 1,
                      steps_.empty() ? 0 : steps_.back().durable_state});
  }
  template <typename Call>
  void change(StoreState next, Call call) {
    step(call);
    states_.push_back(std::move(next));
    steps_.back().last_state = states_.size() - 1;
  }
  void acknowledge() { steps_.back().durable_state = states_.size() - 1; }

  FaultyFiles files_;
  Random random_;
  std::unique_ptr<Store> store_;
  std::vector<StoreState> states_{{}};
  std::vector<Step> steps_;
};

uint32_t fingerprint(const FileContents& contents) {
  uint32_t crc = 0;
  for (const Bytes& file : contents) {
    const uint64_t size = file.size();
    crc = crc32c(crc, &size, sizeof(size));
    crc = crc32c(crc, file.data(), file.size());
  }
  return crc;
}

struct Counts {
  size_t moments = 0;
  size_t crashes = 0;
  size_t different = 0;
  size_t in_recovery = 0;
};

StoreState expect_state(const FileContents& contents, std::span<const StoreState> possible) {
  FaultyFiles files(contents);
  Result<std::unique_ptr<Store>> opened = Store::open(files.files(), kIdentity, kSmallBlocks);
  if (!opened.ok()) {
    ADD_FAILURE() << "does not open: " << static_cast<int>(opened.error().code);
    return {};
  }
  EXPECT_FALSE(opened.value()->report().damage.has_value());
  Result<StoreState> state = read_state(*opened.value());
  if (!state.ok()) {
    ADD_FAILURE() << "cannot be read";
    return {};
  }
  EXPECT_NE(std::find(possible.begin(), possible.end(), state.value()), possible.end()) << "another state";
  return state.value();
}

void expect_recovery(const FileContents& contents, std::span<const StoreState> possible, Random& random,
                     Counts& counts) {
  StoreState state = expect_state(contents, possible);
  if (::testing::Test::HasFailure()) return;

  // A crash in the middle of the recovery.
  FaultyFiles files(contents);
  std::unique_ptr<Store> store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
  CrashPlayer player(contents);
  for (const FileChange& change : files.history()) {
    player.add(change);
    player.each_crash(random, 2, [&](const FileContents& again) {
      ++counts.in_recovery;
      expect_state(again, {&state, 1});
    });
  }

  // It goes on as if nothing had been.
  const Bytes record = random_bytes(random, random.below(40));
  ASSERT_TRUE(store->append(record.data(), record.size()).ok() && store->flush().ok());
  state.records.push_back(record);
  store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
  ASSERT_FALSE(store->report().torn || store->report().damage);
  ASSERT_EQ(read_state(*store).value(), state);
  const auto sections = changed_sections(state.sections, random, 2000);
  ASSERT_TRUE(write_checkpoint(*store, state.sections, sections, random).ok());
  store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
  ASSERT_FALSE(store->report().torn || store->report().damage);
  ASSERT_EQ(read_state(*store).value(), (StoreState{sections, {}}));
}

// One crash of several that leave the same is tried.
Counts crash_everywhere(const Workload& workload, uint64_t seed, size_t random_count) {
  Random random(seed);
  Counts counts;
  CrashPlayer player(workload.files().initial());
  const std::vector<FileChange>& history = workload.files().history();
  for (size_t change_count = 0; change_count <= history.size(); ++change_count) {
    if (change_count > 0) player.add(history[change_count - 1]);
    ++counts.moments;
    const auto possible = workload.possible(change_count);
    std::unordered_set<uint32_t> seen;
    player.each_crash(random, random_count, [&](const FileContents& contents) {
      ++counts.crashes;
      if (::testing::Test::HasFailure() || !seen.insert(fingerprint(contents)).second) return;
      ++counts.different;
      expect_recovery(contents, possible, random, counts);
      if (::testing::Test::HasFailure()) ADD_FAILURE() << "crash after " << change_count << " changes";
    });
    if (::testing::Test::HasFailure()) break;
  }
  return counts;
}

void tell(const char* name, const Counts& counts) {
  std::printf("%s: %zu moments, %zu crashes, %zu of them different, %zu in the recovery\n", name,
              counts.moments, counts.crashes, counts.different, counts.in_recovery);
}

TEST(StoreCrash, LosesNothingAcknowledgedInASmallWorkload) {
  Workload workload(1);
  Random random(2);
  workload.append(0);
  workload.flush();
  workload.append(700);  // over sectors
  workload.append(5);
  workload.append(1200);
  workload.flush();
  std::map<std::string, Bytes> sections{
      {"a", random_bytes(random, 1500)}, {"b", random_bytes(random, 10)}, {"c", {}}};
  workload.checkpoint(sections);
  workload.append(100);
  workload.append(600);
  workload.reopen();
  workload.append(30);
  workload.flush();
  sections["a"].resize(1000);
  workload.checkpoint(sections);
  workload.checkpoint(sections);
  workload.append(2000);
  workload.abandoned_checkpoint();
  workload.append(10);
  sections.erase("b");
  sections["d"] = random_bytes(random, 2600);
  workload.checkpoint(sections);  // with records not flushed
  workload.append(900);
  workload.flush();
  workload.checkpoint({});
  workload.append(1);
  workload.flush();
  const Counts counts = crash_everywhere(workload, 3, 30);
  tell("small workload", counts);
  EXPECT_GT(counts.different, 1000u);
}

TEST(StoreCrash, LosesNothingThatWasThereWhenItWasOpened) {
  FaultyFiles files;
  const auto open = [&](FaultyFiles& from) {
    return std::move(Store::open(from.files(), kIdentity, kSmallBlocks).value());
  };
  // Not flushed by the process that wrote it.
  ASSERT_TRUE(open(files)->append("last", 4).ok());
  const StoreState found = read_state(*open(files)).value();
  ASSERT_EQ(found.records.size(), 1u);
  CrashPlayer player(files.initial());
  for (const FileChange& change : files.history()) player.add(change);
  FaultyFiles after(player.crash({}));
  EXPECT_TRUE(player.pending().empty());
  EXPECT_EQ(read_state(*open(after)).value(), found);
}

// VICINAL_STORE_SEEDS: more workloads than the suite has time for.
TEST(StoreCrash, LosesNothingAcknowledgedInRandomWorkloads) {
  const char* wanted = std::getenv("VICINAL_STORE_SEEDS");
  const auto seed_count = static_cast<uint64_t>(wanted ? std::atoi(wanted) : 1);
  Counts all;
  for (uint64_t seed = 0; seed < seed_count; ++seed) {
    Random random(100 + seed);
    Workload workload(200 + seed);
    for (int i = 0; i < 60; ++i) {
      switch (random.below(8)) {
        case 0:
        case 1:
        case 2:
          workload.append(random.below(3) == 0 ? random.below(3000) : random.below(60));
          break;
        case 3:
        case 4:
          workload.flush();
          break;
        case 5:
          workload.checkpoint(workload.changed(6000));
          break;
        case 6:
          workload.abandoned_checkpoint();
          break;
        default:
          workload.reopen();
      }
      if (HasFatalFailure()) return;
    }
    const Counts counts = crash_everywhere(workload, 300 + seed, 5);
    all.moments += counts.moments;
    all.crashes += counts.crashes;
    all.different += counts.different;
    all.in_recovery += counts.in_recovery;
    if (HasFailure()) {
      ADD_FAILURE() << "seed " << seed;
      break;
    }
  }
  tell("random workloads", all);
}

}  // namespace
}  // namespace vicinal
