#!/usr/bin/env bash
# Compile the hash-locked requirement sets. They name no index, so they work with whatever index a machine is set up for.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}
compile requirements/bootstrap.in --output-file requirements/bootstrap.txt
compile pyproject.toml --extra dev --constraint requirements/bootstrap.txt --output-file requirements/all.txt
# Extras come on top: only what the set above lacks.
whole=$(mktemp)
trap 'rm -f "$whole"' EXIT
for extra in cluster postgresql; do
  compile pyproject.toml --extra dev --extra "$extra" --constraint requirements/all.txt --output-file "$whole"
  awk 'NR == FNR { if (/^[a-z]/) known[$1] = 1; next } /^[a-z]/ { new = !($1 in known) } new' \
    requirements/all.txt "$whole" > "requirements/$extra.txt"
done
