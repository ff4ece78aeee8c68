// Result of an operation that can fail: a value, or an error code with the two numbers that explain it.
// Carries no text, so that failing never allocates; the TypeScript facade turns codes into messages.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <utility>

namespace vicinal {

/// Why an operation failed. The values cross to TypeScript (bindings/api/errors.ts keeps the same list,
/// checked by a test), so a value never changes its meaning.
enum class ErrorCode : int32_t {
  kOk = 0,
  kInvalidArgument = 1,     // expected: the bound that was broken; actual: what was given
  kDimensionMismatch = 2,   // expected, actual: numbers of values
  kNotFound = 3,            // actual: the id asked for
  kNotFinite = 4,           // actual: position of the first NaN or infinity in the values given
  kZeroVector = 5,          // actual: position of the first row without length, where cosine needs one
  kOutOfMemory = 6,         // actual: bytes asked for, 0 when unknown
  kCorruptData = 7,         // actual: byte offset where reading stopped making sense
  kUnsupportedVersion = 8,  // expected: newest version this build reads; actual: the version found
  kCapacityExceeded = 9,    // expected: the most there can be; actual: what was asked for
  kInternal = 10,
  kStorageFull = 11,    // actual: bytes of the write that found no room
  kStorageFailed = 12,  // actual: the system's number of the error, 0 when unknown
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  int64_t expected = 0;
  int64_t actual = 0;
};

/// A `T`, or an `Error`.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(error) { assert(error.code != ErrorCode::kOk); }

  bool ok() const { return value_.has_value(); }
  const Error& error() const { return error_; }
  T& value() {
    assert(ok());
    return *value_;
  }
  const T& value() const {
    assert(ok());
    return *value_;
  }

 private:
  std::optional<T> value_;
  Error error_;
};

/// Success, or an `Error`.
class [[nodiscard]] Status {
 public:
  Status() : error_{ErrorCode::kOk, 0, 0} {}
  Status(Error error) : error_(error) {}

  bool ok() const { return error_.code == ErrorCode::kOk; }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

}  // namespace vicinal
