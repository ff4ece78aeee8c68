// Codecs trained in one go.
#pragma once

#include <cstddef>

#include "quantize/codec.h"

namespace vicinal {

/// rows [row_count x dim]
inline void train(Codec& codec, const float* rows, size_t row_count) {
  const std::unique_ptr<CodecTraining> training = codec.train(rows, row_count);
  while (!training->step()) {
  }
  codec.set_parameters(training->take_parameters());
}

}  // namespace vicinal
