#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace vicinal {
namespace {

TEST(Result, HoldsAValueOrAnError) {
  Result<std::unique_ptr<int>> value = std::make_unique<int>(5);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value.value(), 5);

  const Result<std::unique_ptr<int>> failed = Error{ErrorCode::kDimensionMismatch, 384, 768};
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kDimensionMismatch);
  EXPECT_EQ(failed.error().expected, 384);
  EXPECT_EQ(failed.error().actual, 768);
}

TEST(Status, IsSuccessUnlessGivenAnError) {
  EXPECT_TRUE(Status().ok());
  const Status failed = Error{ErrorCode::kNotFound, 0, 7};
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().actual, 7);
}

}  // namespace
}  // namespace vicinal
