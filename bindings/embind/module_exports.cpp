// What belongs to no class: the last error, scratch memory, the module's own facts.
#include <emscripten/bind.h>
#include <malloc.h>

#include <cstring>

#include "byte_pieces.h"
#include "guarded.h"
#include "kernels/kernel_table.h"
#include "scratch.h"

namespace vicinal::boundary {

Error& last_error() {
  static Error error;
  return error;
}

namespace {

struct RawError {
  double code;
  double expected;
  double actual;
};

RawError take_last_error() {
  const Error& error = last_error();
  return {static_cast<double>(error.code), static_cast<double>(error.expected),
          static_cast<double>(error.actual)};
}

bool uses_relaxed_simd() {
  return std::strcmp(best_kernels().name, "relaxed") == 0;
}

// mallinfo counts in int; past 2 GB that wraps, and the cast takes it back.
double heap_bytes() {
  return static_cast<unsigned>(mallinfo().uordblks);
}

}  // namespace

EMSCRIPTEN_BINDINGS(module) {
  emscripten::value_object<RawError>("RawError")
      .field("code", &RawError::code)
      .field("expected", &RawError::expected)
      .field("actual", &RawError::actual);
  emscripten::register_type<PieceWriter>("(address: number, size: number) => void");
  emscripten::register_type<PieceReader>("(offset: number, address: number, size: number) => void");
  emscripten::function("usesRelaxedSimd", &uses_relaxed_simd);
  emscripten::function("lastError", &take_last_error);
  emscripten::function("scratch", &scratch);
  emscripten::function("heapBytes", &heap_bytes);
}

}  // namespace vicinal::boundary
