# shellcheck shell=bash
# The test suites: each is run whatever became of the one before, and all are counted together.
# Sourced by build.sh.

# For each target. The same seed tries the same inputs.
fuzz_runs="${FUZZ_RUNS:-100000}"
fuzz_seed="${FUZZ_SEED:-1}"
suites_passed=0
suites_failed=0
failures=""              # what failed, told once more at the end

run_suites() {
  local suite started=$SECONDS
  mkdir -p artifacts
  for suite in "$@"; do timed "building for $suite" "prepare_$suite"; done
  for suite in "$@"; do timed "$suite" "suite_$suite"; done
  printf '\nall suites took %d s\n%s%d passed, %d failed\n' $((SECONDS - started)) "$failures" "$suites_passed" "$suites_failed"
  [ "$suites_failed" -eq 0 ]
}

# timed NAME COMMAND...: runs COMMAND and tells the time.
timed() {
  local name=$1 started=$SECONDS
  shift
  "$@"
  say "$name took $((SECONDS - started)) s"
}

# counted NAME REPORT COMMAND...: runs COMMAND and adds the counts that it wrote into the JSON file REPORT
# (GoogleTest's or Vitest's form). A run that ends badly without a failed test in its report counts as one.
counted() {
  local name=$1 report=$2 status=0 told passed failed
  shift 2
  rm -f "$report"
  say "$name"
  heard "$@" || status=$?
  told=$(node .scripts/report.mjs "$report" 2>/dev/null) || told="0 0"
  read -r passed failed <<<"$told"
  told=$(tail -n +2 <<<"$told")
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1 told=$(last_heard); fi
  if [ "$status" -eq 0 ] && [ "$passed" -eq 0 ]; then failed=1 told="  ran no test"; fi
  tally "$name" "$passed" "$failed" "$told"
}

# check NAME COMMAND...: a check without a report of its own counts as one test.
check() {
  local name=$1
  shift
  say "$name"
  if heard "$@"; then tally "$name" 1 0 ""; else tally "$name" 0 1 "$(last_heard)"; fi
}

# heard COMMAND...: runs COMMAND; `last_heard` gives the last lines that it printed.
heard() { "$@" 2>&1 | tee artifacts/last.log; }
last_heard() { tail -n 40 artifacts/last.log | sed 's/^/  /'; }

# tally NAME PASSED FAILED TOLD: TOLD is of what failed.
tally() {
  suites_passed=$((suites_passed + $2))
  suites_failed=$((suites_failed + $3))
  printf '%s: %d passed, %d failed\n' "$1" "$2" "$3"
  [ "$3" -eq 0 ] || failures+="$(printf 'failed: %s\n%s' "$1" "$4")"$'\n'
}

# counted_googletest NAME REPORT COMMAND...: as `counted`, in as many parts at once as there are processors.
counted_googletest() {
  local name=$1 report=$2 parts
  shift 2
  parts=$(nproc)
  rm -f "$report" "$report".part*
  counted "$name" "$report" googletest_in_parts "$parts" "$report" "$@"
  rm -f "$report".part*
}

googletest_in_parts() {
  local parts=$1 report=$2 part status=0 runs=()
  shift 2
  for ((part = 0; part < parts; part++)); do
    GTEST_TOTAL_SHARDS=$parts GTEST_SHARD_INDEX=$part \
      "$@" --gtest_brief=1 --gtest_output="json:$report.part$part" >"$report.part$part.log" 2>&1 &
    runs+=($!)
  done
  for part in "${!runs[@]}"; do
    wait "${runs[$part]}" || status=$?
    cat "$report.part$part.log"
  done
  node -e '
    const parts = process.argv.slice(2).map((file) => JSON.parse(require("fs").readFileSync(file, "utf8")));
    const total = (name) => parts.reduce((sum, part) => sum + part[name], 0);
    const whole = { testsuites: parts.flatMap((part) => part.testsuites) };
    for (const name of ["tests", "failures", "disabled", "errors"]) whole[name] = total(name);
    require("fs").writeFileSync(process.argv[1], JSON.stringify(whole));
  ' "$report" $(for part in "${!runs[@]}"; do echo "$report.part$part"; done) || status=1
  return "$status"
}

ensure_sanitizing_compiler() {
  ensure_cmake
  if ! command -v clang++-19 >/dev/null || [ ! -e "$(clang++-19 -print-file-name=libclang_rt.fuzzer-$(uname -m).a)" ]; then
    need_packages "the native suites and fuzzing" clang-19 libclang-rt-19-dev
  fi
}

prepare_native() {
  ensure_npm_packages
  ensure_sanitizing_compiler
  ensure_googletest
  CXX=clang++-19 cmake_build native-debug vicinal_tests
}
suite_native() {
  counted_googletest "native suites, under sanitizers" artifacts/native.json build/native-debug/vicinal_tests
}

prepare_fuzz() {
  ensure_sanitizing_compiler
  CXX=clang++-19 cmake_build native-fuzz fuzz
}
suite_fuzz() {
  local targets=(build/native-fuzz/*_fuzz) target name
  for target in "${targets[@]}"; do
    name=$(basename "$target")
    rm -rf "build/corpus/$name"
    mkdir -p "build/corpus/$name"
    check "$name, $fuzz_runs inputs" fuzz_quietly "$target" -runs="$fuzz_runs" -seed="$fuzz_seed" -max_len=65536 \
      -rss_limit_mb=2048 -artifact_prefix=artifacts/ "build/corpus/$name" tests/data
  done
}

# fuzz_quietly TARGET OPTIONS...: libFuzzer tells every new input; only its end is of interest, or all of a failure.
fuzz_quietly() {
  local log status=0
  log="artifacts/$(basename "$1").log"
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" -eq 0 ]; then tail -n 1 "$log"; else tail -n 60 "$log"; fi
  return "$status"
}

prepare_wasm() {
  ensure_googletest
  build_wasm vicinal_module vicinal_tests
}
suite_wasm() {
  counted_googletest "C++ suites as WebAssembly, simd128" artifacts/wasm-simd128.json \
    node build/wasm/simd128/vicinal_tests.mjs
  counted_googletest "C++ suites as WebAssembly, relaxed" artifacts/wasm-relaxed.json \
    "$(relaxed_node)" build/wasm/relaxed/vicinal_tests.mjs
}

prepare_source() { prepare_api; }
suite_source() {
  check "types" tsc -p .
  check "API reference, complete and without broken links" typedoc --options .scripts/typedoc.json --emit none
  check "format and lint" format_check
  [ -n "$dev" ] || check "size budget" node .scripts/size-budget.mjs
}
format_check() { (check_only=1 && run_format); }

prepare_api() { build_package; }
suite_api() {
  counted "TypeScript suites in Node" artifacts/api.json \
    vitest run --config tests/vitest.config.ts --reporter=default --reporter=json --outputFile.json="$PWD"/artifacts/api.json
}

begin_soak() {
  export KILL_ROUNDS="${KILL_ROUNDS:-200}"
  fuzz_runs="${FUZZ_RUNS:-1000000}"
  fuzz_seed="${FUZZ_SEED:-$(date +%s)}"
  say "fuzzing with seed $fuzz_seed"
}

prepare_kills() { prepare_browser; }
suite_kills() {
  counted "Node, killed" artifacts/killed-node.json \
    vitest run --config tests/vitest.config.ts --reporter=default --reporter=json --outputFile.json="$PWD"/artifacts/killed-node.json tests/api/collection/killed.test.ts
  counted "Chromium, Firefox and WebKit, killed" artifacts/killed-browsers.json \
    vitest run --config tests/browser/vitest.config.ts --reporter=default --reporter=json --outputFile.json="$PWD"/artifacts/killed-browsers.json tests/browser/killed.test.ts
}

prepare_consumers() {
  build_package
  ensure_browsers
  ensure_consumer_tools
}
suite_consumers() {
  counted "installed from the tarball, built and run" artifacts/consumers.json \
    vitest run --config tests/consumers/vitest.config.ts --reporter=default --reporter=json --outputFile.json="$PWD"/artifacts/consumers.json
}

prepare_frameworks() {
  build_package
  ensure_browsers
  ensure_consumer_tools
  ensure_consumer_frameworks
}
suite_frameworks() {
  # The newest frameworks want a newer Node than the rest of this repository; the runtimes are run once more in it.
  PATH="$(dirname "$(relaxed_node)"):$PATH" counted "the same in frameworks, and in a newer Node" artifacts/frameworks.json \
    vitest run --config tests/consumers/frameworks/vitest.config.ts --reporter=default --reporter=json --outputFile.json="$PWD"/artifacts/frameworks.json
}

prepare_browser() {
  build_package
  build_page
  ensure_browsers
}
suite_browser() {
  counted "Chromium, Firefox and WebKit" artifacts/browser.json \
    vitest run --config tests/browser/vitest.config.ts --reporter=default --reporter=json --outputFile.json="$PWD"/artifacts/browser.json
}
