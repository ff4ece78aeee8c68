#!/usr/bin/env bash
# Builds, tests, benchmarks and serves Vicinal. `./build.sh help` tells how.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export PATH="$PWD/node_modules/.bin:$PATH"

. .scripts/common.sh
. .scripts/toolchain.sh
. .scripts/node.sh
. .scripts/browsers.sh
. .scripts/consumers.sh
. .scripts/suites.sh

usage() {
  cat <<'HELP'
Usage: ./build.sh [verb] [options]

  (no verb)   build the package into pkg/ and the demo page into build/web
  demo        build, answer sample queries over the real passages in Node, then serve the page
                --once      stop after printing the answers
  test        install what the tests need, run all of them, end with one line: N passed, M failed
  native      build and test the C++ core natively, under the sanitizers, and fuzz the reader
  wasm        build both WebAssembly modules and run the C++ suites in them, under Node
  api         build the package and run the TypeScript suites in Node
  browser     build the package and the page and run the suites in Chromium, Firefox and WebKit
  consumers   pack the package, install it into projects of every bundler and runtime, build and run them
                --all       in frameworks that render on a server too (slow)
  soak        kill Node 400 times and the browsers 200 times in the middle of changes ($KILL_ROUNDS: 200), and give each
              fuzzer a million inputs of a new seed ($FUZZ_RUNS, $FUZZ_SEED): half an hour
  bench       measure in Node, Chromium and Firefox, beside native code and other packages; `bench PART...` only
              some of: size, start, first, exact, batch, codes, add; graph, collection, store (only when named: an hour);
              `bench kernels` the arithmetic by itself
                --quick     10,000 rows in place of 100,000
                --in LIST   of node, chromium, firefox, webkit
                --data DIR  codes, graph: real vectors that are not shipped (tests/bench/rows/data-sets.ts tells which)
                --only TEXT codes, graph, collection, store: those with this text in their name
                --sets TEXT graph: the data sets with this text in their title
                --figures DIR  graph: where figures are written (build/bench)
                --json FILE write the figures too
  docs        write the API reference, from the comments in the source, into build/docs
  serve       build, serve the page and print its address
                --port N    default 4173; `demo` takes it too
  format      format C++ and TypeScript
                --check     only tell what is not formatted
  clean       remove build/, pkg/ and artifacts/ (--all: node_modules and the cached toolchain too)
  help        this text

Options for every verb that builds:
  --dev            fast compile, assertions, source maps
  --target TARGET  web, bundler, nodejs or all (default): which flavours of the package are built
  --verbose        show the output of every step (or VERBOSE=1)

The toolchain is the emcc on PATH or in $EMSDK when it is 3.1.58 or newer; otherwise a private copy goes into
the cache folder (~/.cache/vicinal, or $VICINAL_CACHE). What needs root and cannot have it is told.
HELP
}

# --- parts ---------------------------------------------------------------------------------------------------

ensure_node() {
  command -v node >/dev/null || fail "no Node.js on PATH" "Install Node.js 20.19 or newer, then run ./build.sh again."
  local version
  version=$(node --version)
  version_at_least "${version#v}" 20.19 ||
    fail "Node.js $version is too old" "Install Node.js 20.19 or newer, then run ./build.sh again."
}

ensure_npm_packages() {
  ensure_node
  cmp -s package-lock.json node_modules/.installed-from && return
  step "npm: installing development packages" "Check that npm reaches its registry, then run ./build.sh again." npm ci
  cp package-lock.json node_modules/.installed-from
}

ensure_cmake() {
  local missing=()
  command -v cmake >/dev/null || missing+=(cmake)
  command -v ninja >/dev/null || missing+=(ninja-build)
  command -v python3 >/dev/null || missing+=(python3)
  [ ${#missing[@]} -eq 0 ] || need_packages "the build" "${missing[@]}"
}

ensure_native_compiler() {
  ensure_cmake
  command -v c++ >/dev/null || need_packages "the native build" g++
}

ensure_googletest() { [ -e /usr/src/googletest/CMakeLists.txt ] || need_packages "the C++ suites" googletest; }

# cmake_build PRESET TARGET...
cmake_build() {
  local preset=$1 target
  shift
  if [ ! -e "build/$preset/build.ninja" ] || ! grep -q "^VICINAL_DEV:BOOL=$(dev_switch)$" "build/$preset/CMakeCache.txt"; then
    step "configuring $preset" "Read the lines above; ./build.sh clean starts afresh." \
      cmake --preset "$preset" -DVICINAL_DEV="$(dev_switch)"
  fi
  local arguments=()
  for target in "$@"; do arguments+=(--target "$target"); done
  step "building $preset: $*" "Read the compiler's lines above." cmake --build "build/$preset" "${arguments[@]}"
}

dev_switch() { if [ -n "$dev" ]; then echo ON; else echo OFF; fi; }

build_wasm() {
  ensure_npm_packages
  ensure_cmake
  find_toolchain
  EMSCRIPTEN_ROOT=$(dirname "$EMCC")
  export EMSCRIPTEN_ROOT
  cmake_build wasm "$@"
}

package_is_built=""
build_package() {
  [ -z "$package_is_built" ] || return 0
  package_is_built=1
  build_wasm vicinal_module
  step "packing pkg/ ($target)" "Read the lines above." node .scripts/package.mjs --target "$target" ${dev:+--dev}
}

build_page() { step "building the page" "Read the lines above." vite build web --logLevel warn; }

serve_page() {
  say "the page is served at http://localhost:$port/ (Ctrl+C stops it)"
  vite preview web --port "$port" --strictPort --logLevel warn
}

run_format() {
  ensure_npm_packages
  local clang_format
  clang_format=$(command -v clang-format-19 || true)
  [ -n "$clang_format" ] || { need_packages "formatting" clang-format-19; clang_format=clang-format-19; }
  if [ -n "$check_only" ]; then
    git ls-files -z '*.cpp' '*.h' | xargs -0 "$clang_format" --dry-run -Werror &&
      biome check .
  else
    git ls-files -z '*.cpp' '*.h' | xargs -0 "$clang_format" -i &&
      biome check --write .
  fi
}

run_demo() {
  build_package
  build_page
  node web/demo.mjs
  [ -n "$once" ] || serve_page
}

# run_bench PART...
run_bench() {
  local program=run node arguments=(--in "$places" ${quick:+--quick} ${data:+--data "$data"} ${only:+--only "$only"}
    ${sets:+--sets "$sets"} ${figures:+--figures "$figures"} ${json:+--json "$json"})
  [ "$*" = kernels ] || arguments+=("$@")
  ensure_node
  node tests/bench/check-options.mjs "${arguments[@]}"
  if [ "$*" = kernels ]; then
    program=kernels arguments=(${quick:+--rows 10000} ${json:+--json "$json"})
  else
    case "$places" in *chromium* | *firefox* | *webkit*) ensure_browsers ;; esac
  fi
  build_package
  cmake_build wasm bench_kernels
  if [ "$(uname -m)" = x86_64 ]; then
    ensure_native_compiler
    local natives=(bench_kernels_native bench_search_native)
    case " $* " in *" graph "*)
      [ -e /usr/include/hnswlib/hnswlib.h ] || need_packages "the benchmark of graphs" libhnswlib-dev
      natives+=(bench_graph_native) ;;
    esac
    cmake_build native-release "${natives[@]}"
  fi
  install_pinned tests/bench build/bench "what the benchmark compares with"
  step "bundling the benchmark" "Read the lines above." node tests/bench/bundle.mjs
  node=$(relaxed_node)
  "$node" "build/bench/$program.mjs" "${arguments[@]}"
}

run_docs() {
  ensure_npm_packages
  step "writing the API reference" "Read the warnings above: each is to be mended." typedoc --options .scripts/typedoc.json
  say "build/docs/index.html is its front page"
}

run_clean() {
  rm -rf build pkg artifacts
  [ -z "$all" ] || rm -rf node_modules "$CACHE_DIR"
}

# --- command line --------------------------------------------------------------------------------------------

verb="" target=all dev="" once="" check_only="" all="" quick="" json="" data="" only="" sets="" figures="" places=node,chromium,firefox port=4173 words=()
while [ $# -gt 0 ]; do
  case "$1" in
    --dev) dev=1 ;;
    --target) target=${2:-}; shift ;;
    --target=*) target=${1#*=} ;;
    --verbose) VERBOSE=1 ;;
    --once) once=1 ;;
    --check) check_only=1 ;;
    --all) all=1 ;;
    --quick) quick=1 ;;
    --in) places=${2:?--in needs a list}; shift ;;
    --data) data=${2:?--data needs a folder}; shift ;;
    --only) only=${2:?--only needs a text}; shift ;;
    --sets) sets=${2:?--sets needs a text}; shift ;;
    --figures) figures=${2:?--figures needs a folder}; shift ;;
    --json) json=${2:?--json needs a file name}; shift ;;
    --port) port=${2:?--port needs a number}; shift ;;
    -h | --help) verb=help ;;
    -*) fail "unknown option: $1" "./build.sh help lists the options." ;;
    *) if [ -z "$verb" ]; then verb=$1; else words+=("$1"); fi ;;
  esac
  shift
done
case "$target" in
  all | web | bundler | nodejs) ;;
  *) fail "unknown target: $target" "Targets: web, bundler, nodejs, all." ;;
esac

case "$verb:$target" in
  demo:all | test:all | api:all | consumers:all | browser:all | soak:all | bench:all | serve:all) ;;
  demo:* | test:* | api:* | consumers:* | browser:* | soak:* | bench:* | serve:*)
    fail "$verb needs every flavour of the package" "Leave --target out." ;;
esac

case "$verb" in
  "")
    build_package
    if [ "$target" = nodejs ]; then say "pkg/ holds the package"
    else build_page; say "pkg/ holds the package, build/web the page"
    fi
    ;;
  demo) run_demo ;;
  test) run_suites native fuzz wasm source api consumers browser ;;
  native) run_suites native fuzz ;;
  wasm) run_suites wasm ;;
  api) run_suites source api ;;
  consumers) run_suites consumers ${all:+frameworks} ;;
  browser) run_suites browser ;;
  soak) begin_soak; run_suites kills fuzz ;;
  bench) run_bench "${words[@]}" ;;
  docs) run_docs ;;
  serve) build_package; build_page; serve_page ;;
  format) run_format ;;
  clean) run_clean ;;
  help) usage ;;
  *) fail "unknown verb: $verb" "./build.sh help lists the verbs." ;;
esac
