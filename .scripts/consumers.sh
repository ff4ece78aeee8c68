# shellcheck shell=bash
# What the consumer tests build with: pinned in tests/consumers, apart from the repository's own packages, and
# installed in build/consumers, above the projects that use it. Sourced by build.sh after common.sh and node.sh.

ensure_consumer_tools() {
  install_pinned tests/consumers build/consumers "bundlers and runtimes for the consumer tests, 430 MB"
}

ensure_consumer_frameworks() {
  install_pinned tests/consumers/frameworks build/consumers/frameworks "frameworks for the consumer tests, 390 MB"
}
