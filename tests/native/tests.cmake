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
  add_executable(vicinal_tests EXCLUDE_FROM_ALL ${test_sources})
  target_include_directories(vicinal_tests PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(vicinal_tests PRIVATE VICINAL_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
  target_link_libraries(vicinal_tests PRIVATE vicinal_core gtest gtest_main)
  if(EMSCRIPTEN)
    set_target_properties(vicinal_tests PROPERTIES SUFFIX ".mjs")
    target_link_options(vicinal_tests PRIVATE -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=1MB
                        -sENVIRONMENT=node -sNODERAWFS -sEXIT_RUNTIME -sASSERTIONS
                        --extern-post-js=${CMAKE_SOURCE_DIR}/tests/native/run_module.js)
  endif()

  # Write the saved files of tests/data; run by hand when a format gets a new version.
  foreach(writer write_engine_files write_hnsw_files write_ivf_files write_quantized_files
          write_store_files)
    add_executable(${writer} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/data/${writer}.cpp)
    target_include_directories(${writer} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(${writer} PRIVATE vicinal_core)
  endforeach()
endif()
