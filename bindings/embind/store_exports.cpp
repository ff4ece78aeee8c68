// The store as TypeScript sees it: bindings/api/raw-module.ts, the functions of `store`. Its files are JavaScript's,
// called for every operation, also by engines whose rows are in it.
#include <emscripten/bind.h>
#include <emscripten/em_js.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "arrays.h"
#include "byte_pieces.h"
#include "engine/search_engine.h"
#include "guarded.h"
#include "persist/engine_file.h"
#include "persist/store/manifest.h"
#include "persist/store/store.h"

// What bindings/api/store-file-calls.ts has put there: replies with a number of bytes, or the negative of an error code.
EM_JS(double, call_store_file,
      (double files, double operation, double file, double offset, double address, double size),
      { return Module["storeFile"](files, operation, file, offset, address, size); })

namespace vicinal::boundary {
namespace {

/// Values cross to TypeScript: `storeFileOperations` in bindings/api/raw-module.ts.
enum class FileOperation { kSize, kRead, kWrite, kFlush, kTruncate };

class ScriptFile final : public File {
 public:
  ScriptFile(double files, StoreFile file) : files_(files), file_(file) {}

  Result<uint64_t> size() override {
    const double size = call(FileOperation::kSize, 0, nullptr, 0);
    if (size < 0) return failed(size, 0);
    return static_cast<uint64_t>(size);
  }

  Status read_at(uint64_t offset, void* bytes, size_t size) override {
    const double read = call(FileOperation::kRead, offset, bytes, size);
    if (read < 0) return failed(read, 0);
    return read < static_cast<double>(size) ? Status(corrupt_at(offset)) : Status();
  }

  Status write_at(uint64_t offset, const void* bytes, size_t size) override {
    return status_of(call(FileOperation::kWrite, offset, bytes, size), size);
  }

  Status flush() override { return status_of(call(FileOperation::kFlush, 0, nullptr, 0), 0); }

  Status truncate(uint64_t size) override {
    return status_of(call(FileOperation::kTruncate, size, nullptr, 0), 0);
  }

 private:
  double call(FileOperation operation, uint64_t offset, const void* bytes, size_t size) const {
    return call_store_file(files_, static_cast<double>(operation), static_cast<double>(file_),
                           static_cast<double>(offset), address_of(bytes), static_cast<double>(size));
  }

  static Error failed(double reply, size_t size) {
    return {static_cast<ErrorCode>(-reply), 0, static_cast<int64_t>(size)};
  }
  static Status status_of(double reply, size_t size) {
    return reply < 0 ? Status(failed(reply, size)) : Status();
  }

  double files_;  // TypeScript's number of them
  StoreFile file_;
};

struct OpenStore {
  explicit OpenStore(double files)
      : root(files, StoreFile::kRoot),
        log_0(files, StoreFile::kLog0),
        log_1(files, StoreFile::kLog1),
        data(files, StoreFile::kData) {}

  ScriptFile root, log_0, log_1, data;
  std::unique_ptr<Store> store;
};

/// What JavaScript owns: engines whose rows are in a store may outlive it, and find its files closed.
using SharedStore = std::shared_ptr<OpenStore>;

Store& at(Address store) {
  return *object_at<SharedStore>(store)->store;
}

/// A section that is read here and there for as long as an engine needs it.
class HeldSection final : public ByteSource {
 public:
  HeldSection(SharedStore store, SectionSource section)
      : store_(std::move(store)), section_(std::move(section)) {}

  uint64_t size() const override { return section_.size(); }
  Status read_at(uint64_t offset, void* bytes, size_t size) override {
    return section_.read_at(offset, bytes, size);
  }
  bool is_checked() const override { return true; }
  void recheck() override { section_.recheck(); }

 private:
  SharedStore store_;
  SectionSource section_;
};

std::string_view text_at(Address text, size_t size) {
  return {array_at<char>(text), size};
}

/// Address of two words: address and size. Valid until the next call.
const void* view_of(const void* bytes, size_t size) {
  static std::array<Address, 2> view;
  view = {reinterpret_cast<Address>(bytes), size};
  return view.data();
}

Reply open(double files, uint32_t identity_low, uint32_t identity_high) {
  return guarded_new<SharedStore>([&]() -> Result<std::unique_ptr<SharedStore>> {
    auto opened = std::make_shared<OpenStore>(files);
    Result<std::unique_ptr<Store>> store =
        Store::open({&opened->root, &opened->log_0, &opened->log_1, &opened->data},
                    uint64_t{identity_high} << 32 | identity_low);
    if (!store.ok()) return store.error();
    opened->store = std::move(store.value());
    return std::make_unique<SharedStore>(std::move(opened));
  });
}

/// Address of doubles, in the order of `storeFields` in bindings/api/raw-module.ts.
double fields(Address store) {
  static std::array<double, 13> numbers;
  const Store& read = at(store);
  const StoreReport& report = read.report();
  numbers = {static_cast<double>(report.created),
             static_cast<double>(report.generation),
             static_cast<double>(report.record_count),
             static_cast<double>(report.torn),
             static_cast<double>(report.torn_bytes),
             report.damage ? static_cast<double>(report.damage->file) : -1,
             report.damage ? static_cast<double>(report.damage->offset) : 0,
             report.damage ? static_cast<double>(report.damage->bytes) : 0,
             static_cast<double>(read.generation()),
             static_cast<double>(read.log_bytes()),
             static_cast<double>(read.log_records()),
             static_cast<double>(read.data_bytes()),
             static_cast<double>(read.live_bytes())};
  return address_of(numbers.data());
}

/// Address of a view of the next record; 0 after the last.
Reply next_record(Address store) {
  return guarded([&]() -> Result<const void*> {
    const auto record = at(store).next_record();
    if (!record.ok()) return record.error();
    if (!record.value()) return static_cast<const void*>(nullptr);
    return view_of(record.value()->data(), record.value()->size());
  });
}
void rewind_records(Address store) {
  at(store).rewind_records();
}

/// record  with room around it
Reply append(Address store, Address record, size_t size) {
  return guarded([&] { return at(store).append_in_place(writable_array_at<unsigned char>(record), size); });
}
Reply flush(Address store) {
  return guarded([&] { return at(store).flush(); });
}

/// file  as StoreFile
Reply used_bytes(Address store, uint32_t file) {
  return guarded([&] { return at(store).used_bytes(static_cast<StoreFile>(file)); });
}
void trim_logs(Address store, double spare_bytes) {
  (void)at(store).trim_logs(static_cast<uint64_t>(spare_bytes));
}

Reply begin_checkpoint(Address store) {
  return guarded([&] { return at(store).begin_checkpoint(); });
}
Reply begin_section(Address store, Address name, size_t name_size) {
  return guarded([&] { return at(store).begin_section(text_at(name, name_size)); });
}
Reply write_section(Address store, Address bytes, size_t size) {
  return guarded([&] { return at(store).sink().write(array_at<std::byte>(bytes), size); });
}
Reply keep_start(Address store, double size) {
  return guarded([&] { return at(store).keep_start(static_cast<uint64_t>(size)); });
}
Reply begin_engine(Address store, Address engine, bool compares_all) {
  return guarded([&] {
    object_at<SearchEngine>(engine).begin_save(at(store).sink(), compares_all);
    return Status();
  });
}
/// 1 once all of it is written, else 0.
Reply write_engine(Address store, Address engine) {
  return guarded([&]() -> Result<uint64_t> {
    const Result<bool> done = object_at<SearchEngine>(engine).save_step(at(store).sink());
    if (!done.ok()) return done.error();
    return uint64_t{done.value()};
  });
}
void note_engine(Address engine) {
  object_at<SearchEngine>(engine).note_saved();
}
Reply end_section(Address store) {
  return guarded([&] { return at(store).end_section(); });
}
Reply finish_checkpoint(Address store) {
  return guarded([&] { return at(store).finish_checkpoint(); });
}
Reply abandon_checkpoint(Address store) {
  return guarded([&] {
    at(store).abandon_checkpoint();
    return Status();
  });
}

bool has_section(Address store, Address name, size_t name_size) {
  return at(store).has_section(text_at(name, name_size));
}
double section_bytes(Address store, Address name, size_t name_size) {
  return static_cast<double>(at(store).section_bytes(text_at(name, name_size)));
}

/// Hands on `size` bytes of a section, from `offset`, by writePiece.
Reply read_section(Address store, Address name, size_t name_size, double offset, double size) {
  return guarded([&]() -> Status {
    Result<SectionSource> section = at(store).section(text_at(name, name_size));
    if (!section.ok()) return section.error();
    std::vector<std::byte> piece(std::min<size_t>(static_cast<size_t>(size), size_t{256} * 1024));
    PieceSink sink;
    auto place = static_cast<uint64_t>(offset);
    for (const uint64_t end = place + static_cast<uint64_t>(size); place < end;) {
      const auto some = static_cast<size_t>(std::min<uint64_t>(piece.size(), end - place));
      const Status read = section.value().read_at(place, piece.data(), some);
      if (!read.ok()) return read;
      const Status written = sink.write(piece.data(), some);
      if (!written.ok()) return written;
      place += some;
    }
    sink.flush();
    return {};
  });
}

Result<std::unique_ptr<ByteSource>> hold_section(Address store, std::string_view name) {
  Result<SectionSource> section = at(store).section(name, BlockChecks::kOnce);
  if (!section.ok()) return section.error();
  return std::unique_ptr<ByteSource>(
      std::make_unique<HeldSection>(object_at<SharedStore>(store), std::move(section.value())));
}

Reply load_engine(Address store, Address name, size_t name_size, bool leaves_rows) {
  return guarded_new<SearchEngine>([&]() -> Result<std::unique_ptr<SearchEngine>> {
    if (leaves_rows) {
      Result<std::unique_ptr<ByteSource>> held = hold_section(store, text_at(name, name_size));
      if (!held.ok()) return held.error();
      return SearchEngine::load_but_rows(std::move(held.value()), best_kernels());
    }
    Result<SectionSource> section = at(store).section(text_at(name, name_size));
    if (!section.ok()) return section.error();
    return SearchEngine::load(section.value(), best_kernels());
  });
}

/// 1 where the engine's rows are in the section from now on, 0 where they stay in memory.
Reply keep_engine_rows(Address store, Address name, size_t name_size, Address engine) {
  return guarded([&]() -> Result<uint64_t> {
    Result<std::unique_ptr<ByteSource>> held = hold_section(store, text_at(name, name_size));
    if (!held.ok()) return held.error();
    const Result<bool> kept = object_at<SearchEngine>(engine).keep_rows_in(std::move(held.value()));
    if (!kept.ok()) return kept.error();
    return uint64_t{kept.value()};
  });
}

/// Address of a view of doubles: of each block of a section its offset in the file and its length; the view's size is
/// their number.
Reply section_blocks(Address store, Address name, size_t name_size) {
  return guarded([&]() -> Result<const void*> {
    static std::vector<double> numbers;
    numbers.clear();
    for (const StoreBlock& block : at(store).section_blocks(text_at(name, name_size))) {
      numbers.push_back(static_cast<double>(block.offset));
      numbers.push_back(static_cast<double>(block.length));
    }
    return view_of(numbers.data(), numbers.size());
  });
}

/// Address of a view of doubles: values of each of an engine's float rows, their offset in its section, the id of each.
Reply locate_rows(Address store, Address name, size_t name_size, bool without_table) {
  return guarded([&]() -> Result<const void*> {
    static std::vector<double> numbers;
    Result<SectionSource> section = at(store).section(text_at(name, name_size));
    if (!section.ok()) return section.error();
    const Result<RowsPlace> place =
        without_table ? locate_rows_without_table(section.value()) : vicinal::locate_rows(section.value());
    if (!place.ok()) return place.error();
    numbers = {static_cast<double>(place.value().dim), static_cast<double>(place.value().offset)};
    numbers.insert(numbers.end(), place.value().ids.begin(), place.value().ids.end());
    return view_of(numbers.data(), numbers.size());
  });
}

Reply create_verifier(Address store) {
  return guarded_new<StoreVerifier>(
      [&]() -> Result<std::unique_ptr<StoreVerifier>> { return std::make_unique<StoreVerifier>(at(store)); });
}

/// How much is done, in thousandths; 1000 only when all of it is.
Reply step_verifier(Address verifier) {
  return guarded([&]() -> Result<uint64_t> {
    StoreVerifier& running = object_at<StoreVerifier>(verifier);
    const Result<bool> more = running.step();
    if (!more.ok()) return more.error();
    if (!more.value()) return uint64_t{1000};
    const uint64_t total = std::max<uint64_t>(running.total_bytes(), 1);
    return std::min<uint64_t>(running.done_bytes() * 1000 / total, 999);
  });
}

/// Address of a view of doubles: of each damage its file, offset and bytes; the view's size is their number.
Reply verifier_damage(Address verifier) {
  return guarded([&]() -> Result<const void*> {
    static std::vector<double> numbers;
    numbers.clear();
    for (const StoreDamage& damage : object_at<StoreVerifier>(verifier).damage()) {
      numbers.push_back(static_cast<double>(damage.file));
      numbers.push_back(static_cast<double>(damage.offset));
      numbers.push_back(static_cast<double>(damage.bytes));
    }
    return view_of(numbers.data(), numbers.size());
  });
}

}  // namespace

EMSCRIPTEN_BINDINGS(store) {
  emscripten::function("storeOpen", &open);
  emscripten::function("storeDelete", &delete_object<SharedStore>);
  emscripten::function("storeFields", &fields);
  emscripten::function("storeNextRecord", &next_record);
  emscripten::function("storeRewindRecords", &rewind_records);
  emscripten::function("storeAppend", &append);
  emscripten::function("storeFlush", &flush);
  emscripten::function("storeUsedBytes", &used_bytes);
  emscripten::function("storeTrimLogs", &trim_logs);
  emscripten::function("storeBeginCheckpoint", &begin_checkpoint);
  emscripten::function("storeBeginSection", &begin_section);
  emscripten::function("storeWriteSection", &write_section);
  emscripten::function("storeKeepStart", &keep_start);
  emscripten::function("storeBeginEngine", &begin_engine);
  emscripten::function("storeWriteEngine", &write_engine);
  emscripten::function("storeNoteEngine", &note_engine);
  emscripten::function("storeEndSection", &end_section);
  emscripten::function("storeFinishCheckpoint", &finish_checkpoint);
  emscripten::function("storeAbandonCheckpoint", &abandon_checkpoint);
  emscripten::function("storeHasSection", &has_section);
  emscripten::function("storeSectionBytes", &section_bytes);
  emscripten::function("storeReadSection", &read_section);
  emscripten::function("storeLoadEngine", &load_engine);
  emscripten::function("storeKeepEngineRows", &keep_engine_rows);
  emscripten::function("storeSectionBlocks", &section_blocks);
  emscripten::function("storeLocateRows", &locate_rows);
  emscripten::function("verifierCreate", &create_verifier);
  emscripten::function("verifierDelete", &delete_object<StoreVerifier>);
  emscripten::function("verifierStep", &step_verifier);
  emscripten::function("verifierDamage", &verifier_damage);
}

}  // namespace vicinal::boundary
