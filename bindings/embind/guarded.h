// The boundary that no C++ exception crosses, and how results cross it: as one number, a value of 0 or more
// or the negative of an error code. The two numbers of an error are kept until they are asked for, so that
// the common case carries nothing. One thread per module, so what is kept is a plain variable.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/ids.h"
#include "base/result.h"

namespace vicinal::boundary {

/// A value of 0 or more, or the negative of an error code.
using Reply = double;

/// The error of the last call that failed.
Error& last_error();

/// Memory of the module as a number; never negative, also above 2 GB.
inline double address_of(const void* pointer) {
  return static_cast<double>(reinterpret_cast<uintptr_t>(pointer));
}

inline Reply reply_of(const Error& error) {
  last_error() = error;
  return -static_cast<Reply>(error.code);
}
inline Reply reply_of(const Status& status) {
  return status.ok() ? 0 : reply_of(status.error());
}
inline Reply reply_value(RowId id) {
  return to_number(id);
}
inline Reply reply_value(uint64_t number) {
  return static_cast<Reply>(number);
}
inline Reply reply_value(const void* pointer) {
  return address_of(pointer);
}
template <typename Value>
Reply reply_of(const Result<Value>& result) {
  return result.ok() ? reply_value(result.value()) : reply_of(result.error());
}

/// Runs what a bound function does. `body` returns a Status or a Result, and may throw.
///
/// The core throws nothing itself, and of the standard library only what allocates: std::bad_alloc, or
/// std::length_error where no memory would be large enough. So whatever is caught is out of memory; to ask which of
/// the two it was would take 5 KB of the module.
template <typename Body>
Reply guarded(Body&& body) {
  try {
    return reply_of(std::forward<Body>(body)());
  } catch (...) {
    return reply_of(Error{ErrorCode::kOutOfMemory});
  }
}

/// Makes an object for JavaScript to own, and replies with its address. `body` returns a
/// Result<std::unique_ptr<Object>>.
template <typename Object, typename Body>
Reply guarded_new(Body&& body) {
  return guarded([&]() -> Result<const void*> {
    Result<std::unique_ptr<Object>> made = std::forward<Body>(body)();
    if (!made.ok()) return made.error();
    return static_cast<const void*>(made.value().release());
  });
}

}  // namespace vicinal::boundary
