# shellcheck shell=bash
# Browsers that the tests drive: those that are there, else this system's own packages.
# Sourced by build.sh after common.sh; `ensure_browsers` exports VICINAL_CHROMIUM, VICINAL_FIREFOX,
# VICINAL_WEBKIT_DRIVER and VICINAL_WEBKIT_BROWSER, which tests/browser/drivers/programs.ts reads.

CHROMIUM_NAMES=(chromium google-chrome google-chrome-stable chromium-browser)
FIREFOX_NAMES=(firefox-esr firefox)
FIREFOX_MINIMUM=153   # 140 does not know a command that Playwright sends (network.addDataCollector)

# A snap sees a file system of its own: the profile folder that a driver makes is not in it.
is_snap() {
  case "$(readlink -f "$1")" in */snap | /snap/*) return 0 ;; esac
  [ "$(head -c 2 "$1" 2>/dev/null | tr -d '\0')" = '#!' ] && grep -qs /snap/bin/ "$1"
}

# first_program NAME...: the first of these programs on PATH that is not a snap.
first_program() {
  local name path
  for name in "$@"; do
    path=$(command -v "$name") && ! is_snap "$path" && { echo "$path"; return; }
  done
  return 1
}

# WebKitGTK's own small browser is no command: it lies beside the library that it belongs to.
webkit_browser() {
  local path
  for path in /usr/lib/*/webkit2gtk-4.1/MiniBrowser /usr/lib/*/webkitgtk-6.0/MiniBrowser \
    /usr/libexec/webkit2gtk-4.1/MiniBrowser /usr/libexec/webkitgtk-6.0/MiniBrowser; do
    [ -x "$path" ] && { echo "$path"; return; }
  done
  return 1
}

ensure_browsers() {
  local wanted=()
  first_program "${CHROMIUM_NAMES[@]}" >/dev/null || wanted+=(chromium)
  first_program "${FIREFOX_NAMES[@]}" >/dev/null || wanted+=(firefox-esr)
  command -v WebKitWebDriver >/dev/null || wanted+=(webkit2gtk-driver)
  webkit_browser >/dev/null || wanted+=(libwebkit2gtk-4.1-0)
  command -v Xvfb >/dev/null || wanted+=(xvfb)
  [ -n "$(fc-list 2>/dev/null)" ] || wanted+=(fontconfig fonts-dejavu-core)
  if [ ${#wanted[@]} -gt 0 ]; then
    # Ubuntu's packages of these two names only fetch the snap.
    if [ "$(. /etc/os-release 2>/dev/null && echo "$ID")" = ubuntu ]; then
      case " ${wanted[*]} " in *" chromium "* | *" firefox-esr "*)
        fail "the browser tests need Chromium and Firefox, and not as snaps" \
          "Install the .deb packages of Google Chrome (google.com/chrome) and Firefox (support.mozilla.org/kb/install-firefox-linux), then run ./build.sh again." ;;
      esac
    fi
    need_packages "the browser tests" "${wanted[@]}"
  fi
  VICINAL_CHROMIUM=$(first_program "${CHROMIUM_NAMES[@]}") &&
    VICINAL_FIREFOX=$(first_program "${FIREFOX_NAMES[@]}") &&
    VICINAL_WEBKIT_DRIVER=$(command -v WebKitWebDriver) &&
    VICINAL_WEBKIT_BROWSER=$(webkit_browser) && command -v Xvfb >/dev/null ||
    fail "a browser is missing although its package is installed" \
      "Look for chromium, firefox, WebKitWebDriver, MiniBrowser and Xvfb; reinstall the package of the one that is missing."
  local version
  version=$("$VICINAL_FIREFOX" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)
  version_at_least "${version:-0}" "$FIREFOX_MINIMUM" ||
    fail "Firefox ${version:-of unknown version} at $VICINAL_FIREFOX is older than $FIREFOX_MINIMUM" \
      "Upgrade it (on Debian: with the security archive among apt's sources), then run ./build.sh again."
  export VICINAL_CHROMIUM VICINAL_FIREFOX VICINAL_WEBKIT_DRIVER VICINAL_WEBKIT_BROWSER
}
