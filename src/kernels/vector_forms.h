// The four forms of a vector kernel, from the arithmetic of one step: every form is a tile of queries x rows.
//
// An `Op` is made once a call; its members are constants that loops keep in registers. It has
//   Query, Element, Score        as in KernelFamily
//   kStep                        units taken by one step (a unit is a value, or a byte of bits)
//   unit_count(dim), query_width(dim), row_width(dim)
//   query_at(query, units), row_at(row, units)           pointers moved on by whole steps
//   QueryPart, RowPart           what one step holds of a query and of a row, in vector registers
//   query_part(query, dim), row_part(row)                the step that starts here
//   query_rest(query, units, dim), row_rest(row, units)  the last, short step, padded with zeros
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

/// Scores of kQueries x kRows pairs, each from kAccumulators sums that take steps in turn.
///
/// What does not fill the loop comes before it, and the loop last. Behind the loop it would cost engines that
/// give registers to a whole function at once (Firefox's) the registers of the sums, in the loop too: tiles ran
/// at half their speed there.
template <typename Op, int kQueries, int kRows, int kAccumulators>
struct Tile {
  using Query = typename Op::Query;
  using Element = typename Op::Element;
  using Score = typename Op::Score;

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

  /// The last `units` of every row, fewer than a step, which start `at` units from its start.
  VICINAL_INLINE void rest(Sums& sums, size_t at, size_t units) const {
    typename Op::QueryPart query_parts[kQueries];
#pragma unroll
    for (int q = 0; q < kQueries; ++q)
      query_parts[q] = op.query_rest(Op::query_at(queries[q], at), units, dim);
#pragma unroll
    for (int r = 0; r < kRows; ++r) {
      const typename Op::RowPart row_part = op.row_rest(Op::row_at(rows[r], at), units);
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

  /// Adds the next steps. No sum takes more than step_count / kAccumulators + kAccumulators of them.
  VICINAL_INLINE void add_steps(Sums (&sums)[kAccumulators], size_t step_count) {
    if constexpr (kAccumulators > 1) {
      for (size_t odd = step_count % kAccumulators; odd > 0; --odd) {
        step(sums[0], 0);
        move_on(Op::kStep);
      }
    }
    for (size_t turns = step_count / kAccumulators; turns > 0; --turns) {
#pragma unroll
      for (int a = 0; a < kAccumulators; ++a) step(sums[a], a * Op::kStep);
      move_on(kAccumulators * Op::kStep);
    }
  }

  /// Score of query q and row r goes to out[q * query_stride + r * row_stride].
  VICINAL_INLINE void score(Score* out, size_t query_stride, size_t row_stride) {
    size_t steps_left = Op::unit_count(dim) / Op::kStep;
    const size_t rest_units = Op::unit_count(dim) % Op::kStep;
    Sums sums[kAccumulators];
    Sums total;
    for (Sums& part : sums) clear(part);
    if (rest_units > 0) rest(sums[0], steps_left * Op::kStep, rest_units);
    if constexpr (Op::kStepsToWiden == 0) {
      add_steps(sums, steps_left);
      total = sums[0];
      for (int a = 1; a < kAccumulators; ++a) add_wide(total, sums[a]);
    } else {
      constexpr size_t kBlock = (Op::kStepsToWiden - kAccumulators) * kAccumulators;
      clear(total);
      add_wide(total, sums[0]);
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

template <typename Op>
struct VectorForms {
  using Query = typename Op::Query;
  using Element = typename Op::Element;
  using Score = typename Op::Score;

  [[gnu::noinline]] static Score one(const Query* query, const Element* row, size_t dim) {
    Score score;
    Tile<Op, 1, 1, Op::kAccumulators>{{}, {query}, {row}, dim}.score(&score, 0, 0);
    return score;
  }

  /// The four quarters of the rows side by side, for the reason told in kernel_table.h.
  [[gnu::noinline]] static void one_to_many(const Query* query, const Element* rows, size_t row_count,
                                            size_t dim, Score* out) {
    const Op op;
    const size_t width = Op::row_width(dim);
    const size_t quarter = row_count / 4;
    const size_t jump = quarter * width;
    for (size_t row = 0; row < quarter; ++row, rows += width) {
      FourRows{op, {query}, {rows, rows + jump, rows + 2 * jump, rows + 3 * jump}, dim}.score(out + row, 0,
                                                                                              quarter);
    }
    rows += 3 * jump;
    for (size_t row = 4 * quarter; row < row_count; ++row, rows += width) out[row] = one(query, rows, dim);
  }

  static void scattered(const Query* query, const Element* const* rows, size_t row_count, size_t dim,
                        Score* out) {
    const Op op;
    size_t row = 0;
    for (; row + 4 <= row_count; row += 4) {
      FourRows{op, {query}, {rows[row], rows[row + 1], rows[row + 2], rows[row + 3]}, dim}.score(out + row, 0,
                                                                                                 1);
    }
    for (; row < row_count; ++row) out[row] = one(query, rows[row], dim);
  }

  static void many_to_many(const Query* queries, size_t query_count, const Element* rows, size_t row_count,
                           size_t dim, Score* out) {
    if constexpr (Op::kTileRows > 0) {
      in_tiles(queries, query_count, rows, row_count, dim, out);
    } else {
      for (size_t query = 0; query < query_count; ++query)
        one_to_many(queries + query * Op::query_width(dim), rows, row_count, dim, out + query * row_count);
    }
  }

 private:
  using FourRows = Tile<Op, 1, 4, Op::kSideBySideAccumulators>;

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
constexpr KernelFamily<typename Op::Query, typename Op::Element, typename Op::Score> vector_family() {
  using Forms = VectorForms<Op>;
  return {vector_tiles<Op>(), Forms::one_to_many, Forms::scattered};
}

}  // namespace vicinal
