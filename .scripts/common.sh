# shellcheck shell=bash
# Shared by build.sh and its parts: where things are, how progress and failures are told.
# Sourced, never run.

CACHE_DIR="${VICINAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vicinal}"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

# fail STEP REMEDY: names what failed and what to do about it, and ends the build.
fail() {
  printf '\n\033[1mbuild.sh: %s\033[0m\n  %s\n' "$1" "$2" >&2
  exit 1
}

# step NAME REMEDY COMMAND...: runs COMMAND, showing its output only if it fails (or VERBOSE is set).
step() {
  local name=$1 remedy=$2 log started=$SECONDS
  shift 2
  say "$name"
  if [ -n "${VERBOSE:-}" ]; then
    "$@" || fail "$name failed" "$remedy"
  else
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
      tail -n 60 "$log" >&2
      rm -f "$log"
      fail "$name failed" "$remedy"
    fi
    rm -f "$log"
  fi
  local took=$((SECONDS - started))
  [ "$took" -lt 5 ] || say "$name: done in $took s"
}

# version_at_least HAVE WANT
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# as_root COMMAND...: runs COMMAND as root, directly or by a sudo that asks nothing; false when neither can.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"
  else return 126
  fi
}

# need_packages PURPOSE PACKAGE...: Debian packages that are missing are installed, or it is said how.
need_packages() {
  local purpose=$1 package missing=()
  shift
  command -v dpkg-query >/dev/null ||
    fail "no dpkg on this system" "Install by your own package manager what $purpose needs: $*"
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing for $purpose: ${missing[*]}"
  if ! as_root true 2>/dev/null; then
    fail "$purpose needs packages that only root can install" \
      "Run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
  local log
  log=$(mktemp)
  # The package list may be missing or old: the first try goes without an update, the second with one.
  as_root "${install[@]}" >"$log" 2>&1 ||
    { as_root apt-get update -q >>"$log" 2>&1 && as_root "${install[@]}" >>"$log" 2>&1; } ||
    { tail -n 20 "$log" >&2; fail "installing ${missing[*]} failed" "Read the lines above; then run ./build.sh again."; }
  rm -f "$log"
}

# install_pinned FROM INTO WHAT: once for each lock file. Not by `npm ci`, which refuses a lock file that does not
# name the packages for every other platform, and a mirror of the registry may not have them.
install_pinned() {
  local from=$1 into=$2
  cmp -s "$from/package-lock.json" "$into/node_modules/.installed-from" && return
  rm -rf "$into/node_modules"
  mkdir -p "$into"
  cp "$from/package.json" "$from/package-lock.json" .npmrc "$into"
  step "npm: installing $3" "Check that npm reaches its registry, then run ./build.sh again." \
    npm install --prefix "$into" --no-save
  cp "$from/package-lock.json" "$into/node_modules/.installed-from"
}
