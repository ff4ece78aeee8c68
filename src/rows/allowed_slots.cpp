#include "rows/allowed_slots.h"

#include <algorithm>

namespace vicinal {
namespace {

// Bits of the filter for slots word_index * 32 on.
uint32_t filter_word(const IdMap& ids, const IdFilter& filter, size_t word_index) {
  if (ids.is_identity()) return word_index < filter.word_count ? filter.words[word_index] : 0;
  uint32_t word = 0;
  for (size_t bit = 0; bit < 32 && word_index * 32 + bit < ids.size(); ++bit) {
    if (filter.allows(ids.id(word_index * 32 + bit))) word |= 1u << bit;
  }
  return word;
}

// Bits of the slots word_index * 32 on that are below `slot`.
uint32_t bits_below(size_t slot, size_t word_index) {
  if (slot <= word_index * 32) return 0;
  const size_t count = slot - word_index * 32;
  return count >= 32 ? ~0u : (1u << count) - 1;
}

}  // namespace

AllowedSlots::AllowedSlots(const IdMap& ids, const Deletions& deletions, const IdFilter* filter,
                           SlotRange range) {
  const size_t slot_count = ids.size();
  const size_t end = std::min<size_t>(range.end, slot_count);
  const size_t first = std::min<size_t>(range.first, end);
  if (filter == nullptr && deletions.count() == 0 && end - first == slot_count) {
    count_ = slot_count;
    return;
  }
  // At least one word: none would mean that all slots are allowed.
  words_.resize(slot_count / 32 + 1);
  for (size_t index = first / 32; index * 32 < end; ++index) {
    uint32_t word = bits_below(end, index) & ~bits_below(first, index) & ~deletions.word(index);
    if (filter != nullptr) word &= filter_word(ids, *filter, index);
    words_[index] = word;
    count_ += static_cast<size_t>(std::popcount(word));
  }
}

AllowedSlots::AllowedSlots(const std::vector<uint32_t>& numbers, const AllowedSlots& allowed)
    : words_(numbers.size() / 32 + 1) {
  for (size_t slot = 0; slot < numbers.size(); ++slot) {
    const uint32_t bit = allowed.contains(numbers[slot]) ? 1 : 0;
    words_[slot / 32] |= bit << (slot % 32);
    count_ += bit;
  }
}

size_t AllowedSlots::count_in(size_t first, size_t slot_count) const {
  if (all()) return slot_count;
  size_t count = 0;
  const size_t end = first + slot_count;
  while (first < end) {
    const size_t bit = first % 32;
    const size_t taken = end - first < 32 - bit ? end - first : 32 - bit;
    const uint32_t mask = taken == 32 ? ~0u : ((1u << taken) - 1) << bit;
    count += static_cast<size_t>(std::popcount(words_[first / 32] & mask));
    first += taken;
  }
  return count;
}

}  // namespace vicinal
