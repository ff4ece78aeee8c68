// Every slot of every kernel table of this build against a double-precision oracle; integers must match
// exactly.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "kernels/kernel_table.h"
#include "native/kernels/packing.h"

namespace vicinal::test {
namespace {

constexpr size_t kRowCount = 9;
constexpr size_t kQueryCount = 5;

std::vector<size_t> tested_dims() {
  std::vector<size_t> dims;
  for (size_t dim = 1; dim <= 33; ++dim) dims.push_back(dim);
  for (size_t around : {64, 128, 384, 1536}) {
    for (size_t dim : {around - 1, around, around + 1}) dims.push_back(dim);
  }
  // Not whole in any unrolled loop; and past the blocks after which sums of narrow lanes are widened.
  for (size_t dim : {200, 767, 4100, 9001}) dims.push_back(dim);
  return dims;
}

/// How the values of one run are drawn.
enum class Pattern { kRandom, kZeros, kLowest, kHighest, kOpposite };
constexpr Pattern kPatterns[] = {Pattern::kRandom, Pattern::kZeros, Pattern::kLowest, Pattern::kHighest,
                                 Pattern::kOpposite};

/// Draws integers of [low, high] by a pattern; kOpposite is highest in queries, lowest in rows.
int draw_integer(Random& random, Pattern pattern, bool is_query, int low, int high) {
  switch (pattern) {
    case Pattern::kRandom:
      return low + static_cast<int>(random.below(static_cast<uint32_t>(high - low + 1)));
    case Pattern::kZeros:
      return 0;
    case Pattern::kLowest:
      return low;
    case Pattern::kHighest:
      return high;
    case Pattern::kOpposite:
      return is_query ? high : low;
  }
  return 0;
}

float draw_float(Random& random, Pattern pattern, bool is_query) {
  switch (pattern) {
    case Pattern::kRandom:
      return random.unit_float() * 2 - 1;
    case Pattern::kZeros:
      return 0;
    case Pattern::kLowest:
      return 1e-20f * (random.unit_float() - 0.5f);  // squares are subnormal
    case Pattern::kHighest:
      return 1e16f * (random.unit_float() - 0.5f);  // squares near the end of the range
    case Pattern::kOpposite:
      return is_query ? 1e15f : -1e15f;
  }
  return 0;
}

/// What the exact result is, and the sum of the magnitudes of its terms, by which rounding errors scale.
struct Expected {
  double value = 0;
  double magnitude = 0;
};

/// The one tolerance for floats: the bound on the error of a sum of `dim` products in any order,
/// (dim + 4) * 2^-24 * sum(|term|), to first order; and what terms too small for a float may lose.
void expect_close(float got, const Expected& expected, size_t dim) {
  const double terms = static_cast<double>(dim + 4);
  EXPECT_NEAR(got, expected.value, terms * 0x1p-24 * 1.01 * expected.magnitude + terms * 0x1p-149);
}
template <typename Score>
void expect_close(Score got, const Expected& expected, size_t) {
  EXPECT_EQ(static_cast<double>(got), expected.value);
}

template <typename Value>
struct Sample {
  std::vector<double> plain;   // the values meant
  std::vector<Value> encoded;  // what the kernel reads
};

/// Plain values one for one, from a range.
struct FloatFamily {
  using Query = float;
  using Element = float;
  static Sample<float> draw(Random& random, Pattern pattern, bool is_query, size_t dim) {
    Sample<float> sample;
    for (size_t i = 0; i < dim; ++i) {
      sample.encoded.push_back(draw_float(random, pattern, is_query));
      sample.plain.push_back(sample.encoded.back());
    }
    return sample;
  }
  static Sample<float> draw_query(Random& random, Pattern pattern, size_t dim) {
    return draw(random, pattern, true, dim);
  }
  static Sample<float> draw_row(Random& random, Pattern pattern, size_t dim) {
    return draw(random, pattern, false, dim);
  }
};

struct ByteFamily {
  using Query = int8_t;
  using Element = int8_t;
  static Sample<int8_t> draw(Random& random, Pattern pattern, bool is_query, size_t dim, int low) {
    Sample<int8_t> sample;
    for (size_t i = 0; i < dim; ++i) {
      sample.encoded.push_back(static_cast<int8_t>(draw_integer(random, pattern, is_query, low, 127)));
      sample.plain.push_back(sample.encoded.back());
    }
    return sample;
  }
  static Sample<int8_t> draw_query(Random& random, Pattern pattern, size_t dim) {
    return draw(random, pattern, true, dim, 0);
  }
  static Sample<int8_t> draw_row(Random& random, Pattern pattern, size_t dim) {
    return draw(random, pattern, false, dim, -128);
  }
};

std::vector<uint8_t> draw_codes(Random& random, Pattern pattern, bool is_query, size_t dim, unsigned bits) {
  std::vector<uint8_t> codes(dim);
  for (uint8_t& code : codes) {
    code = static_cast<uint8_t>(draw_integer(random, pattern, is_query, 0, (1 << bits) - 1));
  }
  return codes;
}

std::vector<double> as_plain(const std::vector<uint8_t>& codes) {
  return {codes.begin(), codes.end()};
}

template <unsigned kBits>
struct PackedFamily {
  using Query = int8_t;
  using Element = uint8_t;
  static Sample<int8_t> draw_query(Random& random, Pattern pattern, size_t dim) {
    return ByteFamily::draw_query(random, pattern, dim);
  }
  static Sample<uint8_t> draw_row(Random& random, Pattern pattern, size_t dim) {
    const std::vector<uint8_t> codes = draw_codes(random, pattern, false, dim, kBits);
    return {as_plain(codes), pack_codes(codes, kBits)};
  }
};

/// Rows of bits; queries of 4 bits in planes.
struct BitsFamily {
  using Query = uint8_t;
  using Element = uint8_t;
  static Sample<uint8_t> draw_query(Random& random, Pattern pattern, size_t dim) {
    const std::vector<uint8_t> codes = draw_codes(random, pattern, true, dim, 4);
    return {as_plain(codes), pack_planes(codes)};
  }
  static Sample<uint8_t> draw_row(Random& random, Pattern pattern, size_t dim) {
    const std::vector<uint8_t> codes = draw_codes(random, pattern, false, dim, 1);
    return {as_plain(codes), pack_bits(codes)};
  }
};

/// Rows of bits; queries of 7 bits in the order that suits them.
struct U1Family {
  using Query = int8_t;
  using Element = uint8_t;
  static Sample<int8_t> draw_query(Random& random, Pattern pattern, size_t dim) {
    Sample<int8_t> sample = ByteFamily::draw_query(random, pattern, dim);
    sample.encoded = pack_for_bits(sample.encoded);
    return sample;
  }
  static Sample<uint8_t> draw_row(Random& random, Pattern pattern, size_t dim) {
    return BitsFamily::draw_row(random, pattern, dim);
  }
};

struct HammingFamily {
  using Query = uint8_t;
  using Element = uint8_t;
  static Sample<uint8_t> draw_query(Random& random, Pattern pattern, size_t dim) {
    return draw(random, pattern, true, dim);
  }
  static Sample<uint8_t> draw_row(Random& random, Pattern pattern, size_t dim) {
    return draw(random, pattern, false, dim);
  }
  static Sample<uint8_t> draw(Random& random, Pattern pattern, bool is_query, size_t dim) {
    const std::vector<uint8_t> codes = draw_codes(random, pattern, is_query, dim, 1);
    return {as_plain(codes), pack_bits(codes)};
  }
};

using Term = double (*)(double query, double row);
double dot_term(double query, double row) {
  return query * row;
}
double l2_squared_term(double query, double row) {
  return (query - row) * (query - row);
}
double l1_term(double query, double row) {
  return std::fabs(query - row);
}
double max_term(double query, double row) {
  return std::max(query, row);
}

Expected sum_of_terms(Term term, const std::vector<double>& query, const std::vector<double>& row) {
  Expected expected;
  for (size_t i = 0; i < query.size(); ++i) {
    expected.value += term(query[i], row[i]);
    expected.magnitude += std::fabs(term(query[i], row[i]));
  }
  return expected;
}

/// Elements at the odd start of a larger array, between others that must not count.
template <typename Value>
class Unaligned {
 public:
  static constexpr size_t kMargin = 17;

  explicit Unaligned(const std::vector<Value>& values) : buffer_(values.size() + 2 * kMargin, Value(77)) {
    std::copy(values.begin(), values.end(), buffer_.begin() + kMargin);
  }
  Value* data() { return buffer_.data() + kMargin; }
  bool margins_untouched() const {
    return std::all_of(buffer_.begin(), buffer_.begin() + kMargin,
                       [](Value value) { return value == Value(77); }) &&
           std::all_of(buffer_.end() - kMargin, buffer_.end(),
                       [](Value value) { return value == Value(77); });
  }

 private:
  std::vector<Value> buffer_;
};

/// Runs all four forms of a family on one set of samples.
template <typename Family, typename Score>
class FormCheck {
 public:
  using Query = typename Family::Query;
  using Element = typename Family::Element;

  FormCheck(const KernelFamily<Query, Element, Score>& kernels, Term term, Pattern pattern, size_t dim)
      : kernels_(kernels), dim_(dim), queries_({}), rows_({}) {
    Random random(dim);
    std::vector<Query> queries;
    std::vector<Element> rows;
    std::vector<std::vector<double>> plain_queries;
    for (size_t query = 0; query < kQueryCount; ++query) {
      const Sample<Query> sample = Family::draw_query(random, pattern, dim);
      queries.insert(queries.end(), sample.encoded.begin(), sample.encoded.end());
      plain_queries.push_back(sample.plain);
      query_width_ = sample.encoded.size();
    }
    for (size_t row = 0; row < kRowCount; ++row) {
      const Sample<Element> sample = Family::draw_row(random, pattern, dim);
      rows.insert(rows.end(), sample.encoded.begin(), sample.encoded.end());
      row_width_ = sample.encoded.size();
      for (size_t query = 0; query < kQueryCount; ++query) {
        expected_[query][row] = sum_of_terms(term, plain_queries[query], sample.plain);
      }
    }
    queries_ = Unaligned<Query>(queries);
    rows_ = Unaligned<Element>(rows);
  }

  void one() {
    for (size_t query = 0; query < kQueryCount; ++query) {
      for (size_t row = 0; row < kRowCount; ++row) {
        expect_close(kernels_.one(query_at(query), row_at(row), dim_), expected_[query][row], dim_);
      }
    }
  }

  void one_to_many() {
    for (size_t row_count = 0; row_count <= kRowCount; ++row_count) {
      Unaligned<Score> out{std::vector<Score>(row_count)};
      kernels_.one_to_many(query_at(1), row_at(0), row_count, dim_, out.data());
      for (size_t row = 0; row < row_count; ++row) expect_close(out.data()[row], expected_[1][row], dim_);
      EXPECT_TRUE(out.margins_untouched());
    }
  }

  void scattered() {
    constexpr size_t kPicked[] = {4, 0, 4, 8, 8, 8, 1, 7, 3, 4};  // out of order, and some more than once
    const Element* picked[std::size(kPicked)];
    for (size_t i = 0; i < std::size(kPicked); ++i) picked[i] = row_at(kPicked[i]);
    for (size_t row_count = 0; row_count <= std::size(kPicked); ++row_count) {
      Unaligned<Score> out{std::vector<Score>(row_count)};
      kernels_.scattered(query_at(2), picked, row_count, dim_, out.data());
      for (size_t i = 0; i < row_count; ++i) expect_close(out.data()[i], expected_[2][kPicked[i]], dim_);
      EXPECT_TRUE(out.margins_untouched());
    }
  }

  void many_to_many() {
    for (size_t query_count = 0; query_count <= kQueryCount; ++query_count) {
      for (size_t row_count = 0; row_count <= kRowCount; ++row_count) {
        Unaligned<Score> out{std::vector<Score>(query_count * row_count)};
        kernels_.many_to_many(query_at(0), query_count, row_at(0), row_count, dim_, out.data());
        for (size_t query = 0; query < query_count; ++query) {
          for (size_t row = 0; row < row_count; ++row) {
            expect_close(out.data()[query * row_count + row], expected_[query][row], dim_);
          }
        }
        EXPECT_TRUE(out.margins_untouched());
      }
    }
  }

 private:
  const Query* query_at(size_t query) { return queries_.data() + query * query_width_; }
  const Element* row_at(size_t row) { return rows_.data() + row * row_width_; }

  const KernelFamily<Query, Element, Score>& kernels_;
  size_t dim_;
  size_t query_width_ = 0;
  size_t row_width_ = 0;
  Unaligned<Query> queries_;
  Unaligned<Element> rows_;
  Expected expected_[kQueryCount][kRowCount];
};

template <typename Family, typename Score, typename Forms>
void check_forms(const KernelFamily<typename Family::Query, typename Family::Element, Score>& kernels,
                 Term term, Forms forms) {
  for (Pattern pattern : kPatterns) {
    for (size_t dim : tested_dims()) {
      SCOPED_TRACE("pattern " + std::to_string(static_cast<int>(pattern)) + ", dim " + std::to_string(dim));
      FormCheck<Family, Score> check(kernels, term, pattern, dim);
      forms(check);
      if (testing::Test::HasFailure()) return;
    }
  }
}

template <typename Family, typename Score>
void check_family(const KernelFamily<typename Family::Query, typename Family::Element, Score>& kernels,
                  Term term) {
  check_forms<Family, Score>(kernels, term, [](auto& check) {
    check.one();
    check.one_to_many();
    check.scattered();
    check.many_to_many();
  });
}

/// The same for families whose rows are never picked.
template <typename Family, typename Score>
void check_scans(const ScanFamily<typename Family::Query, typename Family::Element, Score>& kernels,
                 Term term) {
  check_forms<Family, Score>({kernels, nullptr}, term, [](auto& check) {
    check.one();
    check.one_to_many();
    check.many_to_many();
  });
}

/// The same for the forms of rows in the cache.
template <typename Family, typename Score>
void check_tiles(const TileFamily<typename Family::Query, typename Family::Element, Score>& kernels,
                 Term term) {
  check_forms<Family, Score>({{kernels, nullptr}, nullptr}, term, [](auto& check) {
    check.one();
    check.many_to_many();
  });
}

void check_unpack(void (*unpack)(const uint8_t* packed, size_t dim, uint8_t* out), unsigned bits) {
  for (size_t dim : tested_dims()) {
    Random random(dim);
    const std::vector<uint8_t> codes = draw_codes(random, Pattern::kRandom, false, dim, bits);
    Unaligned<uint8_t> packed(bits == 1 ? pack_bits(codes) : pack_codes(codes, bits));
    Unaligned<uint8_t> out{std::vector<uint8_t>(dim)};
    unpack(packed.data(), dim, out.data());
    EXPECT_EQ(std::vector<uint8_t>(out.data(), out.data() + dim), codes) << "dim " << dim;
    EXPECT_TRUE(out.margins_untouched()) << "dim " << dim;
  }
}

class KernelTest : public testing::TestWithParam<const KernelTable*> {
 protected:
  const KernelTable& kernels() const { return *GetParam(); }
};

TEST_P(KernelTest, DotF32) {
  check_family<FloatFamily>(kernels().dot_f32, dot_term);
}
TEST_P(KernelTest, L2SquaredF32) {
  check_family<FloatFamily>(kernels().l2_squared_f32, l2_squared_term);
}
TEST_P(KernelTest, L1F32) {
  check_family<FloatFamily>(kernels().l1_f32, l1_term);
}
TEST_P(KernelTest, MaxSumF32) {
  check_tiles<FloatFamily>(kernels().max_sum_f32, max_term);
}
TEST_P(KernelTest, DotI8) {
  check_family<ByteFamily>(kernels().dot_i8, dot_term);
}
TEST_P(KernelTest, DotU4) {
  check_family<PackedFamily<4>>(kernels().dot_u4, dot_term);
}
TEST_P(KernelTest, DotU2) {
  check_family<PackedFamily<2>>(kernels().dot_u2, dot_term);
}
TEST_P(KernelTest, DotU1) {
  check_scans<U1Family>(kernels().dot_u1, dot_term);
}
TEST_P(KernelTest, DotBits) {
  check_forms<BitsFamily, int32_t>({{{kernels().dot_bits, nullptr}, nullptr}, nullptr}, dot_term,
                                   [](auto& check) { check.one(); });
}

TEST_P(KernelTest, Hamming) {
  check_scans<HammingFamily>(kernels().hamming, l1_term);
}

TEST_P(KernelTest, UnpackU4) {
  check_unpack(kernels().unpack_u4, 4);
}
TEST_P(KernelTest, UnpackU2) {
  check_unpack(kernels().unpack_u2, 2);
}
TEST_P(KernelTest, UnpackBits) {
  check_unpack(kernels().unpack_bits, 1);
}

TEST_P(KernelTest, L1AffineU8) {
  for (Pattern pattern : kPatterns) {
    for (size_t dim : tested_dims()) {
      Random random(dim);
      std::vector<float> query_values;
      for (size_t i = 0; i < dim; ++i) query_values.push_back(draw_float(random, pattern, true));
      std::vector<float> low_values, step_values;
      for (size_t row = 0; row < kRowCount; ++row) {
        low_values.push_back(draw_float(random, pattern, false));
        step_values.push_back(std::fabs(draw_float(random, pattern, false)) / 255);
      }
      Unaligned<float> query(query_values), lows(low_values), steps(step_values);
      Unaligned<uint8_t> codes(draw_codes(random, pattern, false, dim * kRowCount, 8));
      for (size_t row_count = 0; row_count <= kRowCount; ++row_count) {
        Unaligned<float> out{std::vector<float>(row_count)};
        kernels().l1_affine_u8(query.data(), codes.data(), lows.data(), steps.data(), row_count, dim,
                               out.data());
        for (size_t row = 0; row < row_count; ++row) {
          Expected expected;
          for (size_t i = 0; i < dim; ++i) {
            const double low = low_values[row];
            const double scaled = static_cast<double>(step_values[row]) * codes.data()[row * dim + i];
            expected.value += std::fabs(query_values[i] - (low + scaled));
            // The difference cancels; its rounding errors scale with what went into it.
            expected.magnitude += std::fabs(query_values[i]) + std::fabs(low) + std::fabs(scaled);
          }
          expect_close(out.data()[row], expected, dim);
        }
        EXPECT_TRUE(out.margins_untouched());
      }
      if (HasFailure()) FAIL() << "pattern " << static_cast<int>(pattern) << ", dim " << dim;
    }
  }
}

TEST_P(KernelTest, LookupU4) {
  constexpr size_t kGroupCount = 3;
  // Past the bytes after which sums of narrow lanes are widened too.
  for (Pattern pattern : {Pattern::kRandom, Pattern::kZeros, Pattern::kHighest, Pattern::kOpposite}) {
    for (size_t code_bytes : {1, 2, 3, 15, 16, 17, 96, 255, 256, 257, 511, 512, 700}) {
      Random random(code_bytes);
      std::vector<uint8_t> table_values(code_bytes * 32);
      for (uint8_t& value : table_values)
        value = static_cast<uint8_t>(draw_integer(random, pattern, true, 0, 127));
      Unaligned<uint8_t> tables(table_values);
      Unaligned<uint8_t> groups(
          draw_codes(random, pattern, false, kGroupCount * code_bytes * kLookupGroupRows, 8));
      for (size_t group_count = 0; group_count <= kGroupCount; ++group_count) {
        Unaligned<uint32_t> out{std::vector<uint32_t>(group_count * kLookupGroupRows)};
        kernels().lookup_u4(tables.data(), groups.data(), group_count, code_bytes, out.data());
        for (size_t row = 0; row < group_count * kLookupGroupRows; ++row) {
          const size_t group = row / kLookupGroupRows;
          uint64_t expected = 0;
          for (size_t segment = 0; segment < 2 * code_bytes; ++segment) {
            const unsigned byte =
                groups.data()[(group * code_bytes + segment / 2) * kLookupGroupRows + row % kLookupGroupRows];
            expected += table_values[segment * 16 + (segment % 2 == 0 ? byte % 16 : byte / 16)];
          }
          ASSERT_EQ(out.data()[row], expected) << "bytes " << code_bytes << ", row " << row;
        }
        EXPECT_TRUE(out.margins_untouched());
      }
    }
  }
}

/// All forms of a family on copies of one query and one row.
template <typename Query, typename Element, typename Score>
void expect_all_forms(const ScanFamily<Query, Element, Score>& kernels, const std::vector<Query>& query,
                      const std::vector<Element>& row, size_t dim, Score expected) {
  constexpr size_t kCopies = 4;
  std::vector<Query> queries;
  std::vector<Element> rows;
  for (size_t copy = 0; copy < kCopies; ++copy) {
    queries.insert(queries.end(), query.begin(), query.end());
    rows.insert(rows.end(), row.begin(), row.end());
  }
  EXPECT_EQ(kernels.one(query.data(), row.data(), dim), expected);
  std::vector<Score> out(kCopies);
  kernels.one_to_many(queries.data(), rows.data(), kCopies, dim, out.data());
  EXPECT_EQ(out, std::vector<Score>(kCopies, expected));
  out.assign(kCopies * kCopies, 0);
  kernels.many_to_many(queries.data(), kCopies, rows.data(), kCopies, dim, out.data());
  EXPECT_EQ(out, std::vector<Score>(kCopies * kCopies, expected));
}

template <typename Query, typename Element, typename Score>
void expect_all_forms(const KernelFamily<Query, Element, Score>& kernels, const std::vector<Query>& query,
                      const std::vector<Element>& row, size_t dim, Score expected) {
  const ScanFamily<Query, Element, Score>& scans = kernels;
  expect_all_forms(scans, query, row, dim, expected);
  const std::vector<const Element*> picked(4, row.data());
  std::vector<Score> out(picked.size());
  kernels.scattered(query.data(), picked.data(), picked.size(), dim, out.data());
  EXPECT_EQ(out, std::vector<Score>(picked.size(), expected));
}

// The largest dimension with the largest values: the bounds in kernel_table.h are reached and hold, and sums
// of narrow lanes are widened in time.
TEST_P(KernelTest, IntegersDoNotOverflow) {
  constexpr size_t kDim = 65536;
  const std::vector<int8_t> highest(kDim, 127), lowest(kDim, -128);
  expect_all_forms<int8_t, int8_t, int32_t>(kernels().dot_i8, highest, highest, kDim, 127 * 127 * 65536);
  expect_all_forms<int8_t, int8_t, int32_t>(kernels().dot_i8, highest, lowest, kDim, -128 * 127 * 65536);
  const auto all_set = [](size_t byte_count) { return std::vector<uint8_t>(byte_count, 0xFF); };
  expect_all_forms<int8_t, uint8_t, int32_t>(kernels().dot_u4, highest, all_set(kDim / 2), kDim,
                                             127 * 15 * 65536);
  expect_all_forms<int8_t, uint8_t, int32_t>(kernels().dot_u2, highest, all_set(kDim / 4), kDim,
                                             127 * 3 * 65536);
  expect_all_forms<int8_t, uint8_t, int32_t>(kernels().dot_u1, highest, all_set(kDim / 8), kDim, 127 * 65536);
  EXPECT_EQ(kernels().dot_bits(all_set(kDim / 2).data(), all_set(kDim / 8).data(), kDim), 15 * 65536);
  expect_all_forms<uint8_t, uint8_t, int32_t>(kernels().hamming, all_set(kDim / 8),
                                              std::vector<uint8_t>(kDim / 8), kDim, 65536);
}

TEST_P(KernelTest, EverySlotIsFilled) {
  // A table is its name and function pointers, nothing else: none of them may be null.
  static_assert(sizeof(KernelTable) % sizeof(void*) == 0);
  void* slots[sizeof(KernelTable) / sizeof(void*)];
  std::memcpy(slots, &kernels(), sizeof(KernelTable));
  for (void* slot : slots) EXPECT_NE(slot, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Tables, KernelTest, testing::ValuesIn(kernel_tables()),
                         [](const auto& table) { return std::string(table.param->name); });

TEST(KernelTables, BestIsTheLastOne) {
  EXPECT_EQ(&best_kernels(), kernel_tables().back());
}

}  // namespace
}  // namespace vicinal::test
