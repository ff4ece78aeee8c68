// How a store lies in its four files. Version 1. Numbers are little-endian.
//
// A root names a checkpoint:
//
//   offset  bytes
//   0       8      magic, "VICSTOR" and a zero byte
//   8       4      format version
//   12      4      CRC-32C of the manifest
//   16      8      identity of the store, the same in all its roots
//   24      8      generation: 1, 2, 3, ...
//   32      8      sequence of the last record that the checkpoint contains, 0 for none
//   40      8      offset of the manifest in `data`
//   48      8      its length; 0 where there are no sections
//   56      4      zero
//   60      4      CRC-32C of bytes 0 to 59, in every version
//
// `root` holds the roots of even generations at 0, of odd ones at 4096. Zeros are a root never written.
//
// `log-0` and `log-1` hold the records since even and since odd checkpoints: the same root at 0, from 64 records, then
// the mark of the end. A record starts at a multiple of 8, with zeros before it where needed:
//
//   0       4      length of what the caller wrote, up to 2^30
//   4       4      CRC-32C of identity and generation, bytes 0 to 3, 8 to 23, and what the caller wrote
//   8       8      sequence: that of the record before, or the root's, and 1
//   16      8      sequence up to which records were known to be flushed when this one was written
//   24             what the caller wrote
//
// and the mark, which the next record is written over, so that a log cut short at any byte is noticed:
//
//   0       4      2^32 - 1
//   4       4      CRC-32C of identity, generation and the sequence of the last record
//
// Behind the mark may lie what an older log has left, for this one to be written over it: a file that does not grow is
// flushed faster. Identity and generation are in the checksums so that neither that nor what a caller stores can pass for a
// record.
//
// `data` holds extents that start at multiples of 4096: the blocks of the sections, and the manifest:
//
//   u32 section_count                          up to 4096
//   for each section, in the order of writing
//     u32 name_length                          1..255
//     u32 block_count
//     u8 [name_length]
//     for each block, in order: u64 offset, u32 length (1..2^20), u32 CRC-32C
//
// Blocks are disjoint, or the same: what is equal may be stored once. Space that no block and no manifest of the present
// checkpoint has is free; there is no list of it.
//
// A checkpoint is written in four steps, so that at every moment the files hold the one before or the new one, whole:
//
//   1. blocks and manifest into free space of `data`; flush
//   2. the new root and a mark over the start of the log of its generation; flush
//   3. the new root into `root`; flush
//   4. `data` is cut behind what the new checkpoint uses
//
// The root in the log is what makes the checkpoint hold: once it can be read, step 1 is durable. That in `root` is a
// second copy, for the file that is not written to all the time. So whichever of the two is torn by a crash or rots, the
// other tells. Where step 2 fails, that log is emptied again, and the checkpoint before holds. Records since the
// checkpoint before need not be flushed first: the new one contains them.
//
// Reading back: the newest root of the four places holds. The log of its generation must begin with it, and for the other
// generation either place must have a root too (an unwritten one before the first checkpoint): a newer root may have
// been there otherwise. Then records are read up to the first that is not right. A record behind it that was written
// when the wrong one was known to be flushed makes it damage. Otherwise it is a write that was never flushed, or the
// last one's rot, which nothing can tell apart: it is cut off, and reported. So is what lies behind a right mark, where it
// has a whole record of this log: of a write whose start alone was lost nothing is told. The log is flushed, cut or not,
// before the opening returns: a process that was ended may not have done so, and what was found could else be lost in a
// crash, or a record of before come back behind new ones; for the latter reason the undoing of a failed write is flushed
// too. Where damage is found nothing is written.
//
// A creation is step 2 and 3 for generation 1 without sections. A log of at most 72 bytes without a root, and nothing in
// the other files, is one cut short.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "persist/file.h"

namespace vicinal {

inline constexpr uint32_t kStoreVersion = 1;
inline constexpr uint64_t kSlotBytes = 4096;
inline constexpr uint64_t kExtentAlignment = 4096;
inline constexpr uint32_t kMaxBlockBytes = uint32_t{1} << 20;
inline constexpr uint32_t kMaxRecordBytes = uint32_t{1} << 30;
inline constexpr uint32_t kMaxStoreSections = 4096;
inline constexpr size_t kMaxSectionName = 255;

struct StoreRoot {
  char magic[8];
  uint32_t version;
  uint32_t manifest_crc;
  uint64_t identity;
  uint64_t generation;
  uint64_t sequence;
  uint64_t manifest_offset;
  uint64_t manifest_bytes;
  uint32_t zero;
  uint32_t crc;
};
static_assert(sizeof(StoreRoot) == 64);

struct RecordHeader {
  uint32_t length;
  uint32_t crc;
  uint64_t sequence;
  uint64_t durable_sequence;
};
static_assert(sizeof(RecordHeader) == 24);

struct EndMark {
  uint32_t length;
  uint32_t crc;
};
static_assert(sizeof(EndMark) == 8);

inline constexpr uint32_t kEndMarkLength = UINT32_MAX;
/// Bytes of a log without records.
inline constexpr uint64_t kEmptyLogBytes = sizeof(StoreRoot) + sizeof(EndMark);

/// Puts magic, version and checksum in.
void seal_root(StoreRoot& root);

/// What lies where a root may lie.
enum class RootState { kUnwritten, kBad, kNewerVersion, kGood };
struct FoundRoot {
  RootState state;
  StoreRoot root;

  bool good() const { return state == RootState::kGood; }
};

/// Errors  the file's
Result<FoundRoot> read_root(File& file, uint64_t offset);

/// Writes and flushes the root's place in `root`.
Status write_root_slot(File& file, const StoreRoot& root);

}  // namespace vicinal
