// Memory through which arrays cross: the TypeScript side fills it before a call and reads it after.
#pragma once

#include "guarded.h"

namespace vicinal::boundary {

/// Address of `bytes` bytes, aligned for any vector, that keep their contents until the next call. Memory is
/// held for the next caller, unless it is large.
/// Errors  kOutOfMemory
Reply scratch(double bytes);

}  // namespace vicinal::boundary
