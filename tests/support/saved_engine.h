// Engines saved to memory, and loaded from it.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "engine/search_engine.h"
#include "support/byte_buffer.h"

namespace vicinal {

inline Bytes saved(const SearchEngine& engine) {
  BufferSink sink;
  EXPECT_TRUE(engine.save(sink).ok());
  EXPECT_EQ(sink.bytes().size(), engine.saved_bytes());
  return sink.bytes();
}

inline Result<std::unique_ptr<SearchEngine>> loaded(const Bytes& bytes) {
  BufferSource source(bytes);
  return SearchEngine::load(source, best_kernels());
}

/// kOk where the bytes load.
inline Error load_error(const Bytes& bytes) {
  const auto engine = loaded(bytes);
  return engine.ok() ? Error{ErrorCode::kOk, 0, 0} : engine.error();
}

}  // namespace vicinal
