// Saved compressed stores: read back, kept readable, and never believed.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/compressed_store.h"
#include "support/byte_buffer.h"
#include "support/damaged_files.h"
#include "support/store_files.h"
#include "support/test_data.h"

namespace vicinal {
namespace {

Error load_error(const Bytes& bytes) {
  BufferSource source(bytes);
  const auto loaded = CompressedStore::load(source, best_kernels());
  return loaded.ok() ? Error{ErrorCode::kOk, 0, 0} : loaded.error();
}

TEST(CompressedStoreFile, FilesOfVersion1AreReadForever) {
  const std::vector<float> rows = golden_store_rows();
  for (const uint32_t bits : kGoldenBits) {
    BufferSource source(read_test_data(golden_store_name(1, bits)));
    const auto loaded = CompressedStore::load(source, best_kernels());
    ASSERT_TRUE(loaded.ok()) << bits;
    const CompressedStore& store = *loaded.value();
    const CompressedStoreOptions expected = golden_store_options(bits);
    EXPECT_EQ(store.options().dim, expected.dim);
    EXPECT_EQ(store.options().metric, expected.metric);
    EXPECT_EQ(store.options().codec.bits, bits);
    EXPECT_EQ(store.options().keep_vectors, expected.keep_vectors);
    ASSERT_EQ(store.stats().size, kGoldenStoreRows);
    // Values lie in -5 .. 7.5, spread evenly: a code of b bits errs by at most about 12.5 / 2^b / 2 on most
    // of them.
    const double allowed = expected.keep_vectors ? 0 : 1.3 * 12.5 / std::pow(2.0, bits) / std::sqrt(12.0);
    double square_error = 0;
    std::vector<float> row(kGoldenStoreDim);
    for (uint32_t id = 0; id < kGoldenStoreRows; ++id) {
      ASSERT_TRUE(store.get(RowId{id}, row.data()).ok());
      for (size_t i = 0; i < row.size(); ++i) {
        square_error += std::pow(double{row[i]} - double{rows[id * kGoldenStoreDim + i]}, 2);
      }
    }
    EXPECT_LE(std::sqrt(square_error / static_cast<double>(rows.size())), allowed) << bits;
  }
}

TEST(CompressedStoreFile, TheWriterStillWritesTheFilesOfItsVersion) {
  for (const uint32_t bits : kGoldenBits) {
    BufferSink sink;
    const auto store = golden_store(bits, best_kernels());
    ASSERT_TRUE(store->save(sink).ok());
    EXPECT_EQ(sink.bytes().size(), store->saved_bytes());
    EXPECT_EQ(sink.bytes(), read_test_data(golden_store_name(kFileVersion, bits))) << bits;
  }
}

TEST(CompressedStoreFile, BrokenFilesAreTold) {
  for (const std::string kind : {"cut", "flipped", "step", "spare"}) {
    const Bytes bytes = read_test_data("store-v1-" + kind + ".vicinal");
    ASSERT_FALSE(bytes.empty()) << kind;
    EXPECT_EQ(load_error(bytes).code, ErrorCode::kCorruptData) << kind;
  }
  expect_version_255_refused(load_error(read_test_data("store-v255.vicinal")));
}

TEST(CompressedStoreFile, EveryFlippedByteIsFound) {
  expect_flipped_bytes_found(read_test_data(golden_store_name(1, 1)), load_error);
}

TEST(CompressedStoreFile, EveryShorterFileIsFound) {
  expect_cuts_found(read_test_data(golden_store_name(1, 4)), load_error);
}

// Checksums are right in all of these: only the values themselves tell.
TEST(CompressedStoreFile, ClaimsThatHoldAreBelieved) {
  EXPECT_EQ(load_error(claimed_store_file({})).code, ErrorCode::kOk);
  StoreClaims empty;
  empty.head.row_count = 0;
  empty.codes = {};
  empty.constants = {};
  EXPECT_EQ(load_error(claimed_store_file(empty)).code, ErrorCode::kOk);
  StoreClaims with_vectors;
  with_vectors.head.keeps_vectors = 1;
  with_vectors.vectors = {1, 2, 3, 0, 0, 0};
  EXPECT_EQ(load_error(claimed_store_file(with_vectors)).code, ErrorCode::kOk);
}

TEST(CompressedStoreFile, ClaimsThatDoNotHoldAreFound) {
  std::vector<StoreClaims> wrong;
  const auto head_with = [&wrong](auto member, auto value) {
    StoreClaims claims;
    claims.head.*member = value;
    wrong.push_back(claims);
  };
  for (const uint32_t dim : {0u, 1u, 2u, 5u, 65537u, 0xFFFFFFFFu}) head_with(&StoreHead::dim, dim);
  for (const uint32_t metric : {0u, 1u, 4u})
    head_with(&StoreHead::metric, metric);  // the first two: more constants
  head_with(&StoreHead::codec, 1u);
  for (const uint32_t bits : {0u, 1u, 2u, 3u, 8u}) head_with(&StoreHead::bits, bits);
  for (const uint32_t keeps : {1u, 2u}) head_with(&StoreHead::keeps_vectors, keeps);
  for (const uint32_t bytes : {0u, 1u, 4u, 0xFFFFFFFFu}) head_with(&StoreHead::code_bytes, bytes);
  for (const uint32_t count : {0u, 2u, 6u, 0xFFFFFFFFu}) head_with(&StoreHead::constant_count, count);
  for (const uint32_t count : {0u, 2u, 0xFFFFFFFFu}) head_with(&StoreHead::parameter_count, count);
  for (const uint64_t count :
       {uint64_t{0}, uint64_t{1}, uint64_t{3}, uint64_t{1} << 63, (uint64_t{1} << 63) + 2}) {
    head_with(&StoreHead::row_count, count);
  }
  wrong.push_back({.parameters = {0, NAN, 0}});
  wrong.push_back({.constants = {-1, 0.5f, 6, INFINITY, 0.25f, 45}});
  wrong.push_back({.constants = {-1, 0.5f, 6, 2, 0.25f, 46}});  // more than three codes of 15
  wrong.push_back({.constants = {-1, 0.5f, 6}});
  wrong.push_back({.codes = {0x21, 0x03, 0xFF}});
  wrong.push_back({.vectors = {1, 2, 3, 4, 5, 6}});
  for (size_t index = 0; index < wrong.size(); ++index) {
    EXPECT_EQ(load_error(claimed_store_file(wrong[index])).code, ErrorCode::kCorruptData)
        << "claim " << index;
  }
  StoreClaims not_finite;
  not_finite.head.keeps_vectors = 1;
  not_finite.vectors = {1, 2, 3, NAN, 5, 6};
  EXPECT_EQ(load_error(claimed_store_file(not_finite)).code, ErrorCode::kCorruptData);
}

TEST(CompressedStoreFile, ReadsNothingOfAnotherKind) {
  EXPECT_EQ(load_error(read_test_data("engine-v1.vicinal")).code, ErrorCode::kCorruptData);
}

}  // namespace
}  // namespace vicinal
