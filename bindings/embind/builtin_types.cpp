// The plain types that cross the boundary, in place of Emscripten's list (system/lib/embind/bind.cpp), of which a
// program gets all or nothing: strings of four widths and twenty views of memory, none of which cross here, and
// whose conversions are a quarter of the glue. What that file defines beside its list is defined here too, so that
// the linker leaves it out.
#include <emscripten/bind.h>
#include <emscripten/wire.h>

#include <cstring>
#include <limits>
#include <typeinfo>

namespace {

emscripten::internal::InitFunc* registrations = nullptr;

template <typename Integer>
void register_integer(const char* name) {
  emscripten::internal::_embind_register_integer(emscripten::internal::TypeID<Integer>::get(), name,
                                                 sizeof(Integer), std::numeric_limits<Integer>::min(),
                                                 std::numeric_limits<Integer>::max());
}

template <typename Float>
void register_float(const char* name) {
  emscripten::internal::_embind_register_float(emscripten::internal::TypeID<Float>::get(), name,
                                               sizeof(Float));
}

}  // namespace

extern "C" {

/// For messages; the glue frees the copy.
const char* __getTypeName(const std::type_info* type) {
  return strdup(type->name());
}

void _embind_initialize_bindings() {
  for (const auto* made = registrations; made != nullptr; made = made->next) made->init_func();
}

void _embind_register_bindings(emscripten::internal::InitFunc* made) {
  made->next = registrations;
  registrations = made;
}

}  // extern "C"

EMSCRIPTEN_BINDINGS(builtin_types) {
  using emscripten::internal::TypeID;
  emscripten::internal::_embind_register_void(TypeID<void>::get(), "void");
  emscripten::internal::_embind_register_bool(TypeID<bool>::get(), "bool", true, false);
  register_integer<unsigned>("unsigned int");
  register_integer<unsigned long>("unsigned long");
  register_float<float>("float");
  register_float<double>("double");
}
