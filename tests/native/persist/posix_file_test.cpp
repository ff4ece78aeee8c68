#include "persist/posix_file.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>

#include "persist/store/store.h"
#include "support/store_model.h"

namespace vicinal {
namespace {

class PosixFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "vicinal-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<PosixFile> file(const char* name) {
    return std::move(PosixFile::open((folder_ / name).c_str()).value());
  }

  std::filesystem::path folder_;
};

TEST_F(PosixFiles, DoWhatAFileDoes) {
  std::unique_ptr<PosixFile> one = file("one");
  EXPECT_EQ(one->size().value(), 0u);
  ASSERT_TRUE(one->write_at(5, "abc", 3).ok());
  Bytes bytes(8, 1);
  ASSERT_TRUE(one->read_at(0, bytes.data(), 8).ok());
  EXPECT_EQ(bytes, (Bytes{0, 0, 0, 0, 0, 'a', 'b', 'c'}));
  const Status past = one->read_at(6, bytes.data(), 3);
  EXPECT_EQ(past.error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(past.error().actual, 6);
  ASSERT_TRUE(one->truncate(6).ok() && one->flush().ok());
  one = file("one");
  EXPECT_EQ(one->size().value(), 6u);
}

TEST_F(PosixFiles, TellWhatFailed) {
  const Result<std::unique_ptr<PosixFile>> none = PosixFile::open((folder_ / "no" / "file").c_str());
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kStorageFailed);
  EXPECT_EQ(none.error().actual, ENOENT);
  if (!std::filesystem::exists("/dev/full")) return;
  const Status full = PosixFile::open("/dev/full").value()->write_at(0, "abc", 3);
  EXPECT_EQ(full.error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(full.error().actual, 3);
}

TEST_F(PosixFiles, HoldAStore) {
  Random random(1);
  StoreState state;
  for (int round = 0; round < 4; ++round) {
    const std::array<std::unique_ptr<PosixFile>, 4> held{file("root"), file("log-0"), file("log-1"),
                                                         file("data")};
    const StoreFiles files{held[0].get(), held[1].get(), held[2].get(), held[3].get()};
    std::unique_ptr<Store> store = std::move(Store::open(files, kIdentity).value());
    EXPECT_EQ(store->report().created, round == 0);
    ASSERT_EQ(read_state(*store).value(), state);
    const auto sections = changed_sections(state.sections, random, 3000000);
    ASSERT_TRUE(write_checkpoint(*store, state.sections, sections, random).ok());
    const Bytes record = random_bytes(random, 100000);
    ASSERT_TRUE(store->append(record.data(), record.size()).ok() && store->flush().ok());
    state = {sections, {record}};
  }
}

}  // namespace
}  // namespace vicinal
