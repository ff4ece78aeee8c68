// Codecs: float rows to compact codes, and how a query is compared with codes without decoding them.
//
// A codec learns once, from a sample of the first rows; then every row becomes `code_bytes` bytes and
// `constant_count` floats. A search takes two steps: a scan of all codes that tells coarse distances, and fine
// distances of the candidates that it leaves.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"

namespace vicinal {

/// What a scan of codes leaves.
struct CandidatePlan {
  size_t count;  // rows nearest by coarse distance
  bool refined;  // they are compared by fine distance then, where coarse ones are not good enough
};

/// Distances of queries to coded rows, about, as base/metric.h defines them; always finite.
class CodeScorer {
 public:
  virtual ~CodeScorer() = default;

  /// Coarse distances. Called per block of some tens to hundreds of rows, which it may read several times.
  /// codes      the rows as they are kept: whole groups of `Codec::group_rows`; what is past the last row may be
  ///            any code
  /// constants  [row_count x constant_count]
  /// distances  [query_count x row_count]
  virtual void score(const uint8_t* codes, const float* constants, size_t row_count, float* distances) = 0;

  /// Coarse distances of the only query to single rows here and there: codes, constants [row_count] pointers to what
  /// `score` takes of a row; not of rows in groups.
  virtual void score_scattered(const uint8_t* const* codes, const float* const* constants, size_t row_count,
                               float* distances) {
    for (size_t row = 0; row < row_count; ++row) score(codes[row], constants[row], 1, &distances[row]);
  }

  /// What to leave for the `count` nearest rows by fine distance to be among it, but for few; where the floats of all
  /// that is found are scored next (`rescored`), for rows that do as well.
  virtual CandidatePlan candidates_for(size_t count, bool /*rescored*/) const { return {count, false}; }

  /// Fine distance of one query to one row, where `candidates_for` asks for it.
  /// code  [code_bytes] by itself, not in a group
  virtual float fine(size_t /*query*/, const uint8_t* /*code*/, const float* /*constants*/) {
    assert(false);
    return 0;
  }
};

/// Distances between coded rows, about; always finite. They order rows as the metric does, but under Euclidean distance
/// are its squares.
class CodePairScorer {
 public:
  virtual ~CodePairScorer() = default;

  /// The row from which `score` measures; it must stay until then.
  /// pair_constant  of the row, as `Codec::pair_constant` tells it
  virtual void move_to(const uint8_t* code, const float* constants, float pair_constant) = 0;
  /// codes, constants [row_count] pointers to single rows; pair_constants [row_count]
  virtual void score(const uint8_t* const* codes, const float* const* constants, const float* pair_constants,
                     size_t row_count, float* distances) = 0;

  /// Rows one after another, as CodedRows keeps them.
  struct Run {
    const uint8_t* codes;         // [row_count x code_bytes]
    const float* constants;       // [row_count x constant_count]
    const float* pair_constants;  // [row_count]
    size_t row_count;
  };
  /// The rows from which `score_from_all` measures, some tens.
  virtual void move_to_all(const Run& rows) = 0;
  /// distances  [rows of move_to_all x row_count]
  virtual void score_from_all(const Run& rows, float* distances) = 0;
};

/// What a codec learns from rows, in steps of some 20 ms, so that it can be stopped between two of them.
class CodecTraining {
 public:
  virtual ~CodecTraining() = default;

  /// Returns whether it is done.
  virtual bool step() = 0;
  /// 0 to 1.
  virtual double share_done() const = 0;
  /// For `Codec::set_parameters`, once it is done.
  virtual std::vector<float> take_parameters() = 0;
};

class Codec {
 public:
  virtual ~Codec() = default;

  virtual size_t code_bytes() const = 0;
  virtual size_t constant_count() const = 0;

  /// Training with fewer rows than `least` tells too little; it reads no more than `most`.
  struct SampleSize {
    size_t least;
    size_t most;
  };
  virtual SampleSize sample_size() const = 0;
  /// rows [row_count x dim] as `encode` takes them, row_count >= 1; they must outlive the training.
  virtual std::unique_ptr<CodecTraining> train(const float* rows, size_t row_count) const = 0;
  /// What was learned, to be saved: finite floats, always as many. Zeros, of an untrained codec.
  virtual const std::vector<float>& parameters() const = 0;
  /// Takes what a training gave, or a file that passed `valid_parameters`. Codes made before no longer fit.
  virtual void set_parameters(std::vector<float> parameters) = 0;
  /// Whether finite numbers, as many as there must be, could be what was learned.
  virtual bool valid_parameters(const std::vector<float>& /*parameters*/) const { return true; }

  /// rows [row_count x dim] finite, not zero when the metric is cosine; codes [row_count x code_bytes],
  /// constants [row_count x constant_count] finite.
  virtual void encode(const float* rows, size_t row_count, uint8_t* codes, float* constants) const = 0;
  /// row [dim] the nearest that the code can tell, finite.
  virtual void decode(const uint8_t* code, const float* constants, float* row) const = 0;
  /// Whether these could have come from `encode`, or are at least safe to decode and to score.
  virtual bool valid(const uint8_t* code, const float* constants) const = 0;

  /// Rows that are kept interleaved, so that a scan takes them together: a group takes group_rows x code_bytes
  /// bytes. 1: one row after another.
  virtual size_t group_rows() const { return 1; }
  /// Puts the code of a row at its place in a group, and takes it out again; index 0 .. group_rows - 1.
  virtual void put_in_group(uint8_t* group, size_t index, const uint8_t* code) const;
  virtual void take_from_group(const uint8_t* group, size_t index, uint8_t* code) const;

  /// queries [query_count x dim] finite, not zero when the metric is cosine; query_count >= 1. They need not
  /// outlive the call; the codec must outlive the scorer.
  virtual std::unique_ptr<CodeScorer> scorer(const float* queries, size_t query_count) const = 0;

  /// Null for codecs that compare rows with queries only. The codec must outlive it.
  virtual std::unique_ptr<CodePairScorer> pair_scorer() const { return nullptr; }
  /// What such a scorer wants to know of a row besides, to be kept beside it.
  virtual float pair_constant(const uint8_t* /*code*/, const float* /*constants*/) const { return 0; }

  /// Bytes held.
  virtual uint64_t held_bytes() const = 0;
};

}  // namespace vicinal
