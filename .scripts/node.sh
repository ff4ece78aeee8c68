# shellcheck shell=bash
# A Node with relaxed SIMD (22 or newer): the one on PATH when it is, else a copy from npm in the cache.
# Sourced by build.sh.

RELAXED_NODE_VERSION=24.9.0

relaxed_node() {
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  if [ "$major" -ge 22 ]; then
    command -v node
    return
  fi
  local arch package root="$CACHE_DIR/node-$RELAXED_NODE_VERSION"
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "Node $major has no relaxed SIMD" "Install Node.js 22 or newer and run ./build.sh again." ;;
  esac
  package=node-linux-$arch
  if [ ! -x "$root/node_modules/$package/bin/node" ]; then
    step "Node $RELAXED_NODE_VERSION from npm, for relaxed SIMD" "Check that npm reaches its registry, or install Node.js 22 or newer." \
      npm install --prefix "$root" --no-save --no-package-lock --no-audit --no-fund "$package@$RELAXED_NODE_VERSION"
  fi
  echo "$root/node_modules/$package/bin/node"
}
