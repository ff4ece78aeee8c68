// The forms in which a filter crosses the boundary.
#pragma once

#include <cstdint>
#include <vector>

#include "arrays.h"
#include "rows/filter.h"

namespace vicinal::boundary {

/// Values cross from TypeScript: they never change.
enum class FilterForm : uint32_t { kNone = 0, kIds = 1, kBits = 2 };

/// A filter as it crossed, and what it means.
class CrossedFilter {
 public:
  /// words     [length] ids or bits; bits are read in place
  /// contains  tells of an id whether a row has it; ids that none has are left out, so that the bits never
  ///           take more than the ids that are there
  template <typename Contains>
  CrossedFilter(FilterForm form, Address words, size_t length, Contains contains) : form_(form) {
    const uint32_t* const numbers = array_at<uint32_t>(words);
    if (form == FilterForm::kBits) filter_ = {numbers, length};
    if (form != FilterForm::kIds) return;
    for (size_t i = 0; i < length; ++i) {
      if (contains(RowId{numbers[i]})) set(numbers[i]);
    }
    filter_ = {bits_.data(), bits_.size()};
  }

  /// Null when every row may be returned.
  const IdFilter* get() const { return form_ == FilterForm::kNone ? nullptr : &filter_; }

 private:
  void set(uint32_t number) {
    const size_t word = number / 32;
    if (word >= bits_.size()) bits_.resize(word + 1);
    bits_[word] |= uint32_t{1} << (number % 32);
  }

  FilterForm form_;
  IdFilter filter_;
  std::vector<uint32_t> bits_;
};

}  // namespace vicinal::boundary
