// Arrays cross the boundary as addresses in the module's memory that the TypeScript side fills and reads, and
// objects as theirs, which it keeps and hands back.
#pragma once

#include <cstdint>

namespace vicinal::boundary {

/// An address of the module's memory; 0 for none.
using Address = uintptr_t;

template <typename Element>
const Element* array_at(Address address) {
  return reinterpret_cast<const Element*>(address);
}

template <typename Element>
Element* writable_array_at(Address address) {
  return reinterpret_cast<Element*>(address);
}

inline const float* floats_at(Address address) {
  return array_at<float>(address);
}
inline float* writable_floats_at(Address address) {
  return writable_array_at<float>(address);
}

template <typename Object>
Object& object_at(Address address) {
  return *reinterpret_cast<Object*>(address);
}

template <typename Object>
void delete_object(Address address) {
  delete &object_at<Object>(address);
}

}  // namespace vicinal::boundary
