# shellcheck shell=bash
# What the consumer tests build with: pinned in tests/consumers, apart from the repository's own packages, and
# installed in build/consumers, above the projects that use it. Sourced by build.sh after common.sh and node.sh.

ensure_consumer_tools() { install_pinned tests/consumers build/consumers "bundlers and runtimes, 430 MB"; }

ensure_consumer_frameworks() {
  install_pinned tests/consumers/frameworks build/consumers/frameworks "frameworks, 390 MB"
}

# install_pinned FROM INTO WHAT: once for each lock file. Not by `npm ci`, which refuses a lock file that does not
# name the packages for every other platform, and a mirror of the registry may not have them.
install_pinned() {
  local from=$1 into=$2
  cmp -s "$from/package-lock.json" "$into/node_modules/.installed-from" && return
  rm -rf "$into/node_modules"
  mkdir -p "$into"
  cp "$from/package.json" "$from/package-lock.json" "$from/.npmrc" "$into"
  step "npm: installing $3 for the consumer tests" "Check that npm reaches its registry, then run ./build.sh again." \
    npm install --prefix "$into" --no-save
  cp "$from/package-lock.json" "$into/node_modules/.installed-from"
}
