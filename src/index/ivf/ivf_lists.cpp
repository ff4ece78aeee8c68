#include "index/ivf/ivf_lists.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace vicinal {
namespace {

// Blocks of rows of a list: small, since every list leaves half of one unused, but of rows enough for a kernel
// call.
constexpr size_t kListBlockBytes = size_t{128} * 1024;

template <typename Element>
void make_room_for_one(std::vector<Element>& elements) {
  if (elements.size() == elements.capacity()) elements.reserve(std::max<size_t>(8, 2 * elements.size()));
}

}  // namespace

IvfLists::IvfLists(size_t dim, Metric metric) : dim_(dim), metric_(metric) {
  lists_.push_back(empty_list());
}

IvfList IvfLists::empty_list() const {
  return {VectorRows(dim_, metric_, kListBlockBytes), {}};
}

const float* IvfLists::row(size_t slot) const {
  assert(contains(slot));
  return lists_[places_[slot].list].rows.row(places_[slot].position);
}

uint64_t IvfLists::vector_bytes() const {
  uint64_t bytes = 0;
  for (const IvfList& list : lists_) bytes += list.rows.vector_bytes();
  return bytes;
}

uint64_t IvfLists::norm_bytes() const {
  uint64_t bytes = 0;
  for (const IvfList& list : lists_) bytes += list.rows.norm_bytes();
  return bytes;
}

uint64_t IvfLists::slot_bytes() const {
  uint64_t bytes = places_.capacity() * sizeof(Place) + lists_.capacity() * sizeof(IvfList);
  for (const IvfList& list : lists_) bytes += list.slots.capacity() * sizeof(uint32_t);
  return bytes;
}

// What can fail comes before what changes.
Status IvfLists::push(size_t list, const float* row, size_t slot) {
  IvfList& to = lists_[list];
  make_room_for_one(to.slots);
  const Status appended = to.rows.append(row, 1);
  if (!appended.ok()) return appended;
  to.slots.push_back(static_cast<uint32_t>(slot));
  if (!contains(slot)) ++live_count_;
  places_[slot] = {static_cast<uint32_t>(list), static_cast<uint32_t>(to.size() - 1)};
  return {};
}

Status IvfLists::append(size_t list, const float* row) {
  make_room_for_one(places_);
  places_.push_back({kNoList, 0});
  const Status pushed = push(list, row, places_.size() - 1);
  if (!pushed.ok()) places_.pop_back();
  return pushed;
}

Status IvfLists::update(size_t slot, size_t list, const float* row) {
  const Place old = places_[slot];
  if (old.list == list) {
    lists_[list].rows.update(old.position, row);
    return {};
  }
  const Status pushed = push(list, row, slot);
  if (pushed.ok()) take_out(old);
  return pushed;
}

void IvfLists::take_out(Place place) {
  IvfList& list = lists_[place.list];
  const size_t last = list.size() - 1;
  if (place.position != last) {
    list.rows.update(place.position, list.rows.row(last));
    list.slots[place.position] = list.slots[last];
    places_[list.slots[last]].position = place.position;
  }
  list.rows.truncate(last);
  list.slots.pop_back();
}

void IvfLists::remove(size_t slot) {
  assert(contains(slot));
  take_out(places_[slot]);
  places_[slot].list = kNoList;
  --live_count_;
}

// Last slot first, so that rows added last to a list are simply cut off.
void IvfLists::truncate(size_t slot_count) {
  while (places_.size() > slot_count) {
    if (contains(places_.size() - 1)) remove(places_.size() - 1);
    places_.pop_back();
  }
}

void IvfLists::compact(const Deletions& deletions) {
  std::vector<Place> places;
  places.reserve(places_.size() - deletions.count());
  for (size_t slot = 0; slot < places_.size(); ++slot) {
    if (deletions.contains(slot)) continue;
    if (contains(slot))
      lists_[places_[slot].list].slots[places_[slot].position] = static_cast<uint32_t>(places.size());
    places.push_back(places_[slot]);
  }
  places_ = std::move(places);
  for (size_t list = 0; list < lists_.size(); ++list) shrink(list);
}

void IvfLists::shrink(size_t list) {
  lists_[list].rows.compact(Deletions());
  lists_[list].slots.shrink_to_fit();
}

void IvfLists::prepend(size_t list_count) {
  std::vector<IvfList> lists;
  lists.reserve(list_count + lists_.size());
  for (size_t number = 0; number < list_count; ++number) lists.push_back(empty_list());
  std::move(lists_.begin(), lists_.end(), std::back_inserter(lists));
  lists_ = std::move(lists);
  for (Place& place : places_) {
    if (place.list != kNoList) place.list += static_cast<uint32_t>(list_count);
  }
}

Status IvfLists::move_last(size_t from, size_t to) {
  const size_t slot = lists_[from].slots.back();
  return update(slot, to, lists_[from].rows.row(lists_[from].size() - 1));
}

void IvfLists::begin_fill(size_t list_count, size_t slot_count) {
  lists_.clear();
  prepend(list_count);
  places_.assign(slot_count, {kNoList, 0});
  live_count_ = 0;
}

Status IvfLists::fill(size_t list, size_t slot, const float* row) {
  if (slot >= places_.size() || contains(slot))
    return Error{ErrorCode::kInvalidArgument, static_cast<int64_t>(places_.size()),
                 static_cast<int64_t>(slot)};
  return push(list, row, slot);
}

}  // namespace vicinal
