// Training the codec of an engine, then coding the rows that it has, in steps.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/metric.h"
#include "base/result.h"
#include "index/flat/coded_rows.h"
#include "index/ivf/ivf_index.h"
#include "quantize/codec.h"
#include "rows/vector_rows.h"

namespace vicinal {

class CodeTraining {
 public:
  /// codec  untrained; will be that of the codes
  /// rows   to learn from, as many as the codec uses, and to be coded; they must outlive this, unchanged
  CodeTraining(std::unique_ptr<Codec> codec, const VectorRows& rows);
  /// Of rows in lists, which code them where they are.
  CodeTraining(std::unique_ptr<Codec> codec, IvfIndex& ivf, bool keep_vectors);

  /// Rows that it can still use.
  size_t room() const;
  /// rows [row_count x dim] that have passed `check_rows`; those without room are left out
  void add_rows(const float* rows, size_t row_count);

  /// Returns the share that is done, 0 to 1.
  /// Errors  kInvalidArgument (no rows to learn from), kOutOfMemory; those of the file, where rows are in one
  Result<double> step();
  /// The codes of all rows, once it is done; not of rows in lists.
  CodedRows take_codes() { return std::move(codes_); }

 private:
  CodeTraining(std::shared_ptr<Codec> codec, size_t dim);
  Result<double> code_some_rows();
  Result<double> code_some_listed_rows();

  const VectorRows* rows_ = nullptr;
  IvfIndex* ivf_ = nullptr;  // where it is not `rows_`
  bool keep_vectors_ = true;
  size_t dim_;
  std::shared_ptr<Codec> codec_;
  CodedRows codes_;
  std::vector<float> sample_;  // [n x dim]
  std::unique_ptr<CodecTraining> training_;
  bool is_trained_ = false;
};

}  // namespace vicinal
