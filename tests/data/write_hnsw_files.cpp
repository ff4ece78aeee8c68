// Writes the graphs of this folder, for the format version that this build writes. Run by hand when there is a
// new version; files of older versions stay as they are.
//
//   write_hnsw_files FOLDER
#include <fstream>
#include <string>

#include "persist/section_file.h"
#include "support/byte_buffer.h"
#include "support/hnsw_files.h"

int main(int argument_count, char** arguments) {
  using namespace vicinal;
  if (argument_count != 2) return 2;
  for (const bool coded : {false, true}) {
    BufferSink sink;
    const auto engine = golden_hnsw(coded, scalar_kernels());
    if (engine == nullptr || !engine->save(sink).ok()) return 1;
    std::ofstream file(std::string(arguments[1]) + "/" + golden_hnsw_name(kFileVersion, coded),
                       std::ios::binary);
    file.write(reinterpret_cast<const char*>(sink.bytes().data()),
               static_cast<std::streamsize>(sink.bytes().size()));
    if (!file.flush().good()) return 1;
  }
  return 0;
}
