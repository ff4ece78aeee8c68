#include "rows/allowed_slots.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace vicinal {
namespace {

// Holds the set against its definition, slot by slot.
void expect_defined_by(const IdMap& ids, const Deletions& deletions, const IdFilter* filter,
                       SlotRange range = {}) {
  const AllowedSlots allowed(ids, deletions, filter, range);
  std::vector<bool> expected;
  for (size_t slot = 0; slot < ids.size(); ++slot) {
    expected.push_back(slot >= range.first && slot < range.end && !deletions.contains(slot) &&
                       (filter == nullptr || filter->allows(ids.id(slot))));
    ASSERT_EQ(allowed.contains(slot), expected[slot]) << "slot " << slot;
  }
  EXPECT_EQ(allowed.count(), static_cast<size_t>(std::count(expected.begin(), expected.end(), true)));
  for (size_t first = 0; first <= ids.size(); first += 7) {
    for (const size_t count : {0, 1, 2, 31, 32, 33, 64, 100}) {
      if (first + count > ids.size()) continue;
      const auto begin = expected.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = begin + static_cast<std::ptrdiff_t>(count);
      ASSERT_EQ(allowed.count_in(first, count), static_cast<size_t>(std::count(begin, end, true)));
    }
  }
}

TEST(AllowedSlots, AllWithoutFilterAndDeletions) {
  IdMap ids;
  ids.append(100);
  const AllowedSlots allowed(ids, {}, nullptr);
  EXPECT_TRUE(allowed.all());
  EXPECT_EQ(allowed.count(), 100u);
  EXPECT_EQ(allowed.count_in(3, 50), 50u);
}

TEST(AllowedSlots, FollowsFilterAndDeletionsAtEverySize) {
  Random random(3);
  for (const size_t row_count : {0, 1, 31, 32, 33, 64, 200, 1000}) {
    IdMap ids;
    ids.append(row_count);
    Deletions deletions;
    for (size_t slot = 0; slot < row_count; ++slot) {
      if (random.below(5) == 0) deletions.mark(slot);
    }
    std::vector<uint32_t> words(row_count / 32 + 2);
    for (uint32_t& word : words) word = static_cast<uint32_t>(random.next_u64());
    const IdFilter longer{words.data(), words.size()};
    const IdFilter shorter{words.data(), words.size() / 2};
    const IdFilter none{nullptr, 0};
    for (const IdFilter* filter : {static_cast<const IdFilter*>(nullptr), &longer, &shorter, &none}) {
      expect_defined_by(ids, {}, filter);
      expect_defined_by(ids, deletions, filter);
      expect_defined_by(ids.without(deletions), {}, filter);
      for (const SlotRange range : {SlotRange{0, 32}, SlotRange{1, 31}, SlotRange{31, 97}, SlotRange{64, 64},
                                    SlotRange{33, 1}, SlotRange{0, 1000}, SlotRange{200}}) {
        expect_defined_by(ids, {}, filter, range);
        expect_defined_by(ids, deletions, filter, range);
      }
    }
  }
}

}  // namespace
}  // namespace vicinal
