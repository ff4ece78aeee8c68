#include "persist/section_file.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "support/byte_buffer.h"

namespace vicinal {
namespace {

constexpr SectionTag kFirst = section_tag("frst");
constexpr SectionTag kEmpty = section_tag("none");
constexpr SectionTag kSecond = section_tag("scnd");

const std::string kFirstText =
    "The first section is longer than one line of sixty-four bytes, so it has padding.";
const std::string kSecondText = "0123456701234567012345670123456701234567012345670123456701234567";

std::array<SectionPlan, 3> plan() {
  return {SectionPlan{kFirst, kFirstText.size()}, SectionPlan{kEmpty, 0},
          SectionPlan{kSecond, kSecondText.size()}};
}

Bytes write_sample() {
  BufferSink sink;
  const auto sections = plan();
  SectionFileWriter writer(sink, FileKind::kSearchEngine, sections);
  EXPECT_TRUE(writer.begin().ok());
  EXPECT_TRUE(writer.write(kFirst, kFirstText.data(), 10).ok());
  EXPECT_TRUE(writer.write(kFirst, kFirstText.data() + 10, kFirstText.size() - 10).ok());
  EXPECT_TRUE(writer.write(kSecond, kSecondText.data(), kSecondText.size()).ok());
  EXPECT_TRUE(writer.finish().ok());
  return sink.bytes();
}

Result<std::string> read_section(const SectionFile& file, SectionTag tag) {
  Result<SectionReader> section = file.section(tag);
  if (!section.ok()) return section.error();
  std::string text(static_cast<size_t>(section.value().remaining()), ' ');
  const Status read = section.value().read(text.data(), text.size());
  if (!read.ok()) return read.error();
  const Status finished = section.value().finish();
  if (!finished.ok()) return finished.error();
  return text;
}

// Reads everything, as a loader does.
Result<std::string> read_all(const Bytes& bytes) {
  BufferSource source(bytes);
  const Result<SectionFile> file = SectionFile::open(source, {FileKind::kSearchEngine});
  if (!file.ok()) return file.error();
  std::string all;
  for (const SectionPlan& section : plan()) {
    const Result<std::string> text = read_section(file.value(), section.tag);
    if (!text.ok()) return text.error();
    all += text.value();
  }
  return all;
}

TEST(SectionFile, GivesBackWhatWasWritten) {
  const Bytes bytes = write_sample();
  EXPECT_EQ(bytes.size(), section_file_bytes(plan()));
  const Result<std::string> all = read_all(bytes);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all.value(), kFirstText + kSecondText);
}

TEST(SectionFile, LiesAsTheNoteSays) {
  const Bytes bytes = write_sample();
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 8), std::string("VICINAL\0", 8));
  EXPECT_EQ(bytes[8], kFileVersion);
  EXPECT_EQ(bytes[12], static_cast<unsigned>(FileKind::kSearchEngine));
  EXPECT_EQ(bytes[16], 3);
  EXPECT_EQ(std::string(bytes.begin() + 64, bytes.begin() + 64 + 9), "The first");
  EXPECT_EQ(std::string(bytes.begin() + 192, bytes.begin() + 200), "01234567");
  EXPECT_EQ(std::string(bytes.begin() + 256, bytes.begin() + 260), "frst");
  EXPECT_EQ(bytes.size(), 256u + 3 * 32 + 4);
}

TEST(SectionFile, EveryFlippedBitIsFound) {
  const Bytes bytes = write_sample();
  for (size_t position = 0; position < bytes.size(); ++position) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes broken = bytes;
      broken[position] = static_cast<unsigned char>(broken[position] ^ (1 << bit));
      const Result<std::string> all = read_all(broken);
      ASSERT_FALSE(all.ok()) << "byte " << position;
      if (all.error().code == ErrorCode::kUnsupportedVersion) {
        EXPECT_TRUE(position >= 8 && position < 12) << "byte " << position;
      } else {
        EXPECT_EQ(all.error().code, ErrorCode::kCorruptData) << "byte " << position;
        EXPECT_LE(all.error().actual, static_cast<int64_t>(bytes.size()));
      }
    }
  }
}

TEST(SectionFile, EveryOtherLengthIsFound) {
  const Bytes bytes = write_sample();
  for (size_t length = 0; length < bytes.size(); ++length) {
    const Result<std::string> all =
        read_all(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)));
    ASSERT_FALSE(all.ok()) << length;
    EXPECT_EQ(all.error().code, ErrorCode::kCorruptData) << length;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(read_all(longer).error().code, ErrorCode::kCorruptData);
}

TEST(SectionFile, NewerVersionsAreNamed) {
  Bytes bytes = write_sample();
  bytes[8] = kFileVersion + 1;
  const Result<std::string> all = read_all(bytes);
  EXPECT_EQ(all.error().code, ErrorCode::kUnsupportedVersion);
  EXPECT_EQ(all.error().expected, kFileVersion);
  EXPECT_EQ(all.error().actual, kFileVersion + 1);
}

TEST(SectionFile, AnotherKindIsRefused) {
  BufferSource source(write_sample());
  const Result<SectionFile> file = SectionFile::open(source, {FileKind::kCompressedStore});
  EXPECT_EQ(file.error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(file.error().actual, 12);
}

TEST(SectionFile, MissingSectionsAndShortReadsAreErrors) {
  BufferSource source(write_sample());
  const Result<SectionFile> file = SectionFile::open(source, {FileKind::kSearchEngine});
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file.value().section(section_tag("what")).error().code, ErrorCode::kCorruptData);

  Result<SectionReader> section = file.value().section(kFirst);
  std::string text(kFirstText.size() + 1, ' ');
  EXPECT_EQ(section.value().read(text.data(), text.size()).error().code, ErrorCode::kCorruptData);
  EXPECT_TRUE(section.value().read(text.data(), 5).ok());
  EXPECT_EQ(section.value().finish().error().code, ErrorCode::kCorruptData);
}

class FailingSink : public ByteSink {
 public:
  explicit FailingSink(size_t room) : room_(room) {}

  Status write(const void*, size_t size) override {
    if (size > room_) return Error{ErrorCode::kOutOfMemory, 0, static_cast<int64_t>(size)};
    room_ -= size;
    return {};
  }

 private:
  size_t room_;
};

TEST(SectionFile, TheSinksErrorComesThrough) {
  const auto sections = plan();
  const size_t whole = write_sample().size();
  for (size_t room = 0; room < whole; room += 10) {
    FailingSink sink(room);
    SectionFileWriter writer(sink, FileKind::kSearchEngine, sections);
    Status status = writer.begin();
    if (status.ok()) status = writer.write(kFirst, kFirstText.data(), kFirstText.size());
    if (status.ok()) status = writer.write(kSecond, kSecondText.data(), kSecondText.size());
    if (status.ok()) status = writer.finish();
    EXPECT_EQ(status.error().code, ErrorCode::kOutOfMemory) << room;
  }
}

}  // namespace
}  // namespace vicinal
