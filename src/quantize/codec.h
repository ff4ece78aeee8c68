// Codecs: float rows to compact codes, and how a query is compared with codes without decoding them.
//
// A codec is fitted once, on the first rows that a store gets; then every row becomes `code_bytes` bytes and
// `constant_count` floats. Rows of one codec are compared by the scorer that it makes for some queries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"

namespace vicinal {

/// Distances of queries to coded rows.
class CodeScorer {
 public:
  virtual ~CodeScorer() = default;

  /// codes      [row_count x code_bytes], constants [row_count x constant_count]
  /// distances  [query_count x row_count] of every query to the decoded rows, about, as base/metric.h
  ///            defines them; finite
  /// Called per block of some tens to hundreds of rows, which it may read several times.
  virtual void score(const uint8_t* codes, const float* constants, size_t row_count, float* distances) = 0;
};

class Codec {
 public:
  virtual ~Codec() = default;

  virtual size_t code_bytes() const = 0;
  virtual size_t constant_count() const = 0;

  /// What fitting learned, to be saved: finite floats, always as many. Zeros, of an unfitted codec.
  virtual const std::vector<float>& parameters() const = 0;
  /// Learns from rows [row_count x dim], replacing what was learned. Codes made before no longer fit.
  virtual void fit(const float* rows, size_t row_count) = 0;
  /// Takes parameters that `parameters()` of such a codec told: finite, and as many.
  virtual void set_parameters(const float* parameters) = 0;

  /// rows [row_count x dim] finite, not zero when the metric is cosine; codes [row_count x code_bytes],
  /// constants [row_count x constant_count] finite.
  virtual void encode(const float* rows, size_t row_count, uint8_t* codes, float* constants) const = 0;
  /// row [dim] the nearest that the code can tell, finite.
  virtual void decode(const uint8_t* code, const float* constants, float* row) const = 0;
  /// Whether these could have come from `encode`, or are at least safe to decode and to score.
  virtual bool valid(const uint8_t* code, const float* constants) const = 0;

  /// queries [query_count x dim] finite, not zero when the metric is cosine; query_count >= 1. They need not
  /// outlive the call; the codec must outlive the scorer.
  virtual std::unique_ptr<CodeScorer> scorer(const float* queries, size_t query_count) const = 0;

  /// Bytes held.
  virtual uint64_t held_bytes() const = 0;
};

}  // namespace vicinal
