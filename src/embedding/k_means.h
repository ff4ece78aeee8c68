// k-means: centroids that rows are near to, in steps of some 20 ms, so that it can be stopped between two of them.
//
// Lloyd's iterations (Lloyd. Least Squares Quantization in PCM. IEEE Transactions on Information Theory 1982) from
// seeds by k-means++ (Arthur, Vassilvitskii. k-means++: The Advantages of Careful Seeding. SODA 2007). Departs from it:
// seeds are drawn from a sample of the rows, some for each seed, and once there are several, an eighth as
// many again at a time, before the distances to the nearest are brought up to date; so a pass over the rows serves
// several seeds (as in Bahmani, Moseley, Vattani, Kumar, Vassilvitskii. Scalable k-means++. VLDB 2012), and all of
// them cost about as much as an iteration.
//
// A centroid that no row is nearest to goes to the largest cluster, a little beside its centroid, and takes part of it.
// The same rows and seed give the same centroids on every machine (nearest_centroid.h; sums are taken in double).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "embedding/centered_frame.h"
#include "embedding/nearest_centroid.h"

namespace vicinal {

struct KMeansOptions {
  size_t k = 256;  // 1 or more; more than there are distinct rows gives equal centroids
  size_t max_iterations = 25;
  double least_gain = 1e-4;  // it ends when an iteration lowers the inertia by a smaller share
  uint64_t seed = 1;
  bool spherical = false;  // rows and centroids at unit length; rows without length are an error
};

class KMeans {
 public:
  /// row_count  all rows that will be added; at least 1
  KMeans(const KMeansOptions& options, size_t width, size_t row_count);

  /// Takes copies of rows; no more in all than was announced.
  /// rows    row_count of them, each `stride` floats after the one before; finite
  /// stride  >= width: rows may be parts of wider ones
  void add(const float* rows, size_t row_count, size_t stride);

  /// Does the next piece. Only when all rows are in. Returns whether it is done.
  bool step();
  /// 0 to 1.
  double share_done() const;

  size_t iteration_count() const { return iteration_; }
  /// Sum of the squared distances of the rows to their centroids, as the last iteration found it.
  double inertia() const { return inertia_ * frame_.squared_unit(); }
  /// Rows of the largest cluster in relation to the mean, likewise: 1 is perfect balance.
  double imbalance() const;

  /// [k x width], finite. Once it is done.
  std::vector<float> take_centroids();

 private:
  enum class Phase { kCenter, kSeed, kIterate, kDone };

  const float* row(size_t number) const { return &rows_[number * width_]; }
  float* centroid(size_t number) { return &centroids_[number * width_]; }
  uint64_t advance();
  void center_rows();
  void begin_seeds();
  void pass_seed_rows(size_t row_count);
  void draw_seeds();
  void append_seed(size_t seed_row);
  void begin_pass(const float* centroids, size_t count);
  void begin_iterations();
  void begin_iteration();
  void pass_rows(size_t row_count);
  void end_iteration();
  void move_centroids();
  void split_largest(size_t empty, std::vector<size_t>& counts);

  KMeansOptions options_;
  size_t width_;
  Random random_;
  Phase phase_ = Phase::kCenter;
  CenteredFrame frame_;
  std::vector<float> rows_;       // [row_count x width], in the frame once it is known
  std::vector<float> centroids_;  // [k x width], in the frame

  // The pass over rows that is going on.
  NearestCentroid nearest_;
  size_t position_ = 0;  // rows that are through
  std::vector<const float*> pass_rows_;
  std::vector<float> pass_scores_;

  // Seeds.
  size_t seed_count_ = 0;
  std::vector<const float*> seed_rows_;  // the sample
  std::vector<float> seed_gaps_;         // squared distances to the nearest seed

  // Iterations.
  size_t iteration_ = 0;
  double inertia_;                    // in the frame
  double last_inertia_;               // of the iteration before
  std::vector<uint32_t> assignment_;  // [row_count]
  std::vector<double> sums_;          // [k x width] of the rows of each cluster
  std::vector<size_t> counts_;        // [k]
};

}  // namespace vicinal
