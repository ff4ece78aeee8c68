// What survives a crash: a checkpoint, which is named sections of bytes, and a log of the changes since. What sections
// and records mean is the caller's to say. How they lie in the files, and why a crash loses nothing that was flushed, is
// told in store_layout.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "persist/byte_io.h"
#include "persist/file.h"

namespace vicinal {

/// The files of a store, by their place in StoreFiles.
enum class StoreFile : uint32_t { kRoot = 0, kLog0 = 1, kLog1 = 2, kData = 3 };

/// None null; opened for reading and writing, empty where new; nobody else writes to them.
using StoreFiles = std::array<File*, 4>;

struct StoreDamage {
  StoreFile file;
  uint64_t offset;  // where it was noticed
  uint64_t bytes;   // from there, that may not be what was written
};

/// How a store was found. Does not change after opening.
struct StoreReport {
  bool created = false;               // all files were empty, or a creation had been cut short
  uint64_t identity = 0;              // given when it was created
  uint64_t generation = 0;            // checkpoints since: 1 after creation
  uint64_t record_count = 0;          // records since the checkpoint
  bool torn = false;                  // the log ended in a write that had never been flushed: it was cut off
  uint64_t torn_bytes = 0;            // that were cut off; 0 too where only the mark of the end was missing
  std::optional<StoreDamage> damage;  // then only what verifies can be read, and nothing can be written
};

/// Sizes that sections are cut into, in bytes: 4 <= least <= most <= 2^20, multiples of 4. Readers take any.
struct BlockSizes {
  uint32_t least = uint32_t{64} * 1024;
  uint32_t mean_past_least = uint32_t{256} * 1024;  // 4 times a power of two
  uint32_t most = uint32_t{1024} * 1024;
};

struct StoreBlock;
struct StoreSection;
struct StoreManifest;
struct StoreRoot;
class CheckpointWriter;
class FreeSpace;
class RecordLog;

/// A place in the log: where the next record starts, and the sequence of the one before.
struct LogPosition {
  uint64_t offset = 0;
  uint64_t sequence = 0;
};

/// When a block of a section is checked: whenever it is read from, as a whole; or the first time, and then what is read
/// of it is no more than what was asked for.
enum class BlockChecks { kAlways, kOnce };

/// Bytes of a section, checked as they are read. Keeps one block in memory. The store must outlive it; once a newer
/// checkpoint is finished, reading fails with kInvalidArgument.
class SectionSource final : public ByteSource {
 public:
  /// section  of the manifest that `present` holds
  SectionSource(File& data, const std::shared_ptr<const StoreManifest>& present, const StoreSection& section,
                BlockChecks checks);

  uint64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }
  /// Errors  kCorruptData (actual: the offset in the file `data` of a block that is damaged; size() when reading past
  ///         the end), or the file's
  Status read_at(uint64_t offset, void* bytes, size_t size) override;
  bool is_checked() const override { return true; }
  void recheck() override;

 private:
  Status read_block(size_t index, unsigned char* into);
  Status cache_block(size_t index);

  File* data_;
  const std::shared_ptr<const StoreManifest>* present_;  // the store's, which changes with each checkpoint
  std::shared_ptr<const StoreManifest> manifest_;
  const StoreSection* section_;
  std::vector<uint64_t> ends_;  // of the blocks, in the section
  BlockChecks checks_;
  std::vector<bool> checked_;  // blocks, where they are checked once
  size_t cached_;              // block in `cache_`; their number when none is
  std::vector<unsigned char> cache_;
};

/// Bytes around a record for what the log writes with it.
inline constexpr size_t kRoomBeforeRecord = 24;
inline constexpr size_t kRoomBehindRecord = 16;

/// Errors of every call: those of its files, kStorageFull and kStorageFailed. Changing calls fail with kCorruptData
/// (actual: StoreDamage's offset) where the report tells of damage, and with kStorageFailed after a failure that leaves
/// unknown what the files hold, until they are opened anew; reading goes on.
class Store {
 public:
  /// Opens the store, or creates one in empty files. The files must outlive it.
  /// identity_if_new  any number, differing between stores: a file of another store is then damage
  /// Errors  kCorruptData (actual: offset in the file `root`) when nothing at all can be read; what can be is opened,
  ///         with the damage in the report. kUnsupportedVersion.
  static Result<std::unique_ptr<Store>> open(const StoreFiles& files, uint64_t identity_if_new,
                                             const BlockSizes& sizes = {});
  ~Store();

  const StoreReport& report() const { return report_; }
  /// Now.
  uint64_t generation() const;

  // --- the log

  /// The next record since the checkpoint, first the oldest; none after the last. Valid until the next call on the
  /// store. Appended ones come too; a finished checkpoint leaves none.
  Result<std::optional<std::span<const unsigned char>>> next_record();
  /// Begins again with the oldest.
  void rewind_records();

  /// Adds a record, 0 to 2^30 bytes, not yet flushed. After an error it is not there, also not after a crash.
  /// Errors  kInvalidArgument (expected: 2^30) for a longer one, and (expected: 0) while a checkpoint is written
  Status append(const void* record, size_t size);
  /// The same without a copy.
  /// record  has kRoomBeforeRecord and kRoomBehindRecord bytes around it, which are overwritten
  Status append_in_place(unsigned char* record, size_t size);
  /// Returns once all records appended are durable.
  Status flush();

  /// Bytes, and records, of the log since the checkpoint.
  uint64_t log_bytes() const;
  uint64_t log_records() const;
  /// Bytes of the file `data`.
  uint64_t data_bytes() const;
  /// Bytes of a file that hold something: in a log, older records may lie behind them, for new ones to be written over,
  /// which is faster than a file that grows.
  Result<uint64_t> used_bytes(StoreFile which) const;
  /// Leaves no more than so many bytes of a log behind what it holds. Where a file has no room, the store does so itself.
  /// Returns  whether a file was cut
  bool trim_logs(uint64_t spare_bytes);
  /// Bytes of it that the checkpoint uses.
  uint64_t live_bytes() const;

  // --- the checkpoint that is

  size_t section_count() const;
  /// In the order of writing. Valid until the next checkpoint is finished.
  std::string_view section_name(size_t index) const;
  bool has_section(std::string_view name) const;
  /// 0 where there is none.
  uint64_t section_bytes(std::string_view name) const;
  /// Errors  kNotFound
  Result<SectionSource> section(std::string_view name, BlockChecks checks = BlockChecks::kAlways) const;
  /// The blocks that it is cut into, in order; each is read as a whole, or is damaged. Valid until the next checkpoint is
  /// finished. None where there is no such section.
  std::span<const StoreBlock> section_blocks(std::string_view name) const;

  // --- the next checkpoint: begin, each section (begun, written through `sink()` and ended), finish. Sections
  // not named are gone with it. Until it is finished the present one holds, also after a crash, and can be read. After
  // an error each call up to `finish_checkpoint` returns the same one; then the present checkpoint and the log go on.

  /// Errors  kInvalidArgument while one is being written
  Status begin_checkpoint();
  /// Errors  kInvalidArgument for a name not of 1 to 255 bytes, named already, or outside of a checkpoint
  Status begin_section(std::string_view name);
  /// Where the bytes of the section begun go. Outside of one, a write fails with kInvalidArgument. What it takes the
  /// place of is the section of that name in the present checkpoint: blocks that are the same are not looked at.
  ByteSink& sink();
  /// Begins the section with the first `size` bytes of the one of its name in the present checkpoint. No block of these is
  /// read but the last, where they are not all of it or it is the section's last.
  /// Errors  kInvalidArgument (expected: what there is) where there are fewer, behind a write, or outside of a section;
  ///         kCorruptData where the block that is read is damaged
  Status keep_start(uint64_t size);
  Status end_section();
  /// All sections and no records are then the store's state, and durable.
  Status finish_checkpoint();
  /// Nothing happens where none is being written.
  void abandon_checkpoint();
  bool is_writing_checkpoint() const { return writer_ != nullptr; }

 private:
  friend class StoreVerifier;
  struct Found;

  // What `sink()` is, whether a checkpoint is being written or not.
  class Sink final : public ByteSink {
   public:
    explicit Sink(Store& store) : store_(store) {}
    Status write(const void* bytes, size_t size) override;
    Status write_same(uint64_t offset, ByteSource& bytes) override;

   private:
    Store& store_;
  };

  // A file that has the store make room where there is none, and tries again.
  class RoomyFile final : public File {
   public:
    RoomyFile(Store& store, File& file) : store_(store), file_(file) {}
    Result<uint64_t> size() override { return file_.size(); }
    Status read_at(uint64_t offset, void* bytes, size_t size) override {
      return file_.read_at(offset, bytes, size);
    }
    Status write_at(uint64_t offset, const void* bytes, size_t size) override;
    Status flush() override { return file_.flush(); }
    Status truncate(uint64_t size) override { return file_.truncate(size); }

   private:
    Store& store_;
    File& file_;
  };

  explicit Store(const StoreFiles& files, const BlockSizes& sizes);

  File& file(StoreFile which) const { return files_[static_cast<size_t>(which)]; }
  File& log_file(uint64_t generation) const;
  Status create(uint64_t identity);
  Status load(const Found& found, const StoreRoot& newest);
  Status mend(const Found& found);
  void note_damage(StoreFile where, uint64_t offset, uint64_t bytes);
  Status refusal() const;
  Status commit(StoreRoot& root);
  void trim_data();

  mutable std::array<RoomyFile, 4> files_;
  BlockSizes sizes_;
  StoreReport report_;
  std::vector<StoreDamage> damage_;  // all that was noticed; the report has the first
  std::unique_ptr<StoreRoot> root_;  // of the present checkpoint
  std::shared_ptr<const StoreManifest> manifest_;
  std::unique_ptr<FreeSpace> free_;
  std::unique_ptr<RecordLog> log_;
  LogPosition next_record_{};
  std::vector<unsigned char> record_;
  std::unique_ptr<CheckpointWriter> writer_;
  Sink sink_{*this};
  Status refusal_;  // what changing calls fail with
};

/// Checks all of a store that can be read, a block or some of the log at a time. The store must outlive it; begins again
/// when a checkpoint is finished between its steps.
class StoreVerifier {
 public:
  explicit StoreVerifier(const Store& store);
  ~StoreVerifier();

  /// Returns  whether something is left to check
  /// Errors   the files'; damage is no error here
  Result<bool> step();

  uint64_t done_bytes() const { return done_bytes_; }
  uint64_t total_bytes() const { return total_bytes_; }
  /// Found so far, with that of the report.
  std::span<const StoreDamage> damage() const { return damage_; }

 private:
  struct Extent;

  void begin();

  const Store* store_;
  std::shared_ptr<const StoreManifest> manifest_;
  std::vector<Extent> extents_;  // to check, the last first
  LogPosition record_;
  std::vector<StoreDamage> damage_;
  uint64_t done_bytes_ = 0;
  uint64_t total_bytes_ = 0;
};

}  // namespace vicinal
