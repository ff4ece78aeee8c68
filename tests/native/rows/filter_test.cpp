#include "rows/filter.h"

#include <gtest/gtest.h>

namespace vicinal {
namespace {

TEST(IdFilter, AllowsSetBitsOnly) {
  const uint32_t words[] = {1u << 3, 1u};
  const IdFilter filter{words, 2};
  for (uint32_t id = 0; id < 200; ++id) EXPECT_EQ(filter.allows(RowId{id}), id == 3 || id == 32);
  EXPECT_FALSE(filter.allows(RowId{0xFFFFFFFFu}));
}

TEST(IdFilter, EmptyAllowsNothing) {
  EXPECT_FALSE(IdFilter().allows(RowId{0}));
}

}  // namespace
}  // namespace vicinal
