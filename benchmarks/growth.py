"""How the product grows with its data, from one simulated season to thirty.

`python -m benchmarks.growth [SIZE…]`: each size is measured in stages, and each result is kept at once, so
that a run that was stopped goes on where it was. `--again` measures all of them anew. The figures go into
docs/growth.md, and into docs/pictures where the library that draws is installed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import growth_report, growth_seasons, growth_stages

from nba_mcp_synthesis.terminal import progress

SIZES = (1, 2, 5, 10, 20, 30)
RESULTS = growth_seasons.CACHE / "results"
_ROOT = Path(__file__).resolve().parents[1]
_LONGEST = 3_600  # seconds of one stage


def measure(sizes: list[int]) -> None:
    """Measures what has no result yet, the smallest size first."""
    missing = [size for size in sizes if any(not _kept(size, stage) for stage in growth_stages.STAGES)]
    with progress("Playing seasons", max(missing, default=0)) as advance_to:
        growth_seasons.keep(max(missing, default=0), advance_to)
    for size in missing:
        for stage in growth_stages.STAGES:
            if not _kept(size, stage):
                _keep(size, stage, _run(size, stage))
        shutil.rmtree(growth_stages.folder_of(size))


def _run(size: int, stage: str) -> dict[str, Any]:
    print(f"{size:2} seasons: {stage}", flush=True)
    command = [sys.executable, "-m", growth_stages.__name__, stage, str(size)]
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, timeout=_LONGEST, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _keep(size: int, stage: str, found: dict[str, Any]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    draft = RESULTS / f"{size}-{stage}.{os.getpid()}"
    draft.write_text(json.dumps({**found, "on": time.strftime("%Y-%m-%d", time.gmtime())}))
    draft.replace(_file(size, stage))


def _kept(size: int, stage: str) -> bool:
    """Whether there is a result, and what the stages behind it need is still there."""
    later = list(growth_stages.STAGES)[list(growth_stages.STAGES).index(stage) :]
    whole = all(_file(size, one).is_file() for one in later)
    return _file(size, stage).is_file() and (whole or growth_stages.folder_of(size).is_dir())


def _file(size: int, stage: str) -> Path:
    return RESULTS / f"{size}-{stage}.json"


def _results() -> dict[int, dict[str, dict[str, Any]]]:
    """What is known of each size that was measured whole."""
    sizes = sorted({int(file.name.partition("-")[0]) for file in RESULTS.glob("*.json")})
    found = {
        size: {
            stage: json.loads(_file(size, stage).read_text())
            for stage in growth_stages.STAGES
            if _file(size, stage).is_file()
        }
        for size in sizes
    }
    return {size: told for size, told in found.items() if len(told) == len(growth_stages.STAGES)}


def main() -> None:
    """Measures, and writes what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), metavar="SIZE")
    parser.add_argument("--again", action="store_true", help="measure all of it anew")
    given = parser.parse_args()
    if given.again:
        shutil.rmtree(RESULTS, ignore_errors=True)
    measure(sorted(given.sizes))
    for line in growth_report.write(_results()):
        print(line)


if __name__ == "__main__":
    main()
