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
constexpr size_t kListCodeBlockBytes = size_t{16} * 1024;

template <typename Element>
void make_room_for_one(std::vector<Element>& elements) {
  if (elements.size() == elements.capacity()) elements.reserve(std::max<size_t>(8, 2 * elements.size()));
}

}  // namespace

IvfLists::IvfLists(size_t dim, Metric metric) : dim_(dim), metric_(metric) {
  lists_.push_back(empty_list());
}

IvfList IvfLists::empty_list() const {
  IvfList list{VectorRows(dim_, metric_, kListBlockBytes), std::nullopt, std::nullopt, {}};
  if (codec_ != nullptr) list.codes.emplace(codec_, dim_, kListCodeBlockBytes);
  return list;
}

const float* IvfLists::row(size_t slot) const {
  assert(contains(slot));
  return lists_[places_[slot].list].rows.row(places_[slot].position);
}

void IvfLists::copy_row(size_t slot, float* out) const {
  const Place place = places_[slot];
  if (has_vectors_) {
    std::copy_n(lists_[place.list].rows.row(place.position), dim_, out);
  } else {
    lists_[place.list].codes->decode(place.position, out);
  }
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

uint64_t IvfLists::code_bytes() const {
  uint64_t bytes = codec_ != nullptr ? codec_->held_bytes() : 0;
  for (const IvfList& list : lists_) bytes += list.codes ? list.codes->held_row_bytes() : 0;
  return bytes;
}

uint64_t IvfLists::slot_bytes() const {
  uint64_t bytes = places_.capacity() * sizeof(Place) + lists_.capacity() * sizeof(IvfList);
  for (const IvfList& list : lists_) bytes += list.slots.capacity() * sizeof(uint32_t);
  return bytes;
}

Result<bool> IvfLists::code_rows(const std::shared_ptr<Codec>& codec, bool keep_vectors, size_t row_count) {
  for (IvfList& list : lists_) {
    if (!list.coming) list.coming.emplace(codec, dim_, kListCodeBlockBytes);
    CodedRows& codes = *list.coming;
    while (codes.size() < list.size()) {
      if (row_count == 0) return false;
      const auto run = list.rows.rows().run(codes.size(), row_count);
      const Status made = codes.make_room(run.row_count);
      if (!made.ok()) return made.error();
      codes.append(run.rows, run.row_count);
      row_count -= run.row_count;
    }
  }
  codec_ = codec;
  has_vectors_ = keep_vectors;
  for (IvfList& list : lists_) {
    list.codes = std::move(list.coming);
    list.coming.reset();
    if (!keep_vectors) list.rows.clear();
  }
  return true;
}

size_t IvfLists::coded_count() const {
  size_t count = 0;
  for (const IvfList& list : lists_) count += list.coming ? list.coming->size() : 0;
  return count;
}

void IvfLists::end_coding() {
  for (IvfList& list : lists_) list.coming.reset();
}

IvfLists::Content IvfLists::coded(const float* row) {
  if (codec_ == nullptr) return {row, nullptr, nullptr};
  code_.resize(codec_->code_bytes());
  constants_.resize(std::max<size_t>(codec_->constant_count(), 1));
  codec_->encode(row, 1, code_.data(), constants_.data());
  return {row, code_.data(), constants_.data()};
}

// What can fail comes before what changes.
Status IvfLists::push(size_t list, size_t slot, const Content& content) {
  IvfList& to = lists_[list];
  make_room_for_one(to.slots);
  Status made;
  if (has_vectors_) made = to.rows.make_room(1);
  if (made.ok() && to.codes) made = to.codes->make_room(1);
  if (!made.ok()) return made;
  if (has_vectors_) to.rows.append_reserved(content.row);
  if (to.codes) to.codes->append_coded(content.code, content.constants, 1);
  to.slots.push_back(static_cast<uint32_t>(slot));
  if (!contains(slot)) ++live_count_;
  places_[slot] = {static_cast<uint32_t>(list), static_cast<uint32_t>(to.size() - 1)};
  return {};
}

Status IvfLists::append(size_t list, const float* row) {
  const Content content = coded(row);
  make_room_for_one(places_);
  places_.push_back({kNoList, 0});
  const Status pushed = push(list, places_.size() - 1, content);
  if (!pushed.ok()) places_.pop_back();
  return pushed;
}

Status IvfLists::update(size_t slot, size_t list, const float* row) {
  const Place old = places_[slot];
  if (old.list == list) {
    if (lists_[list].codes) lists_[list].codes->replace(old.position, row);
    if (has_vectors_) lists_[list].rows.update(old.position, row);
    return {};
  }
  const Status pushed = push(list, slot, coded(row));
  if (pushed.ok()) take_out(old);
  return pushed;
}

Status IvfLists::move_last(size_t from, size_t to) {
  const IvfList& list = lists_[from];
  const size_t position = list.size() - 1;
  const size_t slot = list.slots[position];
  Content content{has_vectors_ ? list.rows.row(position) : nullptr, nullptr, nullptr};
  if (list.codes) {
    code_.resize(codec_->code_bytes());
    content.code = list.codes->code(position, code_.data());
    content.constants = list.codes->constants(position);
  }
  const Place old = places_[slot];
  const Status pushed = push(to, slot, content);
  if (pushed.ok()) take_out(old);
  return pushed;
}

void IvfLists::take_out(Place place) {
  IvfList& list = lists_[place.list];
  const size_t last = list.size() - 1;
  if (place.position != last) {
    if (has_vectors_) list.rows.update(place.position, list.rows.row(last));
    if (list.codes) list.codes->copy(last, place.position);
    list.slots[place.position] = list.slots[last];
    places_[list.slots[last]].position = place.position;
  }
  if (has_vectors_) list.rows.truncate(last);
  if (list.codes) list.codes->truncate(last);
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
  if (lists_[list].codes) lists_[list].codes->compact(Deletions());
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

Status IvfLists::begin_fill(const std::vector<uint32_t>& list_sizes, const std::vector<uint32_t>& slots,
                            std::shared_ptr<Codec> codec, bool keep_vectors) {
  codec_ = std::move(codec);
  has_vectors_ = keep_vectors;
  live_count_ = slots.size();
  lists_.clear();
  prepend(list_sizes.size());
  places_.assign(slots.size(), {kNoList, 0});
  auto slot = slots.begin();
  for (size_t number = 0; number < lists_.size(); ++number) {
    IvfList& list = lists_[number];
    Status reserved;
    if (has_vectors_) reserved = list.rows.reserve(list_sizes[number]);
    if (reserved.ok() && list.codes) reserved = list.codes->reserve(list_sizes[number]);
    if (!reserved.ok()) return reserved;
    list.slots.assign(slot, slot + static_cast<std::ptrdiff_t>(list_sizes[number]));
    slot += static_cast<std::ptrdiff_t>(list_sizes[number]);
    for (uint32_t position = 0; position < list_sizes[number]; ++position) {
      const uint32_t taken = list.slots[position];
      if (taken >= places_.size() || contains(taken))
        return Error{ErrorCode::kInvalidArgument, static_cast<int64_t>(places_.size()), taken};
      places_[taken] = {static_cast<uint32_t>(number), position};
    }
  }
  return {};
}

}  // namespace vicinal
