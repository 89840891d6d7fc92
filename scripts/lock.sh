#!/bin/sh
# Resolves pyproject.toml anew into requirements/*.txt. Run it after changing a dependency.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --custom-compile-command 'make lock' "$@"
}
compile requirements/uv.in -o requirements/uv.txt
compile pyproject.toml -o requirements/core.txt
compile pyproject.toml --all-extras --group dev -c requirements/core.txt -o requirements/dev.txt
compile --group system -o requirements/system.txt
