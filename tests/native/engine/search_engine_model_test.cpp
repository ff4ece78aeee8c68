// Random calls in random order, held against a plain map of vectors and a search in double.
#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"
#include "support/naive_search.h"
#include "support/random_vectors.h"

namespace vicinal {
namespace {

enum class Values { kTies, kOrdinary, kExtreme };

class Model {
 public:
  Model(uint64_t seed, size_t dim, Metric metric, Values values,
        const std::optional<Quantization>& quantization = std::nullopt)
      : random_(seed), dim_(dim), metric_(metric), values_(values), quantized_(quantization.has_value()) {
    engine_ = std::move(SearchEngine::create({dim, metric, quantization}, best_kernels()).value());
  }

  void step() {
    switch (random_.below(16)) {
      case 0:
      case 1:
      case 2:
        return add(1);
      case 3:
        return add(random_.below(40));
      case 4:
        return add_then_undo();
      case 5:
      case 6:
        return update();
      case 7:
      case 8:
      case 9:
        return remove();
      case 10:
        return random_.below(4) == 0 ? compact() : refuse();
      case 11:
        return random_.below(3) == 0 ? save_and_load() : refuse();
      case 12:
        return random_.below(20) == 0 ? clear() : refuse();
      case 13:
        return quantized_ && random_.below(3) == 0 ? train() : search();
      default:
        return search();
    }
  }

  void check_everything() {
    ASSERT_EQ(engine_->stats().size, rows_.size());
    for (uint32_t id = 0; id < next_id_ + 2; ++id) {
      const auto expected = rows_.find(id);
      ASSERT_EQ(engine_->contains(RowId{id}), expected != rows_.end()) << id;
      if (expected == rows_.end()) continue;
      const float* row = engine_->get(RowId{id}).value();
      ASSERT_TRUE(std::equal(row, row + dim_, expected->second.begin())) << id;
    }
  }

 private:
  Vector values(size_t row_count) {
    Vector all;
    for (size_t row = 0; row < row_count; ++row) {
      Vector next = values_ == Values::kTies       ? small_integers(random_, dim_)
                    : values_ == Values::kOrdinary ? uniform_values(random_, dim_)
                                                   : extreme_values(random_, dim_);
      all.insert(all.end(), next.begin(), next.end());
    }
    return all;
  }

  uint32_t any_id() { return random_.below(next_id_ + 2); }

  void add(size_t row_count) {
    const Vector rows = values(row_count);
    const Result<RowId> first = engine_->add(rows.data(), row_count);
    ASSERT_TRUE(first.ok());
    ASSERT_EQ(to_number(first.value()), next_id_);
    for (size_t row = 0; row < row_count; ++row) {
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(row * dim_);
      rows_[next_id_++] = Vector(begin, begin + static_cast<std::ptrdiff_t>(dim_));
    }
  }

  void add_then_undo() {
    const size_t row_count = random_.below(20);
    ASSERT_TRUE(engine_->add(values(row_count).data(), row_count).ok());
    engine_->undo_add(row_count);
  }

  void update() {
    const uint32_t id = any_id();
    const Vector row = values(1);
    const Status status = engine_->update(RowId{id}, row.data());
    ASSERT_EQ(status.ok(), rows_.contains(id));
    if (status.ok()) rows_[id] = row;
  }

  void remove() {
    const uint32_t id = any_id();
    ASSERT_EQ(engine_->remove(RowId{id}).ok(), rows_.contains(id));
    if (rows_.contains(id) && random_.below(3) == 0) {
      ASSERT_TRUE(engine_->bring_back(RowId{id}).ok());
      ASSERT_EQ(engine_->bring_back(RowId{id}).error().code, ErrorCode::kNotFound);
    } else {
      rows_.erase(id);
    }
  }

  void train() {
    const Result<size_t> room = engine_->begin_training();
    ASSERT_TRUE(room.ok());
    ASSERT_TRUE(engine_->add_training_rows(values(5).data(), 5).ok());
    const bool was_trained = engine_->is_trained();
    Result<double> done = engine_->training_step();
    const bool stops = random_.below(3) == 0 && done.ok() && done.value() < 1;
    while (!stops && done.ok() && done.value() < 1) done = engine_->training_step();
    ASSERT_TRUE(done.ok());
    engine_->end_training();
    ASSERT_EQ(engine_->is_trained(), stops ? was_trained : true);
  }

  void compact() {
    ASSERT_TRUE(engine_->compact().ok());
    ASSERT_EQ(engine_->stats().deleted, 0u);
  }

  void clear() {
    engine_->clear();
    rows_.clear();
  }

  void save_and_load() {
    BufferSink sink;
    ASSERT_TRUE(engine_->save(sink).ok());
    ASSERT_EQ(sink.bytes().size(), engine_->saved_bytes());
    BufferSource source(sink.bytes());
    auto loaded = SearchEngine::load(source, best_kernels());
    ASSERT_TRUE(loaded.ok());
    engine_ = std::move(loaded.value());
  }

  // A refused call leaves no trace.
  void refuse() {
    Vector rows = values(3);
    rows[dim_ * 2 + random_.below(static_cast<uint32_t>(dim_))] = NAN;
    const EngineStats before = engine_->stats();
    ASSERT_EQ(engine_->add(rows.data(), 3).error().code, ErrorCode::kNotFinite);
    ASSERT_EQ(engine_->stats().size, before.size);
    ASSERT_EQ(engine_->stats().memory_bytes, before.memory_bytes);
  }

  void search() {
    const size_t query_count = 1 + random_.below(4);
    const Vector queries = values(query_count);
    SearchOptions options;
    options.k = 1 + random_.below(30);
    // Exact, whatever the codes tell: every row is scored again.
    if (quantized_) options.oversampling = FLT_MAX;
    std::vector<bool> allowed;
    std::vector<uint32_t> words;
    IdFilter filter;
    if (random_.below(2) == 0) {
      const uint32_t percent = random_.below(101);
      allowed.resize(random_.below(next_id_ + 40));
      words.resize((allowed.size() + 31) / 32);
      for (size_t id = 0; id < allowed.size(); ++id) {
        allowed[id] = random_.below(100) < percent;
        if (allowed[id]) words[id / 32] |= 1u << (id % 32);
      }
      filter = {words.data(), words.size()};
      options.filter = &filter;
    }
    if (random_.below(3) == 0 && !rows_.empty()) {
      const float distance =
          naive_distance(metric_, Vector(queries.begin(), queries.begin() + dim()), any_row());
      options.score_threshold = score_from_distance(metric_, distance);
    }

    Hits hits;
    ASSERT_TRUE(engine_->search(queries.data(), query_count, options, hits).ok());
    ASSERT_EQ(hits.counts.size(), query_count);
    size_t next = 0;
    for (size_t query = 0; query < query_count; ++query) {
      const auto begin = queries.begin() + static_cast<std::ptrdiff_t>(query) * dim();
      const auto expected =
          naive_search(metric_, rows_, Vector(begin, begin + dim()), options.k,
                       options.filter != nullptr ? &allowed : nullptr, options.score_threshold);
      ASSERT_EQ(hits.counts[query], expected.size());
      for (const NaiveHit& hit : expected) {
        ASSERT_EQ(to_number(hits.ids[next]), hit.id);
        ASSERT_EQ(hits.distances[next], hit.distance);
        ASSERT_EQ(hits.scores[next], score_from_distance(metric_, hit.distance));
        ++next;
      }
    }
    ASSERT_EQ(hits.ids.size(), next);
  }

  std::ptrdiff_t dim() const { return static_cast<std::ptrdiff_t>(dim_); }

  const Vector& any_row() {
    auto row = rows_.lower_bound(any_id());
    return row == rows_.end() ? rows_.begin()->second : row->second;
  }

  Random random_;
  size_t dim_;
  Metric metric_;
  Values values_;
  bool quantized_;
  std::unique_ptr<SearchEngine> engine_;
  std::map<uint32_t, Vector> rows_;
  uint32_t next_id_ = 0;
};

TEST(SearchEngineModel, EngineDoesWhatAPlainMapDoes) {
  for (uint32_t metric = 0; metric < kMetricCount; ++metric) {
    for (const Values values : {Values::kTies, Values::kOrdinary, Values::kExtreme}) {
      for (const size_t dim : {1, 3, 16, 65}) {
        SCOPED_TRACE("metric " + std::to_string(metric) + ", values " +
                     std::to_string(static_cast<int>(values)) + ", dim " + std::to_string(dim));
        // Values of every magnitude in many dimensions leave sums whose last bit depends on their order.
        if (values == Values::kExtreme && dim > 3) continue;
        Model model(metric * 100 + dim, dim, Metric{metric}, values);
        for (int step = 0; step < 400; ++step) {
          model.step();
          if (::testing::Test::HasFatalFailure()) return;
        }
        model.check_everything();
      }
    }
  }
}

// Rows in codes go through the same calls as the float rows beside them.
TEST(SearchEngineModel, CodesFollowTheirRows) {
  for (uint32_t metric = 0; metric < kMetricCount; ++metric) {
    for (const uint32_t bits : {8u, 1u}) {
      SCOPED_TRACE("metric " + std::to_string(metric) + ", bits " + std::to_string(bits));
      Model model(metric * 10 + bits, 33, Metric{metric}, Values::kTies, Quantization{{.bits = bits}, true});
      for (int step = 0; step < 600; ++step) {
        model.step();
        if (::testing::Test::HasFatalFailure()) return;
      }
      model.check_everything();
    }
  }
}

}  // namespace
}  // namespace vicinal
