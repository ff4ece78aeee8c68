// Any bytes at all as the four files of a store: what opens is read, checked and gone on with, and holds that.
#include <algorithm>
#include <array>
#include <cstring>

#include "fuzz/require.h"
#include "persist/crc32c.h"
#include "support/faulty_files.h"
#include "support/store_model.h"

namespace {

using namespace vicinal;

// An input is four lengths of 2 bytes, and the files behind one another.
FileContents files_of(const unsigned char* data, size_t size) {
  FileContents contents;
  const size_t head = std::min<size_t>(size, 8);
  size_t at = head;
  for (size_t i = 0; i < contents.size(); ++i) {
    const size_t wanted = 2 * i + 1 < head ? data[2 * i] + 256 * size_t{data[2 * i + 1]} : 0;
    const size_t length = std::min(wanted, size - at);
    contents[i].assign(data + at, data + at + length);
    at += length;
  }
  return contents;
}

// Makes checksums right, whatever else is wrong: nearly all mutations end at them otherwise.
void mend_checksums(FileContents& contents) {
  Bytes& data = contents[3];
  for (size_t file = 0; file < 3; ++file) {
    for (size_t offset = 0; offset <= 4096; offset += 4096) {
      Bytes& bytes = contents[file];
      if (bytes.size() < offset + 64) continue;
      unsigned char* root = bytes.data() + offset;
      uint64_t manifest[2];
      std::memcpy(manifest, root + 40, sizeof(manifest));
      if (manifest[0] <= data.size() && manifest[1] <= data.size() - manifest[0]) {
        const uint32_t crc = crc32c(0, data.data() + manifest[0], static_cast<size_t>(manifest[1]));
        std::memcpy(root + 12, &crc, sizeof(crc));
      }
      const uint32_t crc = crc32c(0, root, 60);
      std::memcpy(root + 60, &crc, sizeof(crc));
    }
  }
  for (size_t file = 1; file < 3; ++file) {
    Bytes& log = contents[file];
    for (size_t at = 64; at + 24 <= log.size();) {
      uint32_t length;
      std::memcpy(&length, log.data() + at, sizeof(length));
      if (length > log.size() - at - 24) break;
      uint32_t crc = crc32c(0, log.data() + 16, 16);
      crc = crc32c(crc, log.data() + at, 4);
      crc = crc32c(crc, log.data() + at + 8, 16 + size_t{length});
      std::memcpy(log.data() + at + 4, &crc, sizeof(crc));
      at = (at + 24 + length + 7) / 8 * 8;
    }
  }
}

void open_and_go_on(const FileContents& contents) {
  FaultyFiles files(contents);
  Result<std::unique_ptr<Store>> opened = Store::open(files.files(), kIdentity, kSmallBlocks);
  if (!opened.ok()) {
    require(opened.error().code == ErrorCode::kCorruptData ||
            opened.error().code == ErrorCode::kUnsupportedVersion);
    require(files.history().empty());
    return;
  }
  std::unique_ptr<Store> store = std::move(opened.value());
  // The same few bytes may be a thousand blocks.
  uint64_t bytes = 0;
  for (size_t i = 0; i < store->section_count(); ++i) bytes += store->section_bytes(store->section_name(i));
  if (bytes > (1 << 20)) return;
  const Result<StoreState> state = read_state(*store);
  require(state.ok() || state.error().code == ErrorCode::kCorruptData);
  StoreVerifier verifier(*store);
  for (;;) {
    const Result<bool> more = verifier.step();
    require(more.ok());
    if (!more.value()) break;
  }
  if (store->report().damage) {
    require(files.history().empty() && !verifier.damage().empty());
    require(!store->append("x", 1).ok() && !store->begin_checkpoint().ok());
    return;
  }
  require(state.ok() || !verifier.damage().empty());
  if (!state.ok()) return;

  StoreState model = state.value();
  require(store->append("x", 1).ok() && store->flush().ok());
  model.records.push_back({'x'});
  store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
  require(!store->report().torn && !store->report().damage && read_state(*store).value() == model);
  Random random(1);
  require(write_checkpoint(*store, model.sections, model.sections, random).ok());
  store = std::move(Store::open(files.files(), kIdentity, kSmallBlocks).value());
  require(!store->report().torn && !store->report().damage);
  require(read_state(*store).value() == (StoreState{model.sections, {}}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  FileContents contents = files_of(data, size);
  open_and_go_on(contents);
  mend_checksums(contents);
  open_and_go_on(contents);
  return 0;
}
