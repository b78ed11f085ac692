#!/bin/sh
# Fill .venv from lock files: scripts/make_venv.sh run build
#
# Works with nothing but Python 3.11+ and a package registry. uv does the installing; when the machine has none,
# a locked one is put into .tools/ (never into the system's Python, which may refuse it: PEP 668).
set -eu
cd "$(dirname "$0")/.."

find_python() {
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    echo "Cửa Biển needs Python 3.11 or newer; install it, or name one: make run PYTHON=/path/to/python3" >&2
    exit 1
}

find_uv() {
    if uv --version >/dev/null 2>&1; then
        echo uv
        return
    fi
    if [ ! -x .tools/bin/uv ]; then
        echo "uv is not on this machine; installing a locked one into .tools/" >&2
        { "$1" -m venv .tools && .tools/bin/python -m pip install -q --require-hashes -r locks/uv.txt; } >&2 ||
            # Debian's Python without python3-venv still has pip more often than not
            "$1" -m pip install -q --require-hashes --target .tools --upgrade -r locks/uv.txt >&2 || {
            echo "neither venv nor pip works for $1; on Debian: apt-get install python3-venv" >&2
            exit 1
        }
    fi
    echo .tools/bin/uv
}

export UV_PYTHON_DOWNLOADS=never
export UV_LINK_MODE="${UV_LINK_MODE:-copy}"
if [ -x .venv/bin/python ]; then
    python=.venv/bin/python
else
    python=$(find_python)
fi
uv=$(find_uv "$python")
[ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv

for name in "$@"; do
    echo "installing locks/$name.txt"
    "$uv" pip install --quiet --python .venv/bin/python --require-hashes -r "locks/$name.txt"
done
if [ ! -x .venv/bin/cuabien ] && [ -x .venv/bin/python ]; then
    "$uv" pip install --quiet --python .venv/bin/python --no-build-isolation --no-deps -e .
fi
