#!/usr/bin/env bash
# Create .venv from the hash-locked requirements, with the first Python 3.11–3.13 that really runs.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
    # A version manager's shim may exist and not run.
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo 'eosun needs Python 3.11, 3.12 or 3.13 with venv: install one, or name it: make setup PYTHON=/path/to/python3.12' >&2
  exit 2
}

python=$(find_python)
echo "Setting up .venv with $("$python" --version) (about 3.5 GB, once)…" >&2
rm -rf .venv
"$python" -m venv .venv
# Downloads are kept only where their owner keeps them already: nothing is left outside this folder unasked.
cache=(--no-cache)
[ -d "${UV_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/uv}" ] && cache=()
.venv/bin/python -m pip install --no-cache-dir --quiet --disable-pip-version-check --require-hashes --requirement requirements/bootstrap.txt
# Two packages come as source: they build with the locked setuptools, so nothing unlocked is fetched.
.venv/bin/uv pip install ${cache[@]+"${cache[@]}"} --quiet --python .venv/bin/python --no-build-isolation --require-hashes \
  --compile-bytecode --requirement requirements/all.txt
.venv/bin/uv pip install ${cache[@]+"${cache[@]}"} --quiet --python .venv/bin/python --no-build-isolation --no-deps --editable .
touch .venv/.ready
