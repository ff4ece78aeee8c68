#include "persist/store/store.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "persist/store/checkpoint_writer.h"
#include "persist/store/manifest.h"
#include "persist/store/record_log.h"
#include "persist/store/store_layout.h"

namespace vicinal {
namespace {

StoreFile log_of(uint64_t generation) {
  return generation % 2 == 0 ? StoreFile::kLog0 : StoreFile::kLog1;
}

bool are_sizes(const BlockSizes& sizes) {
  return sizes.least >= 4 && sizes.least % 4 == 0 && sizes.least <= sizes.most && sizes.most % 4 == 0 &&
         sizes.most <= kMaxBlockBytes && sizes.mean_past_least >= 8 &&
         std::has_single_bit(sizes.mean_past_least);
}

}  // namespace

// What lies in the four places of a root, by the parity of its generation.
struct Store::Found {
  std::array<FoundRoot, 2> slots;
  std::array<FoundRoot, 2> logs;
};

Store::Store(const StoreFiles& files, const BlockSizes& sizes)
    : files_{RoomyFile(*this, *files[0]), RoomyFile(*this, *files[1]), RoomyFile(*this, *files[2]),
             RoomyFile(*this, *files[3])},
      sizes_(sizes),
      root_(std::make_unique<StoreRoot>()),
      manifest_(std::make_shared<StoreManifest>()) {}

Store::~Store() = default;

Status Store::RoomyFile::write_at(uint64_t offset, const void* bytes, size_t size) {
  const Status done = file_.write_at(offset, bytes, size);
  const bool is_full = !done.ok() && done.error().code == ErrorCode::kStorageFull;
  return is_full && store_.trim_logs(0) ? file_.write_at(offset, bytes, size) : done;
}

File& Store::log_file(uint64_t generation) const {
  return file(log_of(generation));
}

Result<std::unique_ptr<Store>> Store::open(const StoreFiles& files, uint64_t identity_if_new,
                                           const BlockSizes& sizes) {
  if (!are_sizes(sizes)) return Error{ErrorCode::kInvalidArgument, kMaxBlockBytes, sizes.most};
  std::unique_ptr<Store> store(new Store(files, sizes));
  std::array<uint64_t, 4> bytes;
  for (size_t i = 0; i < files.size(); ++i) {
    const Result<uint64_t> size = files[i]->size();
    if (!size.ok()) return size.error();
    bytes[i] = size.value();
  }

  Found found;
  const FoundRoot* newest = nullptr;
  for (size_t parity = 0; parity < 2; ++parity) {
    const std::array<FoundRoot*, 2> places = {&found.slots[parity], &found.logs[parity]};
    for (FoundRoot* place : places) {
      const bool is_slot = place == places[0];
      const Result<FoundRoot> read =
          read_root(is_slot ? store->file(StoreFile::kRoot) : store->log_file(parity),
                    is_slot ? parity * kSlotBytes : 0);
      if (!read.ok()) return read.error();
      *place = read.value();
      const StoreRoot& root = place->root;
      if (place->state == RootState::kNewerVersion)
        return Error{ErrorCode::kUnsupportedVersion, kStoreVersion, root.version};
      if (!place->good()) continue;
      if (root.generation % 2 != parity)
        place->state = RootState::kBad;
      else if (!newest || root.generation > newest->root.generation)
        newest = place;
    }
  }
  if (!newest) {
    const bool is_new = bytes[0] == 0 && bytes[1] == 0 && bytes[2] <= kEmptyLogBytes && bytes[3] == 0;
    if (!is_new) return corrupt_at(0);
    const Status created = store->create(identity_if_new);
    if (!created.ok()) return created.error();
    return store;
  }
  const Status loaded = store->load(found, newest->root);
  if (!loaded.ok()) return loaded.error();
  return store;
}

Status Store::create(uint64_t identity) {
  root_->identity = identity;
  root_->generation = 1;
  seal_root(*root_);
  Status done = RecordLog::begin(log_file(1), *root_);
  if (done.ok()) done = write_root_slot(file(StoreFile::kRoot), *root_);
  if (!done.ok()) return done;
  log_ = std::make_unique<RecordLog>(log_file(1), *root_);
  free_ = std::make_unique<FreeSpace>();
  rewind_records();
  report_.created = true;
  report_.identity = identity;
  report_.generation = 1;
  return {};
}

// The first is told.
void Store::note_damage(StoreFile where, uint64_t offset, uint64_t bytes) {
  damage_.push_back({where, offset, bytes});
  if (report_.damage) return;
  report_.damage = damage_.back();
  refusal_ = corrupt_at(offset);
}

Status Store::load(const Found& found, const StoreRoot& newest) {
  *root_ = newest;
  report_.identity = newest.identity;
  report_.generation = newest.generation;
  const auto parity = static_cast<size_t>(newest.generation % 2);
  const FoundRoot& in_log = found.logs[parity];
  if (!in_log.good() || in_log.root.generation != newest.generation)
    note_damage(log_of(parity), 0, sizeof(StoreRoot));
  const FoundRoot& other_slot = found.slots[1 - parity];
  const bool is_first = newest.generation == 1 && other_slot.state == RootState::kUnwritten;
  if (!other_slot.good() && !found.logs[1 - parity].good() && !is_first)
    note_damage(StoreFile::kRoot, (1 - parity) * kSlotBytes, sizeof(StoreRoot));
  for (size_t i = 0; i < 2; ++i) {
    if (found.slots[i].good() && found.slots[i].root.identity != newest.identity)
      note_damage(StoreFile::kRoot, i * kSlotBytes, sizeof(StoreRoot));
    if (found.logs[i].good() && found.logs[i].root.identity != newest.identity)
      note_damage(log_of(i), 0, sizeof(StoreRoot));
  }

  File& data = file(StoreFile::kData);
  Result<StoreManifest> manifest = read_manifest(data, newest);
  free_ = std::make_unique<FreeSpace>();
  if (manifest.ok()) {
    const Result<FreeSpace> space = FreeSpace::around(manifest.value(), newest);
    if (space.ok())
      *free_ = space.value();
    else
      manifest = space.error();
  }
  if (!manifest.ok()) {
    if (manifest.error().code != ErrorCode::kCorruptData) return manifest.error();
    note_damage(StoreFile::kData, newest.manifest_offset, newest.manifest_bytes);
  } else {
    const Result<uint64_t> size = data.size();
    if (!size.ok()) return size.error();
    for (const StoreSection& section : manifest.value().sections) {
      for (const StoreBlock& block : section.blocks) {
        const uint64_t end = block.offset + block.length;
        if (end > size.value()) note_damage(StoreFile::kData, size.value(), end - size.value());
      }
    }
    manifest_ = std::make_shared<StoreManifest>(std::move(manifest.value()));
  }

  log_ = std::make_unique<RecordLog>(log_file(parity), newest);
  rewind_records();
  const Result<LogEnd> end = log_->scan();
  if (!end.ok()) return end.error();
  if (end.value().damage_offset) {
    const uint64_t offset = *end.value().damage_offset;
    const Result<uint64_t> log_bytes = log_file(parity).size();
    if (!log_bytes.ok()) return log_bytes.error();
    note_damage(log_of(parity), offset, log_bytes.value() - std::min(log_bytes.value(), offset));
  }
  report_.record_count = log_->end().sequence - newest.sequence;
  report_.torn = end.value().torn;
  report_.torn_bytes = end.value().torn_bytes;
  // What cannot be mended can be read.
  if (!report_.damage && !mend(found).ok()) refusal_ = Error{ErrorCode::kStorageFailed, 0, 0};
  return {};
}

// Cuts off what is torn, makes durable what was found, and writes the roots again that only a log has.
Status Store::mend(const Found& found) {
  const Status ended = report_.torn ? log_->cut() : log_->flush_found();
  if (!ended.ok()) return ended;
  for (size_t i = 0; i < 2; ++i) {
    const FoundRoot& slot = found.slots[i];
    const FoundRoot& log = found.logs[i];
    if (!log.good() || (slot.good() && slot.root.generation >= log.root.generation)) continue;
    const Status done = write_root_slot(file(StoreFile::kRoot), log.root);
    if (!done.ok()) return done;
  }
  return {};
}

uint64_t Store::generation() const {
  return root_->generation;
}

Status Store::refusal() const {
  if (!refusal_.ok()) return refusal_;
  return log_->is_broken() ? Error{ErrorCode::kStorageFailed, 0, 0} : Status();
}

// --- the log

Result<std::optional<std::span<const unsigned char>>> Store::next_record() {
  std::optional<std::span<const unsigned char>> next;
  if (next_record_.sequence == log_->end().sequence) return next;
  const Status read = log_->read(next_record_, &record_);
  if (!read.ok()) return read.error();
  next = record_;
  return next;
}

void Store::rewind_records() {
  next_record_ = log_->first();
}

Status Store::append(const void* record, size_t size) {
  if (size > kMaxRecordBytes)
    return Error{ErrorCode::kInvalidArgument, kMaxRecordBytes, static_cast<int64_t>(size)};
  std::vector<unsigned char> framed(kRoomBeforeRecord + size + kRoomBehindRecord);
  if (size > 0) std::memcpy(framed.data() + kRoomBeforeRecord, record, size);
  return append_in_place(framed.data() + kRoomBeforeRecord, size);
}

Status Store::append_in_place(unsigned char* record, size_t size) {
  const Status refused = refusal();
  if (!refused.ok()) return refused;
  if (writer_) return Error{ErrorCode::kInvalidArgument, 0, 1};
  if (size > kMaxRecordBytes)
    return Error{ErrorCode::kInvalidArgument, kMaxRecordBytes, static_cast<int64_t>(size)};
  return log_->append_in_place(record, size);
}

Status Store::flush() {
  const Status refused = refusal();
  return refused.ok() ? log_->flush() : refused;
}

uint64_t Store::log_bytes() const {
  return log_->end().offset - log_->first().offset;
}

uint64_t Store::log_records() const {
  return log_->end().sequence - log_->first().sequence;
}

uint64_t Store::data_bytes() const {
  const Result<uint64_t> size = file(StoreFile::kData).size();
  return size.ok() ? size.value() : 0;
}

Result<uint64_t> Store::used_bytes(StoreFile which) const {
  const Result<uint64_t> size = file(which).size();
  if (!size.ok() || (which != StoreFile::kLog0 && which != StoreFile::kLog1)) return size;
  const bool is_present = which == log_of(generation());
  return std::min<uint64_t>(size.value(), is_present ? log_->used_bytes() : kEmptyLogBytes);
}

// Where it fails, it takes space until the next time.
bool Store::trim_logs(uint64_t spare_bytes) {
  bool has_cut = false;
  // While it is created there is nothing to cut.
  if (!log_ || !refusal().ok()) return has_cut;
  for (const StoreFile which : {StoreFile::kLog0, StoreFile::kLog1}) {
    const Result<uint64_t> size = file(which).size();
    const Result<uint64_t> used = used_bytes(which);
    if (!size.ok() || !used.ok() || size.value() - used.value() <= spare_bytes) continue;
    has_cut = file(which).truncate(used.value() + spare_bytes).ok() || has_cut;
  }
  return has_cut;
}

uint64_t Store::live_bytes() const {
  return free_->used_bytes();
}

// --- the checkpoint that is

size_t Store::section_count() const {
  return manifest_->sections.size();
}

std::string_view Store::section_name(size_t index) const {
  return manifest_->sections[index].name;
}

bool Store::has_section(std::string_view name) const {
  return manifest_->find(name) != nullptr;
}

uint64_t Store::section_bytes(std::string_view name) const {
  const StoreSection* section = manifest_->find(name);
  return section ? section->bytes() : 0;
}

Result<SectionSource> Store::section(std::string_view name, BlockChecks checks) const {
  const StoreSection* section = manifest_->find(name);
  if (!section) return Error{ErrorCode::kNotFound, 0, 0};
  return SectionSource(file(StoreFile::kData), manifest_, *section, checks);
}

std::span<const StoreBlock> Store::section_blocks(std::string_view name) const {
  const StoreSection* section = manifest_->find(name);
  return section ? std::span<const StoreBlock>(section->blocks) : std::span<const StoreBlock>();
}

// --- the next checkpoint

Status Store::begin_checkpoint() {
  const Status refused = refusal();
  if (!refused.ok()) return refused;
  if (writer_) return Error{ErrorCode::kInvalidArgument, 0, 1};
  writer_ = std::make_unique<CheckpointWriter>(file(StoreFile::kData), manifest_, *free_, sizes_);
  return {};
}

Status Store::begin_section(std::string_view name) {
  return writer_ ? writer_->begin_section(name) : Error{ErrorCode::kInvalidArgument, 1, 0};
}

ByteSink& Store::sink() {
  return sink_;
}

Status Store::Sink::write(const void* bytes, size_t size) {
  return store_.writer_ ? store_.writer_->write(bytes, size) : Error{ErrorCode::kInvalidArgument, 1, 0};
}

Status Store::Sink::write_same(uint64_t offset, ByteSource& bytes) {
  return store_.writer_ ? store_.writer_->write_same(offset, bytes)
                        : Error{ErrorCode::kInvalidArgument, 1, 0};
}

Status Store::keep_start(uint64_t size) {
  return writer_ ? writer_->keep_start(size) : Error{ErrorCode::kInvalidArgument, 1, 0};
}

Status Store::end_section() {
  return writer_ ? writer_->end_section() : Error{ErrorCode::kInvalidArgument, 1, 0};
}

Status Store::finish_checkpoint() {
  if (!writer_) return Error{ErrorCode::kInvalidArgument, 1, 0};
  StoreRoot root{};
  Status done = writer_->finish(root);
  if (done.ok()) done = commit(root);
  if (!done.ok()) abandon_checkpoint();
  return done;
}

Status Store::commit(StoreRoot& root) {
  root.identity = root_->identity;
  root.generation = root_->generation + 1;
  root.sequence = log_->end().sequence;
  seal_root(root);
  // All memory is taken before the new checkpoint holds.
  auto manifest = std::make_shared<StoreManifest>(std::move(writer_->written()));
  Result<FreeSpace> space = FreeSpace::around(*manifest, root);
  if (!space.ok()) return Error{};
  auto free = std::make_unique<FreeSpace>(std::move(space.value()));
  File& next_log = log_file(root.generation);
  auto log = std::make_unique<RecordLog>(next_log, root);

  const Status begun = RecordLog::begin(next_log, root);
  if (!begun.ok()) {
    if (!next_log.truncate(0).ok() || !next_log.flush().ok())
      refusal_ = Error{ErrorCode::kStorageFailed, 0, 0};
    return begun;
  }
  const Status rooted = write_root_slot(file(StoreFile::kRoot), root);
  if (!rooted.ok()) {
    refusal_ = Error{ErrorCode::kStorageFailed, 0, 0};
    return rooted;
  }
  *root_ = root;
  manifest_ = std::move(manifest);
  free_ = std::move(free);
  log_ = std::move(log);
  rewind_records();
  writer_ = nullptr;
  trim_data();
  return {};
}

void Store::abandon_checkpoint() {
  if (!writer_) return;
  writer_ = nullptr;
  // Where the files may hold the new checkpoint already, it keeps its blocks.
  if (refusal_.ok()) trim_data();
}

// Where it fails, the next time does.
void Store::trim_data() {
  const uint64_t end = free_->end();
  if (data_bytes() > end) (void)file(StoreFile::kData).truncate(end);
}

}  // namespace vicinal
