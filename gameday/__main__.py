"""A game day: `make gameday`, `make gameday FAULT=database-down`, `make gameday-all`.

On a terminal it waits until you have mended the fault; with --follow, and where there is no terminal, it
follows the runbook itself. Exit codes: 0 every fault was told, mended and over; 1 one was not; 2 wrong use;
3 the machine lacks a program that is needed.
"""

import argparse
import random
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from _pytest.outcomes import Skipped
from rich.console import Console

from gameday.drill import ROOT, Drill, Outcome
from gameday.faults import Fault, all_faults
from gameday.report import score, write
from gameday.stack import stack
from gameday.world import Stack

_SHOWN = ("KUBECONFIG", "PATH", "NBA_MCP_", "AWS_", "PG")


def main() -> int:
    """Reads the command line, plays, reports."""
    known = all_faults()
    parser = argparse.ArgumentParser(prog="gameday", description=__doc__)
    parser.add_argument("fault", nargs="*", metavar="FAULT", help=f"{', '.join(known)}; else one by chance")
    parser.add_argument("--all", action="store_true", help="all faults, one after another")
    parser.add_argument("--follow", action="store_true", help="follow the runbook without you")
    parser.add_argument("--seed", type=int, help="of the chance")
    parser.add_argument("--reports", type=Path, default=ROOT / "reports")
    told = parser.parse_args()
    if unknown := [name for name in told.fault if name not in known]:
        parser.error(f"no fault {', '.join(unknown)}; there are {', '.join(known)}")
    names = [*known] if told.all else told.fault or [random.Random(told.seed).choice([*known])]  # noqa: S311
    follow = told.follow or not sys.stdin.isatty()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all that was started ends, too
    outcomes: list[Outcome] = []
    began = datetime.now(UTC)
    try:
        for _ in play([known[name] for name in names], outcomes, follow=follow, secret=not told.fault):
            write(told.reports, outcomes, began)  # after each, in case the next one is cut short
    except Skipped as missing:
        print(f"A game day cannot be held here: {missing}.", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("The game day was ended; what was played is in the report.", file=sys.stderr)
    if not outcomes:
        return 130
    for one in outcomes:
        print(f"{one.fault.name}: {score(one)} of 100. {one.failure}".rstrip())
    print(f"Report: {write(told.reports, outcomes, began)}")
    return 0 if len(outcomes) == len(names) and all(one.is_good for one in outcomes) else 1


def play(faults: list[Fault], outcomes: list[Outcome], *, follow: bool, secret: bool) -> Iterator[Outcome]:
    """A stack for each fault, so that none finds what another left; what became of it is added, and given."""
    console = Console(highlight=False)
    for fault in faults:
        console.rule("A fault" if secret and not follow else fault.name)
        with tempfile.TemporaryDirectory(prefix="gameday-") as name:
            folder = Path(name)
            console.print("Everything is being started; this takes about half a minute.")
            with stack(folder) as found:
                if not follow:
                    _tell(console, _invitation(found, folder))
                drill = Drill(found, fault, lambda text: _tell(console, text), follow=follow)
                outcomes.append(drill.outcome)  # before it is over, in case it is cut short
                drill.run()
            yield drill.outcome


def _tell(console: Console, text: str) -> None:
    """As it is written: commands are to be copied whole, however narrow the terminal is."""
    console.print(text, markup=False, soft_wrap=True)


def _invitation(found: Stack, folder: Path) -> str:
    """Where somebody finds the tools of a game day, in a terminal of his own."""
    file = folder / "oncall.sh"
    lines = [f"export {k}={shlex.quote(v)}" for k, v in found.people.items() if k.startswith(_SHOWN)]
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n")
    return (
        f"In another terminal: . {file}; cd {ROOT}\n"
        f"The service: {found.url}\nPrometheus: {found.prometheus.url}\nNow wait for your page."
    )


if __name__ == "__main__":
    sys.exit(main())
