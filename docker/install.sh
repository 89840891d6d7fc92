#!/bin/sh
# Installs the product into an environment of its own: the locked packages, this checkout, a list of all that is in it.
# Usage: docker/install.sh FOLDER, from the root of the checkout, with a python3 of 3.11 or newer.
set -eu
into=$1
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/uv"
"$tools/uv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
uv="$tools/uv/bin/uv"
"$uv" venv --quiet --python "$(command -v python3)" "$into"
"$uv" pip install --quiet --python "$into/bin/python" --require-hashes --compile-bytecode -r requirements/image.txt
"$uv" pip install --quiet --python "$into/bin/python" --no-deps --compile-bytecode .
# Who scans the image reads this; the program that writes it stays out of it.
"$uv" venv --quiet --python "$(command -v python3)" "$tools/sbom"
"$uv" pip install --quiet --python "$tools/sbom/bin/python" --require-hashes -r requirements/sbom.txt
"$tools/sbom/bin/cyclonedx-py" environment "$into/bin/python" --pyproject pyproject.toml \
    --output-reproducible --of JSON -o "$into/sbom.cdx.json"
cp scripts/image_contents.py "$into/image_contents.py"
rm -f "$into/.gitignore" "$into/.lock" "$into/CACHEDIR.TAG"
