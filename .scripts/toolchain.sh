# shellcheck shell=bash
# Emscripten: the `emcc` that is there when it is new enough, else a private copy in the user's cache.
# Sourced by build.sh; sets EMCC.
#
# The private copy is Debian's own: the packages are taken, signatures checked by apt, from the mirror that
# this system already uses, and unpacked (not installed) with the C library that they were built for, so
# that it needs no root and touches nothing of the system. About 320 MB are downloaded, 1.9 GB unpacked.

EMSCRIPTEN_MINIMUM=3.1.58   # the first whose --emit-tsd and relaxed SIMD both work

emcc_version() { "$1" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1; }

find_toolchain() {
  local candidate version
  for candidate in "$(command -v emcc || true)" "${EMSDK:+$EMSDK/upstream/emscripten/emcc}"; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    version=$(emcc_version "$candidate")
    if [ -n "$version" ] && version_at_least "$version" "$EMSCRIPTEN_MINIMUM"; then
      use_toolchain "$candidate" "$version"
      return
    fi
    say "emcc ${version:-of unknown version} at $candidate is older than $EMSCRIPTEN_MINIMUM: not used"
  done
  local root="$CACHE_DIR/toolchain-1"
  [ -e "$root/verified" ] || install_toolchain "$root"
  export EM_CONFIG="$root/emscripten.config"
  use_toolchain "$root/usr/share/emscripten/emcc" "$(emcc_version "$root/usr/share/emscripten/emcc")"
}

use_toolchain() {
  EMCC=$(readlink -f "$1")
  # Python itself: what stands before it where versions are managed is looked up anew by every call of the compiler.
  EMSDK_PYTHON=${EMSDK_PYTHON:-$(python3 -c 'import sys; print(sys.executable)')}
  export EMSDK_PYTHON
  say "emcc $2 ($EMCC)"
}

install_toolchain() {
  local root=$1 apt="$CACHE_DIR/toolchain-apt" tool
  for tool in apt-get dpkg-deb python3; do
    command -v "$tool" >/dev/null || fail "no $tool on this system" \
      "Install Emscripten $EMSCRIPTEN_MINIMUM or newer yourself (emsdk, or your package manager) and put emcc on PATH."
  done
  mkdir -p "$CACHE_DIR"
  exec 9>"$CACHE_DIR/toolchain.lock"
  if command -v flock >/dev/null && ! flock -n 9; then
    say "another build is installing the toolchain: waiting for it"
    flock 9
  fi
  if [ -e "$root/verified" ]; then exec 9>&-; return; fi
  say "Emscripten $EMSCRIPTEN_MINIMUM or newer is not on this system: unpacking a private copy into $CACHE_DIR (once)"
  step "toolchain: package lists" "Check the network and this system's apt sources, then run ./build.sh again." \
    private_apt_lists "$apt"
  step "toolchain: downloading 320 MB" "Run ./build.sh again: finished downloads are kept." \
    download_packages "$apt"
  step "toolchain: unpacking" "Free 3 GB of disk under $CACHE_DIR (or set VICINAL_CACHE) and run ./build.sh again." \
    unpack_packages "$apt" "$root.part"
  step "toolchain: pointing programs at their own C library" "Remove $root.part and run ./build.sh again." \
    relocate_programs "$root.part"
  step "toolchain: acorn from npm" "Check that npm reaches its registry, then run ./build.sh again." \
    npm install --prefix "$root.part/usr/share/emscripten" --no-save --no-package-lock --no-audit --no-fund acorn@8.15.0
  rm -rf "$root"
  mv "$root.part" "$root"
  write_emscripten_config "$root"
  step "toolchain: compiling a first program" "Remove $root and run ./build.sh again with VERBOSE=1." verify_toolchain "$root"
  rm -rf "$apt/debs"
  touch "$root/verified"
  exec 9>&-
}

# Suite of this system's distribution whose emscripten is new enough, and the mirror it comes from.
private_apt_lists() {
  local apt=$1 distribution mirror suite component keyring
  distribution=$(. /etc/os-release && echo "$ID")
  case "$distribution" in
    debian) suite=trixie component=main keyring=/usr/share/keyrings/debian-archive-keyring.gpg ;;
    ubuntu) suite=resolute component="main universe" keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg ;;
    *) echo "this is neither Debian nor Ubuntu: install Emscripten yourself (emsdk) and put emcc on PATH"; return 1 ;;
  esac
  # The archive proper, not its security or third-party neighbours, has a target named after the running release.
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
    awk -v release="$(. /etc/os-release && echo "$VERSION_CODENAME")" '$2 == release && $1 !~ /security/ {print $1; exit}')
  [ -n "$mirror" ] || { echo "apt names no mirror: run apt-get update first"; return 1; }
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/debs"
  : >"$apt/status"
  echo "deb [signed-by=$keyring] $mirror $suite $component" >"$apt/sources.list"
  cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
CONF
  APT_CONFIG="$apt/apt.conf" apt-get update -q
  APT_CONFIG="$apt/apt.conf" apt-cache show emscripten binaryen >/dev/null
}

# The LLVM that this emscripten is built for, what both need at run time, and every library below that.
# apt checks each file against the signed list, skips what is whole, and resumes what is not.
download_packages() {
  local apt=$1 llvm packages
  export APT_CONFIG="$apt/apt.conf"
  llvm=$(apt-cache depends emscripten | grep -oE 'clang-[0-9]+' | head -n 1 | cut -d- -f2)
  packages=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances binaryen "lld-$llvm" "libclang-cpp$llvm" "libllvm$llvm" patchelf | grep -oE '^[a-z0-9][a-z0-9.+-]*$' | sort -u)
  # shellcheck disable=SC2086 # one word a package
  (cd "$apt/debs" && apt-get download -q emscripten "clang-$llvm" "libclang-common-$llvm-dev" "llvm-$llvm" \
    "llvm-$llvm-linker-tools" $packages)
  local status=$?
  unset APT_CONFIG
  return $status
}

unpack_packages() {
  local apt=$1 root=$2 deb
  rm -rf "$root"
  mkdir -p "$root"
  # Debian's C library package still has both /lib and /usr/lib names in some releases: make them one.
  mkdir -p "$root/usr/lib" "$root/usr/lib64" "$root/usr/bin"
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  for deb in "$apt"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" |
      tar -x -C "$root" --keep-directory-symlink --no-same-owner \
        --exclude './usr/share/doc' --exclude './usr/share/man' --exclude './usr/share/emscripten/test' \
        --exclude '*-webgl*' --exclude '*libGL*' --exclude '*libSDL*' || return 1
  done
}

relocate_programs() {
  local root=$1 final=${1%.part} libraries loader rpath file
  libraries="usr/lib/$(cd "$root/usr/lib" && ls -d ./*-linux-gnu* | head -n 1 | cut -c3-)"
  loader=$(cd "$root" && ls "$libraries"/ld-linux*.so.* | head -n 1)
  rpath="$final/$libraries"
  private_patchelf() {
    "$root/$loader" --library-path "$root/$libraries" "$root/usr/bin/patchelf" --force-rpath --set-rpath "$rpath" "$@"
  }
  for file in "$root"/usr/bin/* "$root"/usr/lib/llvm-*/bin/*; do
    is_elf_file "$file" && [ "$(basename "$file")" != patchelf ] || continue
    private_patchelf --set-interpreter "$final/$loader" "$file" || return 1
  done
  # LLVM's libraries have a search path of their own, which hides that of the program.
  for file in "$root/$libraries"/libLLVM*.so* "$root/$libraries"/libclang-cpp*.so*; do
    is_elf_file "$file" || continue
    private_patchelf "$file" || return 1
  done
}

is_elf_file() { [ -f "$1" ] && [ ! -L "$1" ] && [ "$(head -c 4 "$1" | tail -c 3)" = ELF ]; }

write_emscripten_config() {
  cat >"$1/emscripten.config" <<CONFIG
LLVM_ROOT = '$(cd "$1"/usr/lib/llvm-*/bin && pwd)'
BINARYEN_ROOT = '$1/usr'
NODE_JS = '$(command -v node)'
CACHE = '$1/usr/share/emscripten/cache'
CONFIG
}

verify_toolchain() {
  local scratch
  scratch=$(mktemp -d)
  echo 'int main() { return 0; }' >"$scratch/first.cpp"
  EM_CONFIG="$1/emscripten.config" "$1/usr/share/emscripten/em++" -O2 "$scratch/first.cpp" -o "$scratch/first.mjs" &&
    node "$scratch/first.mjs"
  local status=$?
  rm -rf "$scratch"
  return $status
}
