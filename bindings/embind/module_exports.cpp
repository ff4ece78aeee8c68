// What belongs to no object: the last error, scratch memory, the module's own facts.
#include <emscripten/bind.h>
#include <malloc.h>

#include <array>
#include <cstring>

#include "guarded.h"
#include "kernels/kernel_table.h"
#include "scratch.h"

namespace vicinal::boundary {

Error& last_error() {
  static Error error;
  return error;
}

namespace {

/// Address of three doubles: code, expected and actual.
double take_last_error() {
  static std::array<double, 3> numbers;
  const Error& error = last_error();
  numbers = {static_cast<double>(error.code), static_cast<double>(error.expected),
             static_cast<double>(error.actual)};
  return address_of(numbers.data());
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
  emscripten::function("usesRelaxedSimd", &uses_relaxed_simd);
  emscripten::function("lastError", &take_last_error);
  emscripten::function("scratch", &scratch);
  emscripten::function("heapBytes", &heap_bytes);
}

}  // namespace vicinal::boundary
