#include "rows/vector_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace vicinal {
namespace {

TEST(CheckRows, TellsThePositionOfTheFirstValueThatIsNotFinite) {
  std::vector<float> rows(3 * 5, 1.0f);
  EXPECT_TRUE(check_rows(rows.data(), 3, 5, Metric::kEuclidean).ok());
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    for (size_t position = 0; position < rows.size(); ++position) {
      std::vector<float> broken = rows;
      broken[position] = bad;
      broken.back() = bad;
      const Status status = check_rows(broken.data(), 3, 5, Metric::kEuclidean);
      ASSERT_EQ(status.error().code, ErrorCode::kNotFinite);
      EXPECT_EQ(status.error().actual, static_cast<int64_t>(position));
    }
  }
}

TEST(CheckRows, RefusesRowsWithoutLengthUnderCosineOnly) {
  const std::vector<float> rows = {1, 2, 0, -0.0f, 3, 4};
  EXPECT_TRUE(check_rows(rows.data(), 3, 2, Metric::kDot).ok());
  const Status status = check_rows(rows.data(), 3, 2, Metric::kCosine);
  EXPECT_EQ(status.error().code, ErrorCode::kZeroVector);
  EXPECT_EQ(status.error().actual, 1);
}

TEST(CheckRows, PassesTheSmallestAndTheLargestRows) {
  const std::vector<float> rows = {FLT_TRUE_MIN, 0, FLT_MAX, -FLT_MAX};
  EXPECT_TRUE(check_rows(rows.data(), 2, 2, Metric::kCosine).ok());
}

TEST(VectorRows, KeepsRowsAndTheirInverseNorms) {
  VectorRows rows(2, Metric::kCosine);
  const std::vector<float> values = {3, 4, 0, 2, 1e-30f, 0, 1e-25f, 0, 1e35f, 1e35f};
  ASSERT_TRUE(rows.append(values.data(), 5).ok());
  EXPECT_EQ(rows.row(1)[1], 2.0f);
  EXPECT_FLOAT_EQ(rows.inverse_norms(0)[0], 0.2f);
  EXPECT_FLOAT_EQ(rows.inverse_norms(0)[1], 0.5f);
  // Norms that float arithmetic does not do for are marked.
  EXPECT_TRUE(rows.has_marked_norms());
  for (size_t slot = 2; slot < 5; ++slot) EXPECT_EQ(*rows.inverse_norms(slot), 0.0f);
  EXPECT_GT(rows.norm_bytes(), 0u);
}

TEST(VectorRows, HoldsNoNormsUnlessCosine) {
  for (const Metric metric : {Metric::kEuclidean, Metric::kManhattan, Metric::kDot}) {
    VectorRows rows(2, metric);
    const std::vector<float> values = {3, 4};
    ASSERT_TRUE(rows.append(values.data(), 1).ok());
    EXPECT_EQ(rows.norm_bytes(), 0u);
    EXPECT_EQ(rows.inverse_norms(0), nullptr);
    EXPECT_EQ(rows.largest_norm(), metric == Metric::kDot ? 5 : 0);
  }
}

TEST(VectorRows, UpdateReplacesRowAndNorm) {
  VectorRows rows(2, Metric::kCosine);
  const std::vector<float> values = {3, 4, 0, 2};
  ASSERT_TRUE(rows.append(values.data(), 2).ok());
  const std::vector<float> other = {6, 8};
  rows.update(1, other.data());
  EXPECT_EQ(rows.row(1)[0], 6.0f);
  EXPECT_FLOAT_EQ(*rows.inverse_norms(1), 0.1f);
  EXPECT_FLOAT_EQ(*rows.inverse_norms(0), 0.2f);
}

TEST(VectorRows, CompactForgetsWhatRemovedRowsBroughtWithThem) {
  Deletions deletions;
  deletions.mark(1);
  const std::vector<float> values = {3, 4, 1e-30f, 0, 6, 8};
  VectorRows cosine(2, Metric::kCosine);
  ASSERT_TRUE(cosine.append(values.data(), 3).ok());
  EXPECT_TRUE(cosine.has_marked_norms());
  cosine.compact(deletions);
  EXPECT_FALSE(cosine.has_marked_norms());
  EXPECT_EQ(cosine.size(), 2u);
  EXPECT_EQ(cosine.row(1)[0], 6.0f);
  EXPECT_FLOAT_EQ(*cosine.inverse_norms(1), 0.1f);
  EXPECT_EQ(cosine.vector_bytes(), VectorRows::vector_bytes_needed(2, 2));

  const std::vector<float> with_giant = {3, 4, 300, 400, 6, 8};
  VectorRows dot(2, Metric::kDot);
  ASSERT_TRUE(dot.append(with_giant.data(), 3).ok());
  EXPECT_DOUBLE_EQ(dot.largest_norm(), 500);
  dot.compact(deletions);
  EXPECT_DOUBLE_EQ(dot.largest_norm(), 10);
}

TEST(VectorRows, ClearGivesMemoryBack) {
  VectorRows rows(2, Metric::kCosine);
  const std::vector<float> values = {3, 4};
  ASSERT_TRUE(rows.append(values.data(), 1).ok());
  rows.clear();
  EXPECT_EQ(rows.size(), 0u);
  EXPECT_EQ(rows.vector_bytes() + rows.norm_bytes(), 0u);
}

class RowsInMemory final : public RowFile {
 public:
  // unreadable  a row that is damaged
  RowsInMemory(std::vector<float> values, size_t dim, size_t unreadable = SIZE_MAX)
      : values_(std::move(values)), dim_(dim), unreadable_(unreadable) {}

  size_t row_count() const override { return values_.size() / dim_; }
  Status read(size_t first, size_t row_count, float* rows) override {
    if (unreadable_ - first < row_count) return Error{ErrorCode::kCorruptData, 0, 0};
    std::copy_n(values_.begin() + static_cast<ptrdiff_t>(first * dim_), row_count * dim_, rows);
    return {};
  }

 private:
  std::vector<float> values_;
  size_t dim_;
  size_t unreadable_;
};

TEST(VectorRows, OfAFileAreLoadedWithWhatTheMetricNeeds) {
  const std::vector<float> values = {3, 4, 0, 2, 1e-30f, 0, 6, 8};
  const std::vector<float> newer = {1, 1, 5, 5, 2, 0};
  for (const Metric metric : {Metric::kCosine, Metric::kEuclidean, Metric::kDot}) {
    VectorRows rows(2, metric);
    ASSERT_TRUE(rows.keep_in(std::make_unique<RowsInMemory>(values, 2), {}, 4).ok());
    EXPECT_EQ(rows.load_some({}, 1).value(), 0.25);
    ASSERT_TRUE(rows.make_room_to_update(0).ok());
    rows.update(0, newer.data());
    ASSERT_TRUE(rows.append(newer.data(), 3).ok());
    EXPECT_DOUBLE_EQ(rows.load_some({}, 5).value(), 6.0 / 7);
    // Of what was read, some is forgotten again.
    rows.truncate(5);
    EXPECT_TRUE(rows.is_stored());
    EXPECT_EQ(rows.load_some({}, 1).value(), 1);
    EXPECT_FALSE(rows.is_stored());
    const std::vector<float> now = {1, 1, 0, 2, 1e-30f, 0, 6, 8, 1, 1};
    ASSERT_EQ(rows.size(), 5u);
    EXPECT_EQ(std::vector<float>(rows.row(0), rows.row(0) + now.size()), now);
    EXPECT_EQ(rows.has_marked_norms(), metric == Metric::kCosine);
    EXPECT_EQ(rows.largest_norm(), metric == Metric::kDot ? 10 : 0);
    if (metric == Metric::kCosine) EXPECT_FLOAT_EQ(*rows.inverse_norms(3), 0.1f);
  }
}

TEST(VectorRows, OfAFileAreLoadedButForThoseMarked) {
  const std::vector<float> values = {3, 4, 0, 2, 1, 1, 6, 8};
  Deletions none, marked;
  marked.mark(2);
  VectorRows rows(2, Metric::kCosine);
  ASSERT_TRUE(rows.keep_in(std::make_unique<RowsInMemory>(values, 2, 2), none, 4).ok());
  EXPECT_EQ(rows.load_some(none, 2).value(), 0.5);
  EXPECT_EQ(rows.load_some(none, 2).error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(rows.load_some(marked, 2).value(), 0.5);
  EXPECT_EQ(rows.load_some(marked, 2).value(), 1);
  EXPECT_FALSE(rows.is_stored());
  EXPECT_EQ(rows.row(3)[1], 8);
}

TEST(SquaredNorm, HoldsTheWholeRangeOfFloat) {
  const std::vector<float> tiny(5, FLT_TRUE_MIN);
  const std::vector<float> giant(5, FLT_MAX);
  EXPECT_DOUBLE_EQ(squared_norm(tiny.data(), 5), 5 * 0x1p-298);
  EXPECT_DOUBLE_EQ(squared_norm(giant.data(), 5), 5 * double{FLT_MAX} * double{FLT_MAX});
}

}  // namespace
}  // namespace vicinal
