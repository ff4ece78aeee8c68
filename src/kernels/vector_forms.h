// The four forms of a vector kernel, from the arithmetic of one step: every form is a tile of queries x rows.
//
// An `Op` is made once a call; its members are constants that loops keep in registers. It has
//   Query, Element, Score        as in KernelFamily
//   kStep                        units taken by one step (a unit is a value, or a byte of bits)
//   unit_count(dim), query_width(dim), row_width(dim)
//   query_at(query, units), row_at(row, units)           pointers moved on by whole steps
//   QueryPart, RowPart           what one step holds of a query and of a row, in vector registers
//   query_part(query, dim), row_part(row)                the step that starts here
//   query_rest(query, units, dim), row_rest(row, units)  the last, short step, padded with zeros: units in any
//                                order, the same for both
//   add_step(sum, query_part, row_part)                  the sum with one step added
//   kStepsToWiden                steps that a sum of narrow lanes takes without overflow; 0 where sums are
//                                wide from the start
//   widen(sum), add(sum, sum)    a wide sum from a narrow one; two wide sums added
//   score(sum)                   a wide sum added up across its lanes
//   kAccumulators                sums a pair when one row is scored at a time: chains that hide latency
//   kSideBySideAccumulators      sums a pair when four rows are
//   kTileQueries, kTileRows      tile of many_to_many, kept within 15 vector registers: engines keep the last
//                                for themselves; no rows where few ask for many pairs: no tile is built then
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/kernel_table.h"
#include "kernels/wasm_vector.h"

namespace vicinal {

/// Scores of kQueries x kRows pairs, each from kAccumulators sums that take kUnroll steps in turn. Whole steps
/// only: `Rest` has what is left.
///
/// Engines that give registers to a whole function at once (Firefox's) take them from the sums, in the loop too,
/// where more steps follow the loop, or where sums outlive a call: tiles ran at half their speed there. So steps
/// that do not fill the loop come before it, and nothing is called while there are sums.
template <typename Op, int kQueries, int kRows, int kAccumulators, int kUnroll = 1>
struct Tile {
  using Query = typename Op::Query;
  using Element = typename Op::Element;
  using Score = typename Op::Score;
  static constexpr int kSteps = kAccumulators * kUnroll;
  // Else no step would fit between two widenings: a block would be empty, or its size wrap around.
  static_assert(Op::kStepsToWiden == 0 || Op::kStepsToWiden > size_t{kSteps});

  struct Sums {
    v128_t of[kQueries][kRows];
  };

  const Op op;
  // Where the next step starts. Pointers that move on, rather than bases and an index, leave one addition for
  // each pointer and iteration: WebAssembly's loads take a constant offset, but no index.
  const Query* queries[kQueries];
  const Element* rows[kRows];
  size_t dim;

  VICINAL_INLINE void step(Sums& sums, size_t at) const {
    typename Op::QueryPart query_parts[kQueries];
#pragma unroll
    for (int q = 0; q < kQueries; ++q) query_parts[q] = op.query_part(Op::query_at(queries[q], at), dim);
#pragma unroll
    for (int r = 0; r < kRows; ++r) {
      const typename Op::RowPart row_part = op.row_part(Op::row_at(rows[r], at));
#pragma unroll
      for (int q = 0; q < kQueries; ++q) sums.of[q][r] = op.add_step(sums.of[q][r], query_parts[q], row_part);
    }
  }

  VICINAL_INLINE void move_on(size_t units) {
#pragma unroll
    for (int q = 0; q < kQueries; ++q) queries[q] = Op::query_at(queries[q], units);
#pragma unroll
    for (int r = 0; r < kRows; ++r) rows[r] = Op::row_at(rows[r], units);
  }

  /// Adds the next steps. No sum takes more than step_count / kAccumulators + kSteps of them.
  VICINAL_INLINE void add_steps(Sums (&sums)[kAccumulators], size_t step_count) {
    if constexpr (kSteps > 1) {
      for (size_t odd = step_count % kSteps; odd > 0; --odd) {
        step(sums[0], 0);
        move_on(Op::kStep);
      }
    }
    for (size_t turns = step_count / kSteps; turns > 0; --turns) {
#pragma unroll
      for (int s = 0; s < kSteps; ++s) step(sums[s % kAccumulators], s * Op::kStep);
      move_on(kSteps * Op::kStep);
    }
  }

  /// Score of query q and row r goes to out[q * query_stride + r * row_stride].
  VICINAL_INLINE void score(Score* out, size_t query_stride, size_t row_stride) {
    size_t steps_left = Op::unit_count(dim) / Op::kStep;
    Sums sums[kAccumulators];
    Sums total;
    if constexpr (Op::kStepsToWiden == 0) {
      for (Sums& part : sums) clear(part);
      add_steps(sums, steps_left);
      total = sums[0];
      for (int a = 1; a < kAccumulators; ++a) add_wide(total, sums[a]);
    } else {
      constexpr size_t kBlock = (Op::kStepsToWiden - kSteps) * kAccumulators;
      clear(total);
      while (steps_left > 0) {
        const size_t step_count = std::min(steps_left, kBlock);
        for (Sums& part : sums) clear(part);
        add_steps(sums, step_count);
        for (Sums& part : sums) add_wide(total, part);
        steps_left -= step_count;
      }
    }
#pragma unroll
    for (int q = 0; q < kQueries; ++q) {
#pragma unroll
      for (int r = 0; r < kRows; ++r) {
        out[q * query_stride + r * row_stride] = Op::score(total.of[q][r]);
      }
    }
  }

 private:
  VICINAL_INLINE static void clear(Sums& sums) {
#pragma unroll
    for (int q = 0; q < kQueries; ++q) {
#pragma unroll
      for (int r = 0; r < kRows; ++r) sums.of[q][r] = zero_vector();
    }
  }

  VICINAL_INLINE static void add_wide(Sums& total, const Sums& sums) {
#pragma unroll
    for (int q = 0; q < kQueries; ++q) {
#pragma unroll
      for (int r = 0; r < kRows; ++r) total.of[q][r] = Op::add(total.of[q][r], Op::widen(sums.of[q][r]));
    }
  }
};

/// The last, short step of a query, and what it adds to the scores of its rows.
template <typename Op>
class Rest {
 public:
  using Query = typename Op::Query;
  using Element = typename Op::Element;
  using Score = typename Op::Score;

  VICINAL_INLINE static bool exists(size_t dim) { return Op::unit_count(dim) % Op::kStep > 0; }

  VICINAL_INLINE Rest(const Query* query, size_t dim) : units_(Op::unit_count(dim) % Op::kStep) {
    if (units_ > 0) start(query, dim);
  }

  VICINAL_INLINE void add_to(Score& score, const Element* row) const {
    if (units_ > 0) score += score_of(row);
  }

  [[gnu::noinline]] Score score_of(const Element* row) const {
    const typename Op::RowPart row_part = op_.row_rest(Op::row_at(row, at_), units_);
    return Op::score(Op::widen(op_.add_step(zero_vector(), query_part_, row_part)));
  }

 private:
  [[gnu::noinline]] void start(const Query* query, size_t dim) {
    at_ = Op::unit_count(dim) - units_;
    query_part_ = op_.query_rest(Op::query_at(query, at_), units_, dim);
  }

  const Op op_;
  size_t units_;
  size_t at_;
  typename Op::QueryPart query_part_;
};

template <typename Op>
struct VectorForms {
  using Query = typename Op::Query;
  using Element = typename Op::Element;
  using Score = typename Op::Score;

  [[gnu::noinline]] static Score one(const Query* query, const Element* row, size_t dim) {
    Score score;
    Tile<Op, 1, 1, Op::kAccumulators>{{}, {query}, {row}, dim}.score(&score, 0, 0);
    if (Rest<Op>::exists(dim)) score += Rest<Op>(query, dim).score_of(row);
    return score;
  }

  /// For wide rows: the eight parts of the rows side by side, for the reason told in kernel_table.h. Each stream
  /// starts a row later in its part than the one before it, and comes to the rows passed over at the end: streams
  /// a whole number of pages apart would all want the same sets of the nearest cache.
  [[gnu::noinline]] static void one_to_many_wide(const Query* query, const Element* rows, size_t row_count,
                                                 size_t dim, Score* out) {
    const Op op;
    const Rest<Op> rest(query, dim);
    const size_t width = Op::row_width(dim);
    const size_t part = row_count / kStreams;
    const size_t shift = part >= kStreams ? 1 : 0;
    for (size_t turn = 0; turn < part; ++turn) {
      Tile<Op, 1, kStreams, 1, 2> streams{op, {query}, {}, dim};
      size_t slots[kStreams];
#pragma clang loop unroll(disable)
      for (size_t s = 0; s < kStreams; ++s) {
        const size_t row = turn + s * shift;
        slots[s] = s * part + (row < part ? row : row - part);
        streams.rows[s] = rows + slots[s] * width;
      }
      Score scores[kStreams];
      streams.score(scores, 0, 1);
#pragma clang loop unroll(disable)
      for (size_t s = 0; s < kStreams; ++s) {
        rest.add_to(scores[s], rows + slots[s] * width);
        out[slots[s]] = scores[s];
      }
    }
    for (size_t row = part * kStreams; row < row_count; ++row) out[row] = one(query, rows + row * width, dim);
  }

  /// The four quarters of the rows side by side, for the reason told in kernel_table.h.
  static void one_to_many(const Query* query, const Element* rows, size_t row_count, size_t dim, Score* out) {
    in_fours(query, rows, nullptr, row_count, dim, out);
  }

  static void scattered(const Query* query, const Element* const* rows, size_t row_count, size_t dim,
                        Score* out) {
    in_fours(query, nullptr, rows, row_count, dim, out);
  }

  static void many_to_many(const Query* queries, size_t query_count, const Element* rows, size_t row_count,
                           size_t dim, Score* out) {
    if constexpr (Op::kTileRows > 0) {
      in_tiles(queries, query_count, rows, row_count, dim, out);
    } else {
      for (size_t query = 0; query < query_count; ++query)
        one_to_many_wide(queries + query * Op::query_width(dim), rows, row_count, dim,
                         out + query * row_count);
    }
  }

 private:
  static constexpr size_t kStreams = 8;

  /// Rows one after another, their quarters side by side, or scattered ones if given, as they come. One function
  /// for both: the tile is most of its size, and where the rows are is told once for four of them.
  [[gnu::noinline]] static void in_fours(const Query* query, const Element* rows,
                                         const Element* const* scattered_rows, size_t row_count, size_t dim,
                                         Score* out) {
    const Op op;
    const Rest<Op> rest(query, dim);
    const size_t width = Op::row_width(dim);
    const size_t quarter = row_count / 4;
    const size_t jump = quarter * width;
    const size_t row_stride = scattered_rows == nullptr ? quarter : 1;
    const size_t turn_stride = scattered_rows == nullptr ? 1 : 4;
    const Element* first = rows;
    const Element* const* next = scattered_rows;
    Score* scores = out;
    for (size_t turn = quarter; turn > 0; --turn) {
      Tile<Op, 1, 4, Op::kSideBySideAccumulators> four{op, {query}, {}, dim};
      // One choice for each row, not one for the four: compilers that see how the four are related address three of
      // them from the first, with an addition for every load. So 4-bit and 2-bit codes take 0.7 of the time.
      for (size_t r = 0; r < 4; ++r) four.rows[r] = next == nullptr ? first + r * jump : next[r];
      first += next == nullptr ? width : 0;
      next += next == nullptr ? 0 : 4;
      four.score(scores, 0, row_stride);
#pragma clang loop unroll(disable)
      for (size_t r = 0; r < 4; ++r)
        rest.add_to(scores[r * row_stride], next == nullptr ? first - width + r * jump : (next - 4)[r]);
      scores += turn_stride;
    }
    for (size_t row = 4 * quarter; row < row_count; ++row) {
      out[row] = one(query, scattered_rows == nullptr ? rows + row * width : scattered_rows[row], dim);
    }
  }

  /// Tiles stand with their rows: kTileRows of them stay in the first-level cache while all queries pass. Where
  /// the counts are no multiples of a tile's, the last tiles reach back over pairs that have been scored.
  static void in_tiles(const Query* queries, size_t query_count, const Element* rows, size_t row_count,
                       size_t dim, Score* out) {
    const size_t query_width = Op::query_width(dim);
    const size_t row_width = Op::row_width(dim);
    if (query_count < Op::kTileQueries || row_count < Op::kTileRows) {
      for (size_t query = 0; query < query_count; ++query) {
        for (size_t row = 0; row < row_count; ++row)
          *out++ = one(queries + query * query_width, rows + row * row_width, dim);
      }
      return;
    }
    for (size_t next_row = 0; next_row < row_count; next_row += Op::kTileRows) {
      const size_t row = std::min(next_row, row_count - Op::kTileRows);
      for (size_t next_query = 0; next_query < query_count; next_query += Op::kTileQueries) {
        const size_t query = std::min(next_query, query_count - Op::kTileQueries);
        tile(queries + query * query_width, rows + row * row_width, dim, out + query * row_count + row,
             row_count);
      }
    }
    if (!Rest<Op>::exists(dim)) return;
    for (size_t query = 0; query < query_count; ++query) {
      const Rest<Op> rest(queries + query * query_width, dim);
      for (size_t row = 0; row < row_count; ++row) rest.add_to(*out++, rows + row * row_width);
    }
  }

  /// A function of its own: engines put optimised code in place only between calls.
  [[gnu::noinline]] static void tile(const Query* queries, const Element* rows, size_t dim, Score* out,
                                     size_t out_stride) {
    Tile<Op, Op::kTileQueries, Op::kTileRows, 1> tile{};
#pragma unroll
    for (int q = 0; q < Op::kTileQueries; ++q) tile.queries[q] = queries + q * Op::query_width(dim);
#pragma unroll
    for (int r = 0; r < Op::kTileRows; ++r) tile.rows[r] = rows + r * Op::row_width(dim);
    tile.dim = dim;
    tile.score(out, out_stride, 1);
  }
};

template <typename Op>
constexpr TileFamily<typename Op::Query, typename Op::Element, typename Op::Score> vector_tiles() {
  return {VectorForms<Op>::one, VectorForms<Op>::many_to_many};
}

template <typename Op>
constexpr ScanFamily<typename Op::Query, typename Op::Element, typename Op::Score> vector_scans() {
  return {vector_tiles<Op>(), VectorForms<Op>::one_to_many};
}

template <typename Op>
constexpr KernelFamily<typename Op::Query, typename Op::Element, typename Op::Score> vector_family() {
  return {vector_scans<Op>(), VectorForms<Op>::scattered};
}

/// The same for rows of many bytes.
template <typename Op>
constexpr KernelFamily<typename Op::Query, typename Op::Element, typename Op::Score> wide_vector_family() {
  using Forms = VectorForms<Op>;
  return {{vector_tiles<Op>(), Forms::one_to_many_wide}, Forms::scattered};
}

}  // namespace vicinal
