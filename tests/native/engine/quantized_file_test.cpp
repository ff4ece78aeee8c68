// Saved engines that keep rows in codes: read back, kept readable, and never believed.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"
#include "support/damaged_files.h"
#include "support/quantized_files.h"
#include "support/saved_engine.h"
#include "support/test_data.h"

namespace vicinal {
namespace {

using engine_file::CodecHead;
using engine_file::Head;
using engine_file::StoreHead;

constexpr StoreHead kStoreHead = {.dim = 3,
                                  .metric = 3,
                                  .codec = 0,
                                  .bits = 4,
                                  .keeps_vectors = 0,
                                  .code_bytes = 2,
                                  .constant_count = 3,
                                  .parameter_count = 3,
                                  .row_count = 2};

TEST(QuantizedFile, FilesOfVersion1AreReadForever) {
  const std::vector<float> rows = golden_coded_rows();
  for (const uint32_t bits : kGoldenBits) {
    for (const std::string& name :
         {golden_quantized_name(1, bits), "store-v1-" + std::to_string(bits) + "bit.vicinal"}) {
      BufferSource source(read_test_data(name));
      const auto loaded = SearchEngine::load(source, best_kernels());
      ASSERT_TRUE(loaded.ok()) << name;
      const SearchEngine& engine = *loaded.value();
      const Coding expected = golden_coding(bits);
      EXPECT_EQ(engine.dim(), expected.dim);
      EXPECT_EQ(engine.metric(), expected.metric);
      ASSERT_TRUE(engine.quantization().has_value());
      EXPECT_EQ(engine.quantization()->codec.bits, bits);
      EXPECT_EQ(engine.quantization()->keep_vectors, expected.keep_vectors);
      EXPECT_TRUE(engine.is_trained());
      ASSERT_EQ(engine.stats().size, kGoldenCodedRows);
      // Values lie in -5 .. 7.5, spread evenly: a code of b bits errs by at most about 12.5 / 2^b / 2 on most of
      // them.
      const double allowed = expected.keep_vectors ? 0 : 1.3 * 12.5 / std::pow(2.0, bits) / std::sqrt(12.0);
      double square_error = 0;
      for (uint32_t id = 0; id < kGoldenCodedRows; ++id) {
        const float* row = engine.get(RowId{id}).value();
        for (size_t i = 0; i < kGoldenCodedDim; ++i) {
          square_error += std::pow(double{row[i]} - double{rows[id * kGoldenCodedDim + i]}, 2);
        }
      }
      EXPECT_LE(std::sqrt(square_error / static_cast<double>(rows.size())), allowed) << name;
    }
  }
}

TEST(QuantizedFile, TheWriterStillWritesTheFilesOfItsVersion) {
  for (const uint32_t bits : kGoldenBits) {
    BufferSink sink;
    const auto engine = golden_quantized(bits, best_kernels());
    ASSERT_TRUE(engine->save(sink).ok());
    EXPECT_EQ(sink.bytes().size(), engine->saved_bytes());
    EXPECT_EQ(sink.bytes(), read_test_data(golden_quantized_name(kFileVersion, bits))) << bits;
  }
}

TEST(QuantizedFile, BrokenFilesAreTold) {
  for (const std::string name : {"store-v1-", "quantized-v1-"}) {
    for (const std::string kind : {"cut", "flipped", "step", "spare"}) {
      const Bytes bytes = read_test_data(name + kind + ".vicinal");
      ASSERT_FALSE(bytes.empty()) << name << kind;
      EXPECT_EQ(load_error(bytes).code, ErrorCode::kCorruptData) << name << kind;
    }
  }
  expect_version_255_refused(load_error(read_test_data("store-v255.vicinal")));
  expect_version_255_refused(load_error(read_test_data("quantized-v255.vicinal")));
}

TEST(QuantizedFile, EveryFlippedByteIsFound) {
  expect_flipped_bytes_found(read_test_data("store-v1-1bit.vicinal"), load_error);
  expect_flipped_bytes_found(read_test_data(golden_quantized_name(1, 4)), load_error);
}

TEST(QuantizedFile, EveryShorterFileIsFound) {
  expect_cuts_found(read_test_data("store-v1-4bit.vicinal"), load_error);
  expect_cuts_found(read_test_data(golden_quantized_name(1, 1)), load_error);
}

// Checksums are right in all of these: only the values themselves tell.
TEST(QuantizedFile, ClaimsThatHoldAreBelieved) {
  EXPECT_EQ(load_error(claimed_file({})).code, ErrorCode::kOk);
  EXPECT_EQ(load_error(claimed_store_file(kStoreHead)).code, ErrorCode::kOk);
  CodedClaims newest;
  newest.ids = {};
  EXPECT_EQ(load_error(claimed_file(newest)).code, ErrorCode::kOk);
  CodedClaims empty;
  empty.head.row_count = 0;
  empty.ids = {};
  empty.codes = {};
  empty.constants = {};
  EXPECT_EQ(load_error(claimed_file(empty)).code, ErrorCode::kOk);
  CodedClaims with_vectors;
  with_vectors.codec.keeps_vectors = 1;
  with_vectors.vectors = {1, 2, 3, 0, 0, 0};
  EXPECT_EQ(load_error(claimed_file(with_vectors)).code, ErrorCode::kOk);
  CodedClaims untrained;
  untrained.codec.trained = 0;
  untrained.codec.parameter_count = 0;
  untrained.parameters = {};
  untrained.codes = {};
  untrained.constants = {};
  untrained.vectors = {1, 2, 3, 0, 0, 0};
  EXPECT_EQ(load_error(claimed_file(untrained)).code, ErrorCode::kOk);
}

TEST(QuantizedFile, ClaimsThatDoNotHoldAreFound) {
  std::vector<CodedClaims> wrong;
  const auto head_with = [&wrong](auto member, auto value) {
    CodedClaims claims;
    claims.head.*member = value;
    wrong.push_back(claims);
  };
  const auto codec_with = [&wrong](auto member, auto value) {
    CodedClaims claims;
    claims.codec.*member = value;
    wrong.push_back(claims);
  };
  for (const uint32_t dim : {0u, 1u, 2u, 5u, 65537u, 0xFFFFFFFFu}) head_with(&Head::dim, dim);
  // The first two need more constants.
  for (const uint32_t metric : {0u, 1u, 4u}) head_with(&Head::metric, metric);
  for (const uint64_t count : {uint64_t{0}, uint64_t{1}, uint64_t{3}, uint64_t{6}, uint64_t{1} << 63}) {
    head_with(&Head::row_count, count);
  }
  for (const uint64_t next_id : {uint64_t{1}, uint64_t{3}, uint64_t{1} << 40})
    head_with(&Head::next_id, next_id);
  for (const uint32_t kind : {3u, 0xFFFFFFFFu}) codec_with(&CodecHead::kind, kind);
  for (const uint32_t bits : {0u, 1u, 2u, 3u, 8u}) codec_with(&CodecHead::bits, bits);
  codec_with(&CodecHead::rotation, 2u);
  for (const float quantile : {-1.0f, 0.25f, 1.5f, NAN, INFINITY}) codec_with(&CodecHead::quantile, quantile);
  for (const uint32_t keeps : {1u, 2u}) codec_with(&CodecHead::keeps_vectors, keeps);
  for (const uint32_t trained : {0u, 2u}) codec_with(&CodecHead::trained, trained);
  for (const uint32_t bytes : {0u, 1u, 4u, 0xFFFFFFFFu}) codec_with(&CodecHead::code_bytes, bytes);
  for (const uint32_t count : {0u, 2u, 6u, 0xFFFFFFFFu}) codec_with(&CodecHead::constant_count, count);
  for (const uint32_t count : {0u, 2u, 0xFFFFFFFFu}) codec_with(&CodecHead::parameter_count, count);
  const auto with = [&wrong](auto member, auto values) {
    CodedClaims claims;
    claims.*member = values;
    wrong.push_back(claims);
  };
  with(&CodedClaims::ids, std::vector<uint32_t>{3, 1});
  with(&CodedClaims::ids, std::vector<uint32_t>{1, 5});
  with(&CodedClaims::ids, std::vector<uint32_t>{1});
  with(&CodedClaims::parameters, std::vector<float>{0, NAN, 0});
  with(&CodedClaims::constants, std::vector<float>{-1, 0.5f, 6, INFINITY, 0.25f, 45});
  // More than three codes of 15.
  with(&CodedClaims::constants, std::vector<float>{-1, 0.5f, 6, 2, 0.25f, 46});
  with(&CodedClaims::constants, std::vector<float>{-1, 0.5f, 6});
  with(&CodedClaims::codes, std::vector<uint8_t>{0x21, 0x03, 0xFF});
  with(&CodedClaims::vectors, std::vector<float>{1, 2, 3, 4, 5, 6});
  CodedClaims not_finite;
  not_finite.codec.keeps_vectors = 1;
  not_finite.vectors = {1, 2, 3, NAN, 5, 6};
  wrong.push_back(not_finite);
  for (size_t index = 0; index < wrong.size(); ++index) {
    EXPECT_EQ(load_error(claimed_file(wrong[index])).code, ErrorCode::kCorruptData) << "claim " << index;
  }
}

TEST(QuantizedFile, ClaimsOfStoresThatDoNotHoldAreFound) {
  const auto expect_wrong = [](auto member, auto values) {
    for (const auto value : values) {
      StoreHead head = kStoreHead;
      head.*member = value;
      EXPECT_EQ(load_error(claimed_store_file(head)).code, ErrorCode::kCorruptData) << value;
    }
  };
  using Numbers = std::vector<uint32_t>;
  expect_wrong(&StoreHead::dim, Numbers{0, 1, 2, 5, 65537, 0xFFFFFFFF});
  expect_wrong(&StoreHead::metric, Numbers{0, 1, 4});
  expect_wrong(&StoreHead::codec, Numbers{1, 2, 3});
  expect_wrong(&StoreHead::bits, Numbers{0, 1, 2, 3, 8});
  expect_wrong(&StoreHead::keeps_vectors, Numbers{1, 2});
  expect_wrong(&StoreHead::code_bytes, Numbers{0, 1, 4, 0xFFFFFFFF});
  expect_wrong(&StoreHead::constant_count, Numbers{0, 2, 6, 0xFFFFFFFF});
  expect_wrong(&StoreHead::parameter_count, Numbers{0, 2, 0xFFFFFFFF});
  expect_wrong(&StoreHead::row_count,
               std::vector<uint64_t>{0, 1, 3, uint64_t{1} << 63, (uint64_t{1} << 63) + 2});
}

}  // namespace
}  // namespace vicinal
