// Writes the store of this folder, a file each, and the same as an input of tests/fuzz/store_open_fuzz.cpp. Run by hand
// when there is a new version; files of older versions stay as they are.
//
//   write_store_files FOLDER
#include <filesystem>
#include <fstream>
#include <string>

#include "persist/store/store_layout.h"
#include "support/faulty_files.h"
#include "support/store_model.h"

int main(int argument_count, char** arguments) {
  using namespace vicinal;
  if (argument_count != 2) return 2;
  bool all_written = true;
  const std::string name = "kept-store-v" + std::to_string(kStoreVersion);
  const std::filesystem::path folder = arguments[1];
  std::filesystem::create_directory(folder / name);
  const auto write = [&](const std::filesystem::path& path, const Bytes& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    all_written = all_written && !bytes.empty() && file.flush().good();
  };

  FaultyFiles files;
  Random random(1);
  const StoreState state = golden_store_state();
  Result<std::unique_ptr<Store>> store = Store::open(files.files(), kIdentity, kSmallBlocks);
  if (!store.ok()) return 1;
  for (int i = 0; i < 2; ++i) {
    if (!store.value()->append("before", 6).ok()) return 1;
    if (!write_checkpoint(*store.value(), {}, state.sections, random).ok()) return 1;
  }
  for (const Bytes& record : state.records) {
    if (!store.value()->append(record.data(), record.size()).ok() || !store.value()->flush().ok()) return 1;
  }

  const FileContents contents = files.contents();
  Bytes input;
  for (const Bytes& file : contents) {
    input.push_back(static_cast<unsigned char>(file.size() & 0xFF));
    input.push_back(static_cast<unsigned char>(file.size() >> 8));
  }
  for (size_t i = 0; i < contents.size(); ++i) {
    write(folder / name / kStoreFileNames[i], contents[i]);
    input.insert(input.end(), contents[i].begin(), contents[i].end());
  }
  write(folder / (name + ".fuzz"), input);
  return all_written ? 0 : 1;
}
