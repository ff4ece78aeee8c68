// Writes the graphs of this folder, for the format version that this build writes. Run by hand when there is a
// new version; files of older versions stay as they are.
//
//   write_hnsw_files FOLDER
#include <fstream>
#include <string>

#include "persist/section_file.h"
#include "support/byte_buffer.h"
#include "support/hnsw_files.h"

namespace {

bool write(const std::string& path, const vicinal::SearchEngine* engine) {
  vicinal::BufferSink sink;
  if (engine == nullptr || !engine->save(sink).ok()) return false;
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(sink.bytes().data()),
             static_cast<std::streamsize>(sink.bytes().size()));
  return file.flush().good();
}

}  // namespace

int main(int argument_count, char** arguments) {
  using namespace vicinal;
  if (argument_count != 2) return 2;
  const std::string folder = std::string(arguments[1]) + "/";
  for (const bool coded : {false, true}) {
    if (!write(folder + golden_hnsw_name(kFileVersion, coded), golden_hnsw(coded, scalar_kernels()).get()))
      return 1;
  }
  return write(folder + golden_calibrated_name(kFileVersion), golden_calibrated(scalar_kernels()).get()) ? 0
                                                                                                         : 1;
}
