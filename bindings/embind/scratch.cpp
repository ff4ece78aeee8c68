#include "scratch.h"

#include <algorithm>
#include <cstddef>
#include <new>

namespace vicinal::boundary {
namespace {

constexpr std::align_val_t kAlignment{64};
// Steps of long calls stay below this; only one large single call goes past it, and its memory is not kept.
constexpr size_t kKeptBytes = size_t{32} << 20;
constexpr size_t kLeastBytes = size_t{64} << 10;

struct Free {
  void operator()(std::byte* bytes) const { ::operator delete(bytes, kAlignment); }
};

std::unique_ptr<std::byte, Free> held;
size_t held_bytes = 0;

}  // namespace

Reply scratch(double bytes) {
  return guarded([&]() -> Result<const void*> {
    const Error out_of_memory{ErrorCode::kOutOfMemory, 0, static_cast<int64_t>(bytes)};
    if (bytes > static_cast<double>(SIZE_MAX / 2)) return out_of_memory;
    const size_t needed = std::max(static_cast<size_t>(bytes), kLeastBytes);
    if (held_bytes < needed || (held_bytes > kKeptBytes && needed <= kKeptBytes)) {
      // Freed first, so that the old and the new never stand side by side.
      held.reset();
      held_bytes = 0;
      held.reset(static_cast<std::byte*>(::operator new(needed, kAlignment, std::nothrow)));
      if (held == nullptr) return out_of_memory;
      held_bytes = needed;
    }
    return static_cast<const void*>(held.get());
  });
}

}  // namespace vicinal::boundary
