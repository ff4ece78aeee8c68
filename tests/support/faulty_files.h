// The files of a store as a bad machine has them: every change is recorded, so that a crash can be played at any of
// them, and any of them can be made to fail.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/random.h"
#include "persist/byte_io.h"
#include "persist/memory_file.h"
#include "persist/store/store.h"
#include "support/byte_buffer.h"

namespace vicinal {

using FileContents = std::array<Bytes, 4>;

struct FileChange {
  enum class Kind { kWrite, kTruncate, kFlush };
  Kind kind;
  size_t file;
  uint64_t offset;  // size, of a truncation
  Bytes bytes;
};

/// A change that fails.
struct Fault {
  size_t change;  // counted from 0
  ErrorCode code = ErrorCode::kStorageFailed;
  uint64_t done_bytes = 0;  // of a write, before it fails
  bool for_good = false;    // all changes after it fail too
};

class FaultyFiles {
 public:
  explicit FaultyFiles(FileContents contents = {}) : initial_(std::move(contents)) {
    for (size_t i = 0; i < files_.size(); ++i) files_[i] = std::make_unique<OneFile>(*this, i, initial_[i]);
  }

  StoreFiles files() { return {files_[0].get(), files_[1].get(), files_[2].get(), files_[3].get()}; }
  FileContents contents() const {
    return {files_[0]->memory.bytes(), files_[1]->memory.bytes(), files_[2]->memory.bytes(),
            files_[3]->memory.bytes()};
  }
  const FileContents& initial() const { return initial_; }
  const std::vector<FileChange>& history() const { return history_; }
  /// Changes that were asked for, those that failed too.
  size_t change_count() const { return changes_; }

  std::optional<Fault> fault;
  uint64_t quota = UINT64_MAX;     // bytes of all files
  uint64_t written_bytes[4] = {};  // by file

 private:
  struct OneFile final : File {
    OneFile(FaultyFiles& owner, size_t which, const Bytes& bytes) : all(owner), index(which), memory(bytes) {}

    Result<uint64_t> size() override { return memory.size(); }
    Status read_at(uint64_t offset, void* bytes, size_t size) override {
      return memory.read_at(offset, bytes, size);
    }
    Status write_at(uint64_t offset, const void* bytes, size_t size) override {
      uint64_t others = 0;
      for (const auto& file : all.files_) others += file->memory.bytes().size();
      others -= memory.bytes().size();
      uint64_t done = size;
      Status status = all.next_fails(done, size);
      const uint64_t room = all.quota > others ? all.quota - others : 0;
      if (status.ok() && offset + size > room && offset + size > memory.bytes().size()) {
        done = room > offset ? std::min<uint64_t>(room - offset, size) : 0;
        status = Error{ErrorCode::kStorageFull, 0, static_cast<int64_t>(size)};
      }
      if (done > 0) {
        (void)memory.write_at(offset, bytes, static_cast<size_t>(done));
        const auto* first = static_cast<const unsigned char*>(bytes);
        all.history_.push_back({FileChange::Kind::kWrite, index, offset, Bytes(first, first + done)});
        all.written_bytes[index] += done;
      }
      return status;
    }
    Status flush() override {
      uint64_t done = 0;
      const Status status = all.next_fails(done, 0);
      if (status.ok()) all.history_.push_back({FileChange::Kind::kFlush, index, 0, {}});
      return status;
    }
    Status truncate(uint64_t bytes) override {
      uint64_t done = 0;
      const Status status = all.next_fails(done, 0);
      if (!status.ok()) return status;
      all.history_.push_back({FileChange::Kind::kTruncate, index, bytes, {}});
      return memory.truncate(bytes);
    }

    FaultyFiles& all;
    size_t index;
    MemoryFile memory;
  };

  Status next_fails(uint64_t& done, size_t size) {
    const size_t change = changes_++;
    if (!fault || change < fault->change || (change > fault->change && !fault->for_good)) return {};
    done = std::min<uint64_t>(fault->done_bytes, size);
    return Error{fault->code, 0, static_cast<int64_t>(fault->code == ErrorCode::kStorageFull ? size : 5)};
  }

  FileContents initial_;
  std::array<std::unique_ptr<OneFile>, 4> files_;
  std::vector<FileChange> history_;
  size_t changes_ = 0;
};

/// Plays crashes: what each file holds for sure, and the changes since its last flush.
class CrashPlayer {
 public:
  static constexpr uint64_t kSector = 512;
  /// Which sectors of a change reached the disk; of a truncation, the one.
  using Kept = std::vector<bool>;

  explicit CrashPlayer(const FileContents& initial) : durable_(initial) {}

  void add(const FileChange& change) {
    if (change.kind != FileChange::Kind::kFlush) {
      pending_.push_back(&change);
      return;
    }
    std::vector<const FileChange*> others;
    for (const FileChange* one : pending_) {
      if (one->file == change.file)
        apply(durable_, *one, Kept(sector_count(*one), true));
      else
        others.push_back(one);
    }
    pending_ = std::move(others);
  }

  const std::vector<const FileChange*>& pending() const { return pending_; }

  FileContents crash(const std::vector<Kept>& kept) const {
    FileContents contents = durable_;
    for (size_t i = 0; i < pending_.size(); ++i) apply(contents, *pending_[i], kept[i]);
    return contents;
  }

  /// Calls with what each crash of this moment leaves: where few changes are pending, for all subsets of them and each
  /// write of these torn after, before and at each sector; else for those that are lost or kept alone, all before and
  /// after each, and `random_count` random ones.
  void each_crash(Random& random, size_t random_count,
                  const std::function<void(const FileContents&)>& call) const {
    const size_t count = pending_.size();
    std::vector<Kept> all, none;
    for (const FileChange* change : pending_) {
      all.emplace_back(sector_count(*change), true);
      none.emplace_back(sector_count(*change), false);
    }
    if (count <= 6) {
      for (size_t subset = 0; subset < size_t{1} << count; ++subset) {
        std::vector<Kept> kept = none;
        for (size_t i = 0; i < count; ++i) {
          if (subset >> i & 1) kept[i] = all[i];
        }
        call(crash(kept));
        for (size_t i = 0; i < count; ++i) {
          if (subset >> i & 1) each_tear(kept, i, call);
        }
      }
    } else {
      for (size_t i = 0; i <= count; ++i) {
        std::vector<Kept> before = none, after = all;
        for (size_t j = 0; j < i; ++j) before[j] = all[j], after[j] = none[j];
        call(crash(before));
        call(crash(after));
        if (i == count) break;
        std::vector<Kept> alone = none, lost = all;
        alone[i] = all[i], lost[i] = none[i];
        call(crash(alone));
        call(crash(lost));
        each_tear(all, i, call);
        each_tear(before, i, call);
      }
    }
    for (size_t i = 0; i < random_count && count > 0; ++i) call(random_crash(random));
  }

  /// What a crash leaves of which each change was lost, kept or torn.
  FileContents random_crash(Random& random) const {
    std::vector<Kept> kept;
    for (const FileChange* change : pending_) {
      const uint32_t fate = random.below(3);
      Kept& one = kept.emplace_back(sector_count(*change));
      for (size_t sector = 0; sector < one.size(); ++sector)
        one[sector] = fate == 0 || (fate == 1 && random.below(2) == 0);
    }
    return crash(kept);
  }

 private:
  static size_t sector_count(const FileChange& change) {
    if (change.kind != FileChange::Kind::kWrite) return 1;
    return static_cast<size_t>((change.offset + change.bytes.size() - 1) / kSector - change.offset / kSector +
                               1);
  }

  // All but the first, the last, and one sector of change `index`, at each of its sectors.
  void each_tear(std::vector<Kept> kept, size_t index,
                 const std::function<void(const FileContents&)>& call) const {
    const size_t sectors = kept[index].size();
    for (size_t at = 1; at < sectors; ++at) {
      for (size_t sector = 0; sector < sectors; ++sector) kept[index][sector] = sector < at;
      call(crash(kept));
      for (size_t sector = 0; sector < sectors; ++sector) kept[index][sector] = sector >= at;
      call(crash(kept));
      for (size_t sector = 0; sector < sectors; ++sector) kept[index][sector] = sector + 1 != at;
      if (at > 1) call(crash(kept));
    }
  }

  static void apply(FileContents& contents, const FileChange& change, const Kept& kept) {
    Bytes& file = contents[change.file];
    if (change.kind == FileChange::Kind::kTruncate) {
      if (kept[0] && change.offset < file.size()) file.resize(static_cast<size_t>(change.offset));
      return;
    }
    const uint64_t end = change.offset + change.bytes.size();
    const uint64_t first_sector = change.offset / kSector;
    for (size_t i = 0; i < kept.size(); ++i) {
      if (!kept[i]) continue;
      const uint64_t from = std::max(change.offset, (first_sector + i) * kSector);
      const uint64_t to = std::min(end, (first_sector + i + 1) * kSector);
      if (file.size() < to) file.resize(static_cast<size_t>(to));
      std::copy(change.bytes.begin() + static_cast<ptrdiff_t>(from - change.offset),
                change.bytes.begin() + static_cast<ptrdiff_t>(to - change.offset),
                file.begin() + static_cast<ptrdiff_t>(from));
    }
  }

  FileContents durable_;
  std::vector<const FileChange*> pending_;
};

}  // namespace vicinal
