# Programs that the benchmarks run; none is part of a plain build. `./build.sh bench` builds them.
if(EMSCRIPTEN)
  add_library(bench_kernel_exports OBJECT EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/kernel_exports.cpp)
  target_link_libraries(bench_kernel_exports PRIVATE vicinal_shared)
  add_program(bench_kernels bench_kernel_exports)
  set(bench_exports _bench_kernel_count _bench_kernel_name _bench_kernel_row_bytes _bench_kernel_queries
                    _bench_variant _bench_prepare _bench_scan)
  list(JOIN bench_exports "," bench_exports)
  foreach(variant IN LISTS variants)
    target_link_options(bench_kernels_${variant} PRIVATE --no-entry -sEXPORTED_FUNCTIONS=${bench_exports}
                        -sEXPORTED_RUNTIME_METHODS=UTF8ToString -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB
                        -sENVIRONMENT=node,web -sMODULARIZE -sEXPORT_ES6)
  endforeach()
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  foreach(program kernels search)
    add_executable(bench_${program}_native EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/${program}_native.cpp)
    target_link_libraries(bench_${program}_native PRIVATE vicinal_core)
    target_compile_options(bench_${program}_native PRIVATE -O3 -mavx2 -mfma)
  endforeach()
  # As other libraries are built where it matters: for this very machine.
  add_executable(bench_graph_native EXCLUDE_FROM_ALL
    ${CMAKE_CURRENT_LIST_DIR}/graph_native.cpp ${CMAKE_CURRENT_LIST_DIR}/native_graph_hnswlib.cpp
    ${CMAKE_CURRENT_LIST_DIR}/native_graph_vicinal.cpp)
  target_link_libraries(bench_graph_native PRIVATE vicinal_core)
  target_compile_options(bench_graph_native PRIVATE -O3 -march=native)
endif()
