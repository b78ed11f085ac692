#!/bin/sh
# Make sure that a Chromium is there for the browser tests: found, installed from the system's packages, or said.
set -u
for name in "${CUABIEN_BROWSER:-chromium}" chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        echo "browser: $(command -v "$name")"
        exit 0
    fi
done
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    if [ -z "$as_root" ] || sudo -n true 2>/dev/null; then
        echo "no browser on this machine; installing Debian's chromium"
        export DEBIAN_FRONTEND=noninteractive
        if $as_root apt-get update -qq && $as_root apt-get install -y -qq chromium >/dev/null; then
            echo "browser: $(command -v chromium)"
            exit 0
        fi
    fi
fi
echo "browser: none, and it cannot be installed here; the browser tests will be skipped (install chromium to run them)"
