# Programs that the benchmarks run; none is part of a plain build. `./build.sh bench kernels` builds both of
# these and runs kernels.mjs on them.
if(EMSCRIPTEN)
  add_executable(bench_kernels EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/kernel_exports.cpp)
  target_link_libraries(bench_kernels PRIVATE vicinal_core)
  set(bench_exports _bench_kernel_count _bench_kernel_name _bench_kernel_row_bytes _bench_kernel_queries
                    _bench_variant _bench_prepare _bench_scan)
  list(JOIN bench_exports "," bench_exports)
  set_target_properties(bench_kernels PROPERTIES SUFFIX ".mjs")
  target_link_options(bench_kernels PRIVATE --no-entry -sEXPORTED_FUNCTIONS=${bench_exports}
                      -sEXPORTED_RUNTIME_METHODS=UTF8ToString -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB
                      -sENVIRONMENT=node -sMODULARIZE -sEXPORT_ES6)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  add_executable(bench_kernels_native EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/kernels_native.cpp)
  target_include_directories(bench_kernels_native PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_compile_options(bench_kernels_native PRIVATE -O3 -mavx2 -mfma)
endif()
