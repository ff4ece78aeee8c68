# The module and its glue, of each variant: vicinal.wasm, vicinal.mjs and, for the type test, vicinal.d.ts.
file(GLOB binding_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
add_library(vicinal_bindings OBJECT ${binding_sources})
target_link_libraries(vicinal_bindings PRIVATE vicinal_shared embind)
add_program(vicinal_module vicinal_bindings embind)

set(module_options
  -sMODULARIZE -sEXPORT_ES6 -sUSE_ES6_IMPORT_META=0
  # The glue never looks for anything: bindings/api/load-module.ts hands it the compiled module. So one environment
  # does for all, and its code has no import that a bundler for another would stumble over.
  -sENVIRONMENT=web -sINCOMING_MODULE_JS_API=instantiateWasm -sEXPORTED_RUNTIME_METHODS=wasmMemory
  -sFILESYSTEM=0
  # No eval, which a page may forbid; the callers that embind would make with it are written when linking.
  -sDYNAMIC_EXECUTION=0 -sEMBIND_AOT
  # A failed allocation throws std::bad_alloc, which becomes OUT_OF_MEMORY.
  -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=4GB -sABORTING_MALLOC=0
  -sSTACK_SIZE=256KB
  # A third of the default allocator's size. What is allocated is mostly large, and seldom.
  -sMALLOC=emmalloc
  -sTEXTDECODER=2
  # Locals in the order of their use take a few bytes less, and compress worse.
  -sBINARYEN_EXTRA_PASSES=--skip-pass=reorder-locals
  --no-entry)

# Linking runs the module in Node, to write the callers and the declarations: tsc reads these, so it must be on PATH,
# and Node before 22 takes relaxed SIMD only when told to.
find_program(VICINAL_TSC tsc HINTS ${CMAKE_SOURCE_DIR}/node_modules/.bin REQUIRED)
get_filename_component(tsc_dir ${VICINAL_TSC} DIRECTORY)
find_program(VICINAL_NODE node REQUIRED)
set(relaxed_node ${CMAKE_BINARY_DIR}/node-with-relaxed-simd)
execute_process(COMMAND ${VICINAL_NODE} -p "process.versions.node.split('.')[0]" OUTPUT_VARIABLE node_major
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(node_major LESS 22)
  set(relaxed_switch " --experimental-wasm-relaxed-simd")
endif()
file(WRITE ${relaxed_node} "#!/bin/sh\nexec '${VICINAL_NODE}'${relaxed_switch} \"$@\"\n")
file(CHMOD ${relaxed_node} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)

foreach(variant IN LISTS variants)
  set(module vicinal_module_${variant})
  set_target_properties(${module} PROPERTIES OUTPUT_NAME vicinal
    RULE_LAUNCH_LINK "${CMAKE_COMMAND} -E env PATH=${tsc_dir}:$ENV{PATH} EM_NODE_JS=${relaxed_node} ")
  target_link_options(${module} PRIVATE ${module_options} --emit-tsd vicinal.d.ts)
  if(VICINAL_DEV)
    # Both modules are called vicinal.wasm here and are renamed by .scripts/package.mjs; each finds its map in its folder.
    target_link_options(${module} PRIVATE --source-map-base=source-maps/${variant}/)
  endif()
endforeach()
