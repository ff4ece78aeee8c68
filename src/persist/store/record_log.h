// The records since one checkpoint (store_layout.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "persist/file.h"
#include "persist/store/store.h"
#include "persist/store/store_layout.h"

namespace vicinal {

/// How a log ends.
struct LogEnd {
  bool torn = false;
  uint64_t torn_bytes = 0;                // that `cut` cuts off
  std::optional<uint64_t> damage_offset;  // of a record that was flushed and cannot be read
};

class RecordLog {
 public:
  /// A log as `begin` leaves it. The file must outlive it.
  RecordLog(File& file, const StoreRoot& root);

  /// Writes and flushes a log without records, over the start of what an older one has left in the file.
  static Status begin(File& file, const StoreRoot& root);

  /// Reads the log through, and finds its end. Errors  the file's
  Result<LogEnd> scan();
  /// Cuts off all behind the last record, and flushes.
  Status cut();

  /// record  has kRoomBeforeRecord and kRoomBehindRecord bytes around it, which are overwritten
  /// Errors  the file's; then the record is not there, or `is_broken`
  Status append_in_place(unsigned char* record, size_t size);
  Status flush();
  /// Flushes though all may be flushed already: after `scan`, what a process that has ended may not have.
  Status flush_found();
  /// What the file holds is unknown.
  bool is_broken() const { return broken_; }

  LogPosition first() const { return {sizeof(StoreRoot), first_sequence_}; }
  /// The end of the last record.
  LogPosition end() const { return end_; }
  /// Of the file, with the mark: what lies behind is an older log's.
  uint64_t used_bytes() const { return end_.offset + sizeof(EndMark); }
  /// Reads the record at `position`, and goes on to the next. There must be one.
  /// record  receives it; may be null
  /// Errors  kCorruptData (actual: the offset), the file's
  Status read(LogPosition& position, std::vector<unsigned char>* record);

 private:
  Result<const unsigned char*> window(uint64_t offset, size_t size, uint64_t file_bytes);
  Result<RecordHeader> header(uint64_t offset, uint64_t file_bytes);
  Result<bool> is_right(uint64_t offset, const RecordHeader& header, uint64_t file_bytes,
                        std::vector<unsigned char>* record);
  Result<LogEnd> look_behind(uint64_t file_bytes, bool has_mark);
  EndMark mark(uint64_t sequence) const;

  File& file_;
  uint32_t seed_;  // checksum of identity and generation
  uint64_t first_sequence_;
  LogPosition end_;
  uint64_t durable_sequence_;
  bool broken_ = false;
  std::vector<unsigned char> window_;  // of the file, from window_offset_
  uint64_t window_offset_ = 0;
};

}  // namespace vicinal
