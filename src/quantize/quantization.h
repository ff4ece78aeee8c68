// How rows are kept in codes.
#pragma once

#include "quantize/codec_options.h"

namespace vicinal {

struct Quantization {
  CodecOptions codec{};
  /// Keep the float rows too, for exact scores.
  bool keep_vectors = true;
};

}  // namespace vicinal
