#include "hits_view.h"

namespace vicinal::boundary {

Hits& last_hits() {
  static Hits hits;
  return hits;
}

const HitsView* view_last_hits() {
  static HitsView view;
  const Hits& hits = last_hits();
  const auto address = [](const auto& values) { return reinterpret_cast<Address>(values.data()); };
  view = {address(hits.ids), address(hits.scores), address(hits.distances), address(hits.counts)};
  return &view;
}

}  // namespace vicinal::boundary
