#include "index/hnsw/node_space.h"

#include <algorithm>
#include <cassert>
#include <cfloat>
#include <cmath>

#include "embedding/double_arithmetic.h"

namespace vicinal {
namespace {

class FloatScorer final : public PairScorer {
 public:
  FloatScorer(const VectorRows& rows, const std::vector<uint32_t>& slots, const KernelTable& kernels)
      : rows_(rows), slots_(slots), kernel_(kernel_of(rows.metric(), kernels)) {}

  void move_to(uint32_t node) override {
    const uint32_t slot = slots_[node];
    from_ = rows_.rows().row(slot);
    if (rows_.metric() == Metric::kCosine) inverse_norm_ = inverse_norm_of(slot);
  }

  void move_to_all(uint32_t first, size_t count) override {
    first_ = first;
    count_ = count;
  }

  // Rows of nodes do not lie together, so nothing is gained by scoring them together.
  void score_from_all(uint32_t first, size_t count, float* distances) override {
    uint32_t nodes[kMaxScoredNodes];
    for (size_t i = 0; i < count; ++i) nodes[i] = first + static_cast<uint32_t>(i);
    for (size_t from = 0; from < count_; ++from) {
      move_to(first_ + static_cast<uint32_t>(from));
      score(nodes, count, distances + from * count);
    }
  }

  void move_to_query(const float* query) {
    from_ = query;
    if (rows_.metric() == Metric::kCosine)
      inverse_norm_ = scale_of(std::sqrt(squared_norm(query, rows_.dim())));
  }

  void score(const uint32_t* nodes, size_t count, float* distances) override {
    assert(count <= kMaxScoredNodes);
    for (size_t i = 0; i < count; ++i) picked_[i] = rows_.rows().row(size_t{slots_[nodes[i]]});
    kernel_(from_, picked_, count, rows_.dim(), distances);
    if (rows_.metric() == Metric::kCosine) {
      for (size_t i = 0; i < count; ++i)
        distances[i] = 1 - distances[i] * inverse_norm_ * inverse_norm_of(slots_[nodes[i]]);
    } else if (rows_.metric() == Metric::kDot) {
      for (size_t i = 0; i < count; ++i) distances[i] = -distances[i];
    }
    // Float arithmetic of values near the ends of their range: such rows are taken to be far.
    for (size_t i = 0; i < count; ++i) {
      if (!std::isfinite(distances[i])) distances[i] = FLT_MAX;
    }
  }

 private:
  using Kernel = void (*)(const float*, const float* const*, size_t, size_t, float*);

  static Kernel kernel_of(Metric metric, const KernelTable& kernels) {
    if (metric == Metric::kEuclidean) return kernels.l2_squared_f32.scattered;
    if (metric == Metric::kManhattan) return kernels.l1_f32.scattered;
    return kernels.dot_f32.scattered;
  }

  static float scale_of(double norm) { return static_cast<float>(std::min(1 / norm, double{FLT_MAX})); }

  // Norms that are not plain are not kept (vector_rows.h).
  float inverse_norm_of(uint32_t slot) const {
    const float kept = *rows_.inverse_norms(slot);
    return kept != 0 ? kept : scale_of(std::sqrt(squared_norm(rows_.rows().row(slot), rows_.dim())));
  }

  const VectorRows& rows_;
  const std::vector<uint32_t>& slots_;
  Kernel kernel_;
  const float* from_ = nullptr;
  float inverse_norm_ = 1;
  uint32_t first_ = 0;
  size_t count_ = 0;
  const float* picked_[kMaxScoredNodes];
};

class FloatSpace final : public NodeSpace {
 public:
  FloatSpace(const VectorRows& rows, const std::vector<uint32_t>& slots, const KernelTable& kernels)
      : rows_(rows), slots_(slots), kernels_(kernels) {}

  std::unique_ptr<NodeScorer> from_query(const float* query) const override {
    auto scorer = std::make_unique<FloatScorer>(rows_, slots_, kernels_);
    scorer->move_to_query(query);
    return scorer;
  }
  std::unique_ptr<PairScorer> from_nodes() const override {
    return std::make_unique<FloatScorer>(rows_, slots_, kernels_);
  }

 private:
  const VectorRows& rows_;
  const std::vector<uint32_t>& slots_;
  const KernelTable& kernels_;
};

// Where the codes of some nodes are.
class PickedCodes {
 public:
  explicit PickedCodes(const CodedRows& rows) : rows_(rows) {}

  void pick(const uint32_t* nodes, size_t count) {
    assert(count <= kMaxScoredNodes);
    for (size_t i = 0; i < count; ++i) {
      codes_[i] = rows_.code(nodes[i], nullptr);
      constants_[i] = rows_.constants(nodes[i]);
    }
  }
  const uint8_t* const* codes() const { return codes_; }
  const float* const* constants() const { return constants_; }

 private:
  const CodedRows& rows_;
  const uint8_t* codes_[kMaxScoredNodes];
  const float* constants_[kMaxScoredNodes];
};

class CodeQueryScorer final : public NodeScorer {
 public:
  CodeQueryScorer(const CodedRows& codes, const float* query)
      : rows_(codes), picked_(codes), scorer_(codes.codec().scorer(query, 1)) {}

  void score(const uint32_t* nodes, size_t count, float* distances) override {
    picked_.pick(nodes, count);
    scorer_->score_scattered(picked_.codes(), picked_.constants(), count, distances);
  }

  size_t candidates_for(size_t count) const override { return scorer_->candidates_for(count, false).count; }
  float fine(uint32_t node) override {
    if (!scorer_->candidates_for(1, false).refined) return NodeScorer::fine(node);
    return scorer_->fine(0, rows_.code(node, nullptr), rows_.constants(node));
  }

 private:
  const CodedRows& rows_;
  PickedCodes picked_;
  std::unique_ptr<CodeScorer> scorer_;
};

class CodePairs final : public PairScorer {
 public:
  CodePairs(const CodedRows& codes, const RowBlocks<float>& pair_constants)
      : codes_(codes),
        picked_(codes),
        pair_constants_(pair_constants),
        scorer_(codes.codec().pair_scorer()) {}

  void move_to(uint32_t node) override {
    scorer_->move_to(codes_.code(node, nullptr), codes_.constants(node), *pair_constants_.row(size_t{node}));
  }

  void score(const uint32_t* nodes, size_t count, float* distances) override {
    picked_.pick(nodes, count);
    for (size_t i = 0; i < count; ++i) picked_pair_constants_[i] = *pair_constants_.row(size_t{nodes[i]});
    scorer_->score(picked_.codes(), picked_.constants(), picked_pair_constants_, count, distances);
  }

  void move_to_all(uint32_t first, size_t count) override {
    gather(first, count, from_codes_, from_constants_, from_pair_constants_);
    scorer_->move_to_all({from_codes_.data(), from_constants_.data(), from_pair_constants_.data(), count});
  }

  void score_from_all(uint32_t first, size_t count, float* distances) override {
    const CodedRows::Run run = codes_.run(first, count);
    const RowBlocks<float>::Run constants = pair_constants_.run(first, count);
    if (run.row_count == count && constants.row_count == count) {
      return scorer_->score_from_all({run.codes, run.constants, constants.rows, count}, distances);
    }
    gather(first, count, to_codes_, to_constants_, to_pair_constants_);
    scorer_->score_from_all({to_codes_.data(), to_constants_.data(), to_pair_constants_.data(), count},
                            distances);
  }

 private:
  // Copies, of nodes that may lie in several blocks.
  void gather(uint32_t first, size_t count, std::vector<uint8_t>& codes, std::vector<float>& constants,
              std::vector<float>& pair_constants) const {
    const size_t code_bytes = codes_.codec().code_bytes();
    const size_t constant_count = codes_.codec().constant_count();
    codes.resize(count * code_bytes);
    constants.resize(count * constant_count);
    pair_constants.resize(count);
    for (size_t i = 0; i < count; ++i) {
      std::copy_n(codes_.code(first + i, nullptr), code_bytes, &codes[i * code_bytes]);
      std::copy_n(codes_.constants(first + i), constant_count, &constants[i * constant_count]);
      pair_constants[i] = *pair_constants_.row(size_t{first} + i);
    }
  }

  const CodedRows& codes_;
  PickedCodes picked_;
  const RowBlocks<float>& pair_constants_;
  float picked_pair_constants_[kMaxScoredNodes];
  std::vector<uint8_t> from_codes_, to_codes_;
  std::vector<float> from_constants_, to_constants_;
  std::vector<float> from_pair_constants_, to_pair_constants_;
  std::unique_ptr<CodePairScorer> scorer_;
};

class CodeSpace final : public NodeSpace {
 public:
  CodeSpace(const CodedRows& codes, const RowBlocks<float>& pair_constants)
      : codes_(codes), pair_constants_(pair_constants) {}

  std::unique_ptr<NodeScorer> from_query(const float* query) const override {
    return std::make_unique<CodeQueryScorer>(codes_, query);
  }
  std::unique_ptr<PairScorer> from_nodes() const override {
    return std::make_unique<CodePairs>(codes_, pair_constants_);
  }

 private:
  const CodedRows& codes_;
  const RowBlocks<float>& pair_constants_;
};

}  // namespace

float NodeScorer::fine(uint32_t node) {
  float distance;
  score(&node, 1, &distance);
  return distance;
}

std::unique_ptr<NodeSpace> make_float_space(const VectorRows& rows, const std::vector<uint32_t>& slots,
                                            const KernelTable& kernels) {
  return std::make_unique<FloatSpace>(rows, slots, kernels);
}

std::unique_ptr<NodeSpace> make_code_space(const CodedRows& codes, const RowBlocks<float>& pair_constants) {
  return std::make_unique<CodeSpace>(codes, pair_constants);
}

}  // namespace vicinal
