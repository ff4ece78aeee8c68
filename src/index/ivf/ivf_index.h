// Inverted file: rows in lists around centroids, of which a search scans the few that are nearest to the query.
// Based on: Sivic, Zisserman. Video Google: A Text Retrieval Approach to Object Matching in Videos. ICCV 2003; Jegou,
// Douze, Schmid. Product Quantization for Nearest Neighbor Search. TPAMI 2011, section 4.
//
// Until it is trained all rows are in one list, and a search is exact. After that rows go to their lists as they are
// added and updated; centroids change only when it is trained anew. Searches by float rows give exact distances
// (flat_search.h): with nprobe = nlist the hits are those of an exact search, to the last bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "base/metric.h"
#include "base/result.h"
#include "embedding/k_means.h"
#include "index/ivf/coarse_quantizer.h"
#include "index/ivf/ivf_lists.h"
#include "kernels/kernel_table.h"
#include "rows/allowed_slots.h"
#include "rows/deletions.h"
#include "rows/top_k.h"

namespace vicinal {

/// Twice the root of the number of rows, 1..65536. Of 100,000 x 768 that makes 632 lists, trained in 11 s.
size_t default_nlist(uint64_t row_count);
/// One and a half times the root of the number of lists, at least 8. On clustered 100,000 x 768 that is 38 of 632 lists
/// and recall@10 is 1.00, 0.99 from 4 on; on 4,900 SIFT features 18 of 140 and 0.97.
size_t default_nprobe(size_t nlist);

inline constexpr size_t kMaxListCount = 65536;

struct IvfSearch {
  size_t k = 10;      // >= 1
  size_t nprobe = 0;  // lists to scan, 1..nlist; more counts as all; 0: default_nprobe
  float max_distance = std::numeric_limits<float>::infinity();  // rows farther than this may be left out
  bool exact = false;                                           // by the float rows, whatever codes there are
  size_t rescored = 0;  // by code: this many rows, at least k, get exact distances; 0: none do
};

class IvfIndex {
 public:
  /// dim 1..65536. Not trained.
  IvfIndex(size_t dim, Metric metric, const KernelTable& kernels);

  const IvfLists& lists() const { return lists_; }
  const CoarseQuantizer& quantizer() const { return quantizer_; }
  /// 0 until trained.
  size_t nlist() const { return quantizer_.list_count(); }
  /// Rows of the largest sorted list in relation to the mean; 0 without any.
  double imbalance() const;
  uint64_t held_bytes() const;

  /// Appends rows [row_count x dim] that have passed `check_rows`, in the next slots, all or none of them.
  /// Errors  kOutOfMemory, or std::bad_alloc
  Status append(const float* rows, size_t row_count);
  /// Replaces the row in a slot by one that has passed `check_rows`.
  /// Errors  as append; unchanged then
  Status update(size_t slot, const float* row);
  /// Takes the row out of a slot; the slot stays, empty, until compaction.
  void remove(size_t slot) { lists_.remove(slot); }
  void truncate(size_t slot_count) { lists_.truncate(slot_count); }
  /// Closes the gaps of removed rows, which are those marked, and gives back memory that no row uses.
  void compact(const Deletions& deletions) { lists_.compact(deletions); }

  /// The allowed rows nearest to each query that lie in the lists probed, nearest first, ties by smaller slot; by code
  /// where rows have codes. Where those lists hold fewer than k allowed rows, the others are scanned too: there are
  /// fewer than k hits only where fewer rows are allowed. Where so few rows are allowed that it takes no longer, all of
  /// them are compared with the query.
  /// queries  [query_count x dim] finite floats, not zero when the metric is cosine
  /// allowed  no slot without a row
  /// Returns  [query_count]; what one query finds does not depend on the others. May throw std::bad_alloc.
  std::vector<std::vector<Candidate>> search(const float* queries, size_t query_count,
                                             const IvfSearch& options, const AllowedSlots& allowed) const;

  /// As IvfLists.
  Result<bool> code_rows(const std::shared_ptr<Codec>& codec, bool keep_vectors, size_t row_count) {
    return lists_.code_rows(codec, keep_vectors, row_count);
  }
  void end_coding() { lists_.end_coding(); }

  /// Takes what was read from a file: lists filled by their numbers, sorted ones first.
  /// Errors  as CoarseQuantizer::set_centroids
  Status restore(std::vector<float> centroids, float norm_bound, IvfLists lists);

 private:
  friend class IvfTraining;

  std::vector<std::vector<Candidate>> search_by_code(const float* queries, size_t query_count,
                                                     const IvfSearch& options,
                                                     const AllowedSlots& allowed) const;
  std::vector<std::vector<Candidate>> search_exactly(const float* queries, size_t query_count,
                                                     const IvfSearch& options,
                                                     const AllowedSlots& allowed) const;

  const KernelTable* kernels_;
  CoarseQuantizer quantizer_;
  IvfLists lists_;
};

/// Clusters the rows of an index anew, in steps of some 20 ms. It can be given up between any two of them: until the
/// centroids are known the index is as it was, and from then on, while rows move to their lists, searches scan those
/// that have not moved yet. Rows may be added, updated and removed between steps.
class IvfTraining {
 public:
  /// nlist  1..65536; 0: default_nlist; no more than there are rows, of which there must be one
  IvfTraining(IvfIndex& index, size_t nlist, uint64_t seed);

  /// Returns whether it is done.
  /// Errors  kOutOfMemory, or std::bad_alloc; the index is whole then, and may be trained again
  Result<bool> step();
  /// 0 to 1.
  double share_done() const;

 private:
  void sample_rows();
  Status begin_moving();
  Status move_rows();

  IvfIndex& index_;
  size_t nlist_;
  std::vector<uint32_t> sample_;  // slots
  size_t sampled_ = 0;
  float norm_bound_ = 0;
  std::unique_ptr<KMeans> k_means_;  // until its centroids are taken
};

}  // namespace vicinal
