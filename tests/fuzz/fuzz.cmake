# libFuzzer targets: every tests/fuzz/NAME_fuzz.cpp makes a program NAME_fuzz. All of them: target `fuzz`.
# Needs clang (CXX=clang++-19). A program takes a folder of inputs to start from, as tests/data, and a time:
#   build/native-fuzz/engine_load_fuzz -max_total_time=60 CORPUS tests/data
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "The fuzz targets need clang: configure with CXX=clang++-19")
endif()

add_custom_target(fuzz)
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*_fuzz.cpp)
foreach(source ${fuzz_sources})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} EXCLUDE_FROM_ALL ${source})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE vicinal_core)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzz ${name})
endforeach()
