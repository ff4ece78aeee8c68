// Writes the files of quantized engines of this folder: one of each width of scalar codes for the format version
// that this build writes, and broken copies. Run by hand when there is a new version; files of older versions, and
// store-v1-*, which an earlier build wrote, stay as they are.
//
//   write_quantized_files FOLDER
#include <fstream>
#include <string>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"
#include "support/quantized_files.h"

int main(int argument_count, char** arguments) {
  using namespace vicinal;
  if (argument_count != 2) return 2;
  bool all_written = true;
  const auto write = [&](const std::string& name, const Bytes& bytes) {
    std::ofstream file(std::string(arguments[1]) + "/" + name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    all_written = all_written && !bytes.empty() && file.flush().good();
  };

  Bytes golden;
  for (const uint32_t bits : kGoldenBits) {
    BufferSink sink;
    if (!golden_quantized(bits, scalar_kernels())->save(sink).ok()) return 1;
    golden = sink.bytes();
    write(golden_quantized_name(kFileVersion, bits), golden);
  }
  const std::string prefix = "quantized-v" + std::to_string(kFileVersion) + '-';
  write(prefix + "cut.vicinal", Bytes(golden.begin(), golden.end() - 10));
  Bytes flipped = golden;
  flipped[600] = static_cast<unsigned char>(flipped[600] ^ 1);
  write(prefix + "flipped.vicinal", flipped);
  // What these say is wrong, though their checksums are right: a step below zero, a spare bit that is set.
  write(prefix + "step.vicinal", claimed_file({.constants = {-1, -0.5f, 6, 2, 0.25f, 45}}));
  write(prefix + "spare.vicinal", claimed_file({.codes = {0x21, 0x13, 0xFF, 0x0F}}));
  Bytes future = golden;
  future[8] = 255;  // the version
  write("quantized-v255.vicinal", future);
  return all_written ? 0 : 1;
}
