// The four forms of a scalar kernel, from the arithmetic of one pair.
//
// `Pair` names Query, Element and Score, and has
//   static Score one(const Query* query, const Element* row, size_t dim);
//   static size_t query_width(size_t dim), row_width(size_t dim);   // elements from one to the next
#pragma once

#include "kernels/kernel_table.h"

namespace vicinal {

template <typename Pair>
struct ScalarForms {
  using Query = typename Pair::Query;
  using Element = typename Pair::Element;
  using Score = typename Pair::Score;

  static Score one(const Query* query, const Element* row, size_t dim) { return Pair::one(query, row, dim); }

  static void one_to_many(const Query* query, const Element* rows, size_t row_count, size_t dim, Score* out) {
    const size_t width = Pair::row_width(dim);
    for (size_t row = 0; row < row_count; ++row) out[row] = Pair::one(query, rows + row * width, dim);
  }

  static void scattered(const Query* query, const Element* const* rows, size_t row_count, size_t dim,
                        Score* out) {
    for (size_t row = 0; row < row_count; ++row) out[row] = Pair::one(query, rows[row], dim);
  }

  static void many_to_many(const Query* queries, size_t query_count, const Element* rows, size_t row_count,
                           size_t dim, Score* out) {
    const size_t width = Pair::query_width(dim);
    for (size_t query = 0; query < query_count; ++query) {
      one_to_many(queries + query * width, rows, row_count, dim, out + query * row_count);
    }
  }
};

template <typename Pair>
constexpr TileFamily<typename Pair::Query, typename Pair::Element, typename Pair::Score> scalar_tiles() {
  return {ScalarForms<Pair>::one, ScalarForms<Pair>::many_to_many};
}

template <typename Pair>
constexpr ScanFamily<typename Pair::Query, typename Pair::Element, typename Pair::Score> scalar_scans() {
  return {scalar_tiles<Pair>(), ScalarForms<Pair>::one_to_many};
}

template <typename Pair>
constexpr KernelFamily<typename Pair::Query, typename Pair::Element, typename Pair::Score> scalar_family() {
  return {scalar_scans<Pair>(), ScalarForms<Pair>::scattered};
}

}  // namespace vicinal
