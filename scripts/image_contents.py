"""Lists what an installed environment holds, package by package, with versions, licenses and sizes.

In the image: `docker run --rm --entrypoint python3 IMAGE /app/image_contents.py [--json]`.
"""

import argparse
import json
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path


def listed() -> list[dict[str, str | int]]:
    """A row a package: name, version, license and bytes, the largest first."""
    rows: list[dict[str, str | int]] = [
        {
            "name": one.metadata["Name"],
            "version": one.version,
            "license": _license(one),
            "bytes": sum(_bytes(Path(str(one.locate_file(file)))) for file in one.files or ()),
        }
        for one in distributions()
    ]
    return sorted(rows, key=lambda row: (-int(row["bytes"]), str(row["name"])))


def _license(one: Distribution) -> str:
    told = next((one.metadata[key] for key in ("License-Expression", "License") if key in one.metadata), "")
    return (told or "see its files").splitlines()[0][:40]


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # named in its record, and not installed
        return 0


def main() -> None:
    """Prints the list, and the sum below it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="Print JSON.")
    as_json = parser.parse_args().json
    rows = listed()
    total = sum(int(row["bytes"]) for row in rows)
    if as_json:
        print(json.dumps({"python": sys.version.split()[0], "bytes": total, "packages": rows}))
        return
    for row in rows:
        print(f"{int(row['bytes']) / 1e6:8.1f} MB  {row['name']} {row['version']}  ({row['license']})")
    print(f"{total / 1e6:8.1f} MB  in {len(rows)} packages, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
