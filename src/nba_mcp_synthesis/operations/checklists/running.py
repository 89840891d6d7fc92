"""Goes through a checklist: step by step, whatever becomes of one of them."""

import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.checklists.checks import CHECKS
from nba_mcp_synthesis.operations.checklists.findings import Finding
from nba_mcp_synthesis.operations.checklists.ground import Ground


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was gone through. As `terminal_steps.Told` has it."""

    key: str
    name: str
    source: str
    finding: Finding
    seconds: float

    @property
    def result(self) -> str:
        """done, warning, failed or away."""
        return self.finding.result

    @property
    def message(self) -> str:
        """What it found."""
        return self.finding.message


def checklist(
    name: str, ground: Ground, tell: Callable[[Step], None], under_way: Callable[[str], None]
) -> list[Step]:
    """Does all steps. A source that was away once is not asked again."""
    steps: list[Step] = []
    away: dict[str, str] = {}
    for key, told in checklists()[name].items():
        under_way(told["title"])
        started = time.perf_counter()
        finding = _done(told.get("check", key), told["source"], ground, away)
        steps.append(Step(key, told["title"], told["source"], finding, time.perf_counter() - started))
        tell(steps[-1])
    return steps


def _done(check: str, source: str, ground: Ground, away: dict[str, str]) -> Finding:
    if source in away:
        return Finding(away[source], "away")
    try:
        return CHECKS[check](ground)
    except NbaMcpError as error:
        if error.exit_code == 3:
            away[source] = str(error)
            return Finding(str(error), "away")
        return Finding(str(error), "failed", f"Look why: {error.message}")


@cache
def checklists() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """All checklists, and the steps of each."""
    return tomllib.loads(Path(__file__).with_name("checklists.toml").read_text("utf-8"))
