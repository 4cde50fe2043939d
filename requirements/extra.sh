#!/usr/bin/env bash
# Add an extra (cluster, postgresql) to .venv, from its own hash-locked set: bash requirements/extra.sh NAME
set -euo pipefail
cd "$(dirname "$0")/.."
cache=(--no-cache)
[ -d "${UV_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/uv}" ] && cache=()
.venv/bin/uv pip install ${cache[@]+"${cache[@]}"} --quiet --python .venv/bin/python --no-deps --require-hashes \
  --compile-bytecode --requirement "requirements/$1.txt"
