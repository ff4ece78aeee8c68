# GoogleTest suites. Natively: everything. As WebAssembly, run under Node: everything too, since the vector kernels
# exist only there. GoogleTest is built from Debian's source package, with the flags of this build.
set(googletest_dir /usr/src/googletest CACHE PATH "GoogleTest's sources (Debian: package googletest)")
if(EXISTS ${googletest_dir}/CMakeLists.txt)
  set(INSTALL_GTEST OFF)
  set(BUILD_GMOCK OFF)
  add_subdirectory(${googletest_dir} ${CMAKE_BINARY_DIR}/googletest EXCLUDE_FROM_ALL)
  foreach(target gtest gtest_main)
    target_compile_options(${target} PRIVATE -w)
  endforeach()

  file(GLOB_RECURSE test_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/native/*_test.cpp)
  if(EMSCRIPTEN)
    list(FILTER test_sources EXCLUDE REGEX "/posix_file_test\\.cpp$")
  endif()
  add_library(vicinal_test_objects OBJECT EXCLUDE_FROM_ALL ${test_sources})
  target_include_directories(vicinal_test_objects PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(vicinal_test_objects PRIVATE VICINAL_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
  target_link_libraries(vicinal_test_objects PRIVATE vicinal_shared gtest)
  # What nearly all of them include takes longer to read than most of them to compile.
  target_precompile_headers(vicinal_test_objects PRIVATE <gtest/gtest.h> <algorithm> <cmath> <cstdint> <functional>
                            <map> <memory> <optional> <random> <span> <string> <vector>)
  add_program(vicinal_tests vicinal_test_objects gtest gtest_main)
  if(EMSCRIPTEN)
    # Quickly built: the core's objects are those of the module, and the module itself is tested by its API.
    foreach(target vicinal_test_objects gtest gtest_main)
      target_compile_options(${target} PRIVATE -O1 -fno-lto)
    endforeach()
    foreach(variant IN LISTS variants)
      target_link_options(vicinal_tests_${variant} PRIVATE -O1 -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB
                          -sSTACK_SIZE=1MB -sENVIRONMENT=node -sEXPORTED_RUNTIME_METHODS=ENV -sNODERAWFS
                          -sEXIT_RUNTIME -sASSERTIONS
                          --extern-post-js=${CMAKE_SOURCE_DIR}/tests/native/run_module.js)
    endforeach()
  else()
    # clang finds std::stable_sort of GNU's library to use what is deprecated.
    target_compile_options(vicinal_test_objects PRIVATE -Wno-deprecated-declarations)
  endif()

  # Write the saved files of tests/data; run by hand, natively, when a format gets a new version.
  if(NOT EMSCRIPTEN)
    foreach(writer write_engine_files write_hnsw_files write_ivf_files write_quantized_files write_store_files)
      add_executable(${writer} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/data/${writer}.cpp)
      target_include_directories(${writer} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
      target_link_libraries(${writer} PRIVATE vicinal_core)
    endforeach()
  endif()
endif()
