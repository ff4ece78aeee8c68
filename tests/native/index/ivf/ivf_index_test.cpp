// An inverted file against a model: a plain map of rows, and exact search.
#include "index/ivf/ivf_index.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "index/flat/code_search.h"
#include "index/flat/coded_rows.h"
#include "index/flat/exact_distance.h"
#include "index/flat/flat_search.h"
#include "quantize/codec_options.h"
#include "support/naive_search.h"
#include "support/random_vectors.h"
#include "support/trained.h"

namespace vicinal {
namespace {

void train(IvfIndex& index, size_t nlist, uint64_t seed = 1) {
  IvfTraining training(index, nlist, seed);
  double share = 0;
  for (bool done = false; !done;) {
    const Result<bool> stepped = training.step();
    ASSERT_TRUE(stepped.ok());
    done = stepped.value();
    EXPECT_GE(training.share_done(), share);
    share = training.share_done();
  }
  EXPECT_DOUBLE_EQ(share, 1);
}

std::vector<NaiveHit> as_hits(const std::vector<Candidate>& found) {
  std::vector<NaiveHit> hits;
  for (const Candidate& candidate : found) hits.push_back({candidate.slot, candidate.distance});
  return hits;
}

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kEuclidean, Metric::kManhattan, Metric::kDot};

enum class Values { kTies, kOrdinary, kExtreme };

// Slots as an engine hands them out: the rows that live in them, and marks on those removed.
class Model {
 public:
  Model(uint64_t seed, size_t dim, Metric metric, Values values)
      : random_(seed), dim_(dim), metric_(metric), values_(values), index_(dim, metric, best_kernels()) {}

  void step() {
    switch (random_.below(14)) {
      case 0:
      case 1:
      case 2:
        return add(1 + random_.below(60));
      case 3:
        return add_then_truncate();
      case 4:
      case 5:
        return update();
      case 6:
      case 7:
        return remove();
      case 8:
        return compact();
      case 9:
        return random_.below(3) == 0 ? begin_training() : search();
      case 10:
      case 11:
        return continue_training();
      default:
        return search();
    }
  }

  void check_everything() {
    ASSERT_EQ(index_.lists().size(), rows_.size());
    size_t listed = 0;
    for (size_t list = 0; list < index_.lists().list_count(); ++list) {
      const IvfList& rows = index_.lists().list(list);
      ASSERT_EQ(rows.rows.size(), rows.size());
      listed += rows.size();
      for (size_t position = 0; position < rows.size(); ++position) {
        const uint32_t slot = rows.slots[position];
        ASSERT_EQ(index_.lists().list_of(slot), list);
        ASSERT_EQ(index_.lists().row(slot), rows.rows.row(position));
      }
    }
    ASSERT_EQ(listed, rows_.size());
    for (const auto& [slot, row] : rows_) {
      ASSERT_TRUE(index_.lists().contains(slot));
      ASSERT_TRUE(std::equal(row.begin(), row.end(), index_.lists().row(slot)));
    }
  }

 private:
  Vector values(size_t row_count) {
    Vector all;
    for (size_t row = 0; row < row_count; ++row) {
      const Vector next = values_ == Values::kTies       ? small_integers(random_, dim_)
                          : values_ == Values::kOrdinary ? uniform_values(random_, dim_)
                                                         : extreme_values(random_, dim_);
      all.insert(all.end(), next.begin(), next.end());
    }
    return all;
  }

  std::optional<uint32_t> any_slot() {
    if (rows_.empty()) return std::nullopt;
    auto found = rows_.lower_bound(random_.below(static_cast<uint32_t>(slot_count_)));
    if (found == rows_.end()) found = rows_.begin();
    return found->first;
  }

  void add(size_t row_count) {
    const Vector rows = values(row_count);
    ASSERT_TRUE(index_.append(rows.data(), row_count).ok());
    for (size_t row = 0; row < row_count; ++row) {
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(row * dim_);
      rows_[static_cast<uint32_t>(slot_count_++)] = Vector(begin, begin + static_cast<std::ptrdiff_t>(dim_));
    }
  }

  void add_then_truncate() {
    ASSERT_TRUE(index_.append(values(20).data(), 20).ok());
    index_.truncate(slot_count_);
    ASSERT_EQ(index_.lists().slot_count(), slot_count_);
  }

  void update() {
    const std::optional<uint32_t> slot = any_slot();
    if (!slot) return;
    rows_[*slot] = values(1);
    ASSERT_TRUE(index_.update(*slot, rows_[*slot].data()).ok());
  }

  void remove() {
    for (uint32_t count = random_.below(8); count > 0 && !rows_.empty(); --count) {
      const uint32_t slot = *any_slot();
      index_.remove(slot);
      rows_.erase(slot);
      deletions_.mark(slot);
    }
  }

  void compact() {
    index_.compact(deletions_);
    deletions_.clear();
    std::map<uint32_t, Vector> rows;
    for (auto& [slot, row] : rows_) rows[static_cast<uint32_t>(rows.size())] = std::move(row);
    rows_ = std::move(rows);
    slot_count_ = rows_.size();
    ASSERT_EQ(index_.lists().slot_count(), slot_count_);
  }

  void begin_training() {
    if (!rows_.empty()) training_.emplace(index_, random_.below(2) * random_.below(30), random_.next_u64());
  }

  void continue_training() {
    for (int steps = 0; training_ && steps < 4; ++steps) {
      const Result<bool> stepped = training_->step();
      ASSERT_TRUE(stepped.ok());
      if (stepped.value()) training_.reset();
    }
  }

  void search() {
    const size_t query_count = 1 + random_.below(4);
    const Vector queries = values(query_count);
    const size_t k = 1 + random_.below(30);
    IdMap ids;
    ids.append(slot_count_);
    std::vector<bool> chosen(slot_count_, true);
    std::vector<uint32_t> words(slot_count_ / 32 + 1, 0xFFFFFFFF);
    if (random_.below(2) == 0) {
      const uint32_t percent = random_.below(101);
      for (size_t slot = 0; slot < slot_count_; ++slot) {
        chosen[slot] = random_.below(100) < percent;
        if (!chosen[slot]) words[slot / 32] &= ~(1u << (slot % 32));
      }
    }
    const IdFilter filter{words.data(), words.size()};
    const AllowedSlots allowed(ids, deletions_, &filter);

    const auto every = index_.search(queries.data(), query_count, {.k = k, .nprobe = 1000}, allowed);
    const auto few = index_.search(queries.data(), query_count, {.k = k, .nprobe = 1}, allowed);
    for (size_t query = 0; query < query_count; ++query) {
      const auto begin = queries.begin() + static_cast<std::ptrdiff_t>(query * dim_);
      const Vector asked(begin, begin + static_cast<std::ptrdiff_t>(dim_));
      const std::vector<NaiveHit> expected = exact_search(asked, k, chosen);
      const ExactDistance exact(metric_, asked.data(), dim_);
      ASSERT_EQ(as_hits(every[query]), expected);
      // One list: as many hits, all of them rows that may be found, best first, none better than the best.
      ASSERT_EQ(few[query].size(), expected.size());
      for (size_t rank = 0; rank < expected.size(); ++rank) {
        const Candidate& hit = few[query][rank];
        ASSERT_TRUE(chosen[hit.slot]);
        ASSERT_EQ(hit.distance, exact(rows_.at(hit.slot).data()));
        ASSERT_GE(hit.distance, expected[rank].distance);
        ASSERT_TRUE(rank == 0 || key_of(few[query][rank - 1]) < key_of(hit));
      }
    }
  }

  // By the flat index, which is held against a search in double by its own tests.
  std::vector<NaiveHit> exact_search(const Vector& query, size_t k, const std::vector<bool>& chosen) const {
    VectorRows rows(dim_, metric_);
    std::vector<uint32_t> slots;
    for (const auto& [slot, row] : rows_) {
      if (!chosen[slot]) continue;
      EXPECT_TRUE(rows.append(row.data(), 1).ok());
      slots.push_back(slot);
    }
    std::vector<Candidate> found =
        search_flat(rows, scalar_kernels(), query.data(), 1, k, AllowedSlots(rows.size()))[0];
    for (Candidate& candidate : found) candidate.slot = slots[candidate.slot];
    return as_hits(found);
  }

  Random random_;
  size_t dim_;
  Metric metric_;
  Values values_;
  IvfIndex index_;
  std::optional<IvfTraining> training_;
  std::map<uint32_t, Vector> rows_;
  size_t slot_count_ = 0;
  Deletions deletions_;
};

class IvfModel : public ::testing::TestWithParam<Metric> {};

TEST_P(IvfModel, AgreesWithTheModel) {
  for (const Values values : {Values::kTies, Values::kOrdinary, Values::kExtreme}) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      Model model(seed, seed == 1 ? 2 : static_cast<size_t>(9 * seed), GetParam(), values);
      for (int step = 0; step < 150; ++step) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << " step " << step);
        model.step();
        if (step % 25 == 24) model.check_everything();
        if (HasFatalFailure()) return;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Metrics, IvfModel, ::testing::ValuesIn(kMetrics));

// Rows around centers that lie apart; under dot of very different lengths.
Vector clustered(Random& random, size_t row_count, size_t dim, size_t cluster_count, bool lengths) {
  const Vector centers = uniform_values(random, cluster_count * dim);
  Vector rows = uniform_values(random, row_count * dim);
  for (size_t row = 0; row < row_count; ++row) {
    const float* center = &centers[random.below(static_cast<uint32_t>(cluster_count)) * dim];
    const float length = lengths ? std::exp(3 * random.unit_float()) : 1;
    for (size_t i = 0; i < dim; ++i) rows[row * dim + i] = length * (center[i] + 0.4f * rows[row * dim + i]);
  }
  return rows;
}

TEST_P(IvfModel, FewListsHoldNearlyAllNearest) {
  Random random(5);
  const size_t dim = 24, row_count = 3000, query_count = 50;
  const Vector rows = clustered(random, row_count + query_count, dim, 60, GetParam() == Metric::kDot);
  const float* queries = &rows[row_count * dim];
  IvfIndex index(dim, GetParam(), best_kernels());
  ASSERT_TRUE(index.append(rows.data(), row_count).ok());
  train(index, 60);
  EXPECT_EQ(index.nlist(), 60u);
  // Under dot, short rows lie together: few queries want them.
  EXPECT_LE(index.imbalance(), GetParam() == Metric::kDot ? 40 : 5);
  const AllowedSlots allowed(row_count);
  const auto exact = index.search(queries, query_count, {.k = 10, .nprobe = 60}, allowed);
  const auto found = index.search(queries, query_count, {.k = 10, .nprobe = 6}, allowed);
  size_t hits = 0;
  for (size_t query = 0; query < query_count; ++query) {
    for (const Candidate& candidate : found[query]) {
      hits += static_cast<size_t>(
          std::any_of(exact[query].begin(), exact[query].end(),
                      [&candidate](const Candidate& other) { return other.slot == candidate.slot; }));
    }
    EXPECT_EQ(as_hits(found[query]),
              as_hits(index.search(queries + query * dim, 1, {.k = 10, .nprobe = 6}, allowed)[0]));
  }
  EXPECT_GE(hits, query_count * 10 * 97 / 100);
}

TEST(IvfIndex, SameSeedSameLists) {
  Random random(6);
  const Vector rows = clustered(random, 1000, 10, 20, false);
  IvfIndex one(10, Metric::kCosine, best_kernels()), other(10, Metric::kCosine, scalar_kernels());
  for (IvfIndex* index : {&one, &other}) {
    ASSERT_TRUE(index->append(rows.data(), 1000).ok());
    train(*index, 25, 9);
  }
  for (size_t slot = 0; slot < 1000; ++slot)
    EXPECT_EQ(one.lists().list_of(slot), other.lists().list_of(slot));
  EXPECT_EQ(one.quantizer().centroids(), other.quantizer().centroids());
}

TEST(IvfIndex, TrainingGivesBackWhatItLeaves) {
  Random random(7);
  const Vector rows = uniform_values(random, 20000 * 16);
  IvfIndex index(16, Metric::kEuclidean, best_kernels());
  ASSERT_TRUE(index.append(rows.data(), 20000).ok());
  train(index, 20);
  index.compact(Deletions());
  EXPECT_LE(index.held_bytes(), rows.size() * sizeof(float) * 5 / 4 + 20000 * 24);
}

// Rows that are all equal, or more lists than rows.
TEST(IvfIndex, DegenerateRows) {
  for (const Metric metric : kMetrics) {
    for (const size_t row_count : {1, 2, 40}) {
      IvfIndex index(3, metric, best_kernels());
      const Vector rows(row_count * 3, -3e38f);
      ASSERT_TRUE(index.append(rows.data(), row_count).ok());
      train(index, 16);
      EXPECT_EQ(index.nlist(), std::min<size_t>(16, row_count));
      const auto found = index.search(rows.data(), 1, {.k = 10, .nprobe = 1}, AllowedSlots(row_count));
      EXPECT_EQ(found[0].size(), std::min<size_t>(10, row_count));
      for (uint32_t rank = 0; rank < found[0].size(); ++rank) EXPECT_EQ(found[0][rank].slot, rank);
    }
  }
}

// What is allowed lies in the lists that are farthest from the query.
TEST(IvfIndex, FiltersThatGoWithTheLists) {
  Random random(8);
  const size_t dim = 8, row_count = 2000;
  const Vector rows = clustered(random, row_count, dim, 20, false);
  IvfIndex index(dim, Metric::kEuclidean, best_kernels());
  ASSERT_TRUE(index.append(rows.data(), row_count).ok());
  train(index, 20);
  IdMap ids;
  ids.append(row_count);
  for (size_t query = 0; query < 20; ++query) {
    const float* asked = &rows[query * 7 * dim];
    const auto probes = index.quantizer().probe(asked, 1, 20)[0];
    std::vector<uint32_t> words(row_count / 32 + 1);
    std::map<uint32_t, Vector> expected_rows;
    for (size_t rank = 10; rank < 20; ++rank) {
      for (const uint32_t slot : index.lists().list(probes[rank].slot).slots) {
        words[slot / 32] |= 1u << (slot % 32);
        expected_rows[slot] = Vector(&rows[slot * dim], &rows[slot * dim] + dim);
      }
    }
    const IdFilter filter{words.data(), words.size()};
    const auto found =
        index.search(asked, 1, {.k = 15, .nprobe = 3}, AllowedSlots(ids, Deletions(), &filter));
    EXPECT_EQ(as_hits(found[0]),
              naive_search(Metric::kEuclidean, expected_rows, Vector(asked, asked + dim), 15));
  }
}

// Rows in codes: what their own scorer says of them, whatever list they are in and however they came there.
TEST(IvfIndex, SearchesByCode) {
  // Codes one after another, and in groups of rows.
  const CodecOptions single{}, grouped{.kind = CodecKind::kProduct, .bits = 4, .segments = 10};
  for (const CodecOptions& options : {single, grouped}) {
    for (const Metric metric : kMetrics) {
      const bool keep_vectors = metric != Metric::kDot;
      Random random(9);
      const size_t dim = 20, row_count = 700;
      const Vector rows = clustered(random, row_count, dim, 15, false);
      std::shared_ptr<Codec> codec = std::move(make_codec(options, dim, metric, best_kernels()).value());
      vicinal::train(*codec, rows.data(), row_count);
      IvfIndex index(dim, metric, best_kernels());
      ASSERT_TRUE(index.append(rows.data(), 500).ok());
      Result<bool> coded = false;
      while (!coded.value()) {
        coded = index.code_rows(codec, keep_vectors, 64);
        ASSERT_TRUE(coded.ok());
      }
      train(index, 12);
      ASSERT_TRUE(index.append(&rows[500 * dim], row_count - 500).ok());
      ASSERT_TRUE(index.update(3, &rows[4 * dim]).ok());
      index.remove(10);
      EXPECT_EQ(index.lists().vector_bytes() > 0, keep_vectors);

      Deletions deletions;
      deletions.mark(10);
      IdMap ids;
      ids.append(row_count);
      const AllowedSlots allowed(ids, deletions, nullptr);
      for (size_t query = 0; query < 10; ++query) {
        const float* asked = &rows[query * 31 * dim];
        std::vector<uint8_t> code(codec->code_bytes());
        std::vector<float> constants(codec->constant_count());
        CodedRows coded_rows(codec, dim);
        ASSERT_TRUE(coded_rows.reserve(row_count).ok());
        for (uint32_t slot = 0; slot < row_count; ++slot) {
          codec->encode(&rows[(slot == 3 ? 4 : slot) * dim], 1, code.data(), constants.data());
          coded_rows.append_coded(code.data(), constants.data(), 1);
        }
        EXPECT_EQ(as_hits(index.search(asked, 1, {.k = 10, .nprobe = 12}, allowed)[0]),
                  as_hits(search_codes(coded_rows, asked, 1, dim, 10, allowed)[0]));
        if (!keep_vectors) continue;
        EXPECT_EQ(as_hits(index.search(asked, 1, {.k = 5, .nprobe = 12, .rescored = 100}, allowed)[0]),
                  as_hits(index.search(asked, 1, {.k = 5, .nprobe = 12, .exact = true}, allowed)[0]));
      }
    }
  }
}

}  // namespace
}  // namespace vicinal
