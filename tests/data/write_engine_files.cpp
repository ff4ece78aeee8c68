// Writes the engine files of this folder: one for the format version that this build writes, and broken
// copies of it. Run by hand when there is a new version; files of older versions stay as they are.
//
//   write_engine_files FOLDER
#include <cmath>
#include <fstream>
#include <string>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"
#include "support/engine_files.h"

int main(int argument_count, char** arguments) {
  using namespace vicinal;
  if (argument_count != 2) return 2;
  const std::string version = std::to_string(kFileVersion);
  bool all_written = true;
  const auto write = [&](const std::string& name, const Bytes& bytes) {
    std::ofstream file(std::string(arguments[1]) + "/" + name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    all_written = all_written && !bytes.empty() && file.flush().good();
  };

  BufferSink sink;
  if (!golden_engine(scalar_kernels())->save(sink).ok()) return 1;
  const Bytes& golden = sink.bytes();
  write("engine-v" + version + ".vicinal", golden);
  write("engine-v" + version + "-cut.vicinal", Bytes(golden.begin(), golden.end() - 10));
  Bytes flipped = golden;
  flipped[200] = static_cast<unsigned char>(flipped[200] ^ 1);  // in the rows
  write("engine-v" + version + "-flipped.vicinal", flipped);
  write("engine-v" + version + "-nan.vicinal", claimed_engine_file({.rows = {1, 2, NAN, 4}}));
  write("engine-v" + version + "-ids.vicinal", claimed_engine_file({.ids = {3, 1}}));
  Bytes future = golden;
  future[8] = 255;  // the version
  write("engine-v255.vicinal", future);
  return all_written ? 0 : 1;
}
