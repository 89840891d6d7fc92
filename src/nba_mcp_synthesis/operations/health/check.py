"""What one check found, and what all of them come to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from nba_mcp_synthesis.errors import NbaMcpError

Result = Literal["pass", "warn", "fail", "skip"]
_WORST: tuple[Result, ...] = ("fail", "warn", "pass", "skip")
_WORST_OF_NAMED: tuple[Result, ...] = ("fail", "skip", "warn", "pass")
_WORDS: dict[Result, str] = {"pass": "passed", "warn": "warned", "fail": "failed", "skip": "skipped"}


class NotHere(NbaMcpError):
    """What a check looks at cannot be reached from this machine: skipped, unless somebody asked for it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a calculator says. `away`: another system does not answer, so that nothing more can be told.

    `threshold` is the limit that `number` is held against, in the unit of the check. `details` are lines
    for who wants to see each part.
    """

    result: Result
    message: str
    number: float | None = None
    threshold: float | None = None
    away: bool = False
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A finding under its name; `where` says from where it was looked: here, cluster or pod."""

    name: str
    section: str
    unit: str
    where: str
    result: Result
    message: str
    number: float | None
    threshold: float | None
    away: bool
    details: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class HealthReport:
    """All checks, in the order of the catalogue; `place` names the cluster and namespace that were asked.

    `is_named`: somebody named these checks, and wants to know: one that looked at nothing has not passed.
    """

    at: datetime
    context: str
    place: str
    checks: tuple[HealthCheck, ...]
    is_named: bool = False

    @property
    def result(self) -> Result:
        """The worst; of checks that somebody named, one that was skipped is worse than a warning."""
        found = {one.result for one in self.checks}
        worst = _WORST_OF_NAMED if self.is_named else _WORST
        return next((result for result in worst if result in found), "skip")

    @property
    def exit_code(self) -> int:
        """1 where something has to be mended, 3 where that cannot be told because something is away."""
        bad = ("fail", "skip") if self.is_named else ("fail",)
        failed = [one for one in self.checks if one.result in bad]
        return 0 if not failed else 3 if all(one.away for one in failed) else 1

    @property
    def summary(self) -> str:
        """One line: how many ended how, and which did not pass."""
        counted = Counter(one.result for one in self.checks)
        told = [
            f"{counted[result]} {_WORDS[result]}{self._named(result)}"
            for result in ("pass", "warn", "fail", "skip")
            if counted[result]
        ]
        total = len(self.checks)
        return f"{total} {'check' if total == 1 else 'checks'}: {', '.join(told) or 'none was chosen'}."

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "at": self.at.isoformat(timespec="seconds"),
            "context": self.context,
            "place": self.place,
            "result": self.result,
            "exit_code": self.exit_code,
            "summary": self.summary,
            "checks": [_as_dict(one) for one in self.checks],
        }

    def _named(self, result: Result) -> str:
        names = [one.name for one in self.checks if one.result == result]
        is_told = result in ("warn", "fail") or (result == "skip" and self.is_named)
        return f" ({', '.join(names)})" if is_told else ""


def judged(
    number: float, message: str, *, warn: float, fail: float, details: tuple[str, ...] = ()
) -> Finding:
    """A finding by two limits: the larger the worse where `fail` is above `warn`, else the smaller."""
    sign = 1 if fail >= warn else -1
    if sign * number >= sign * fail:
        return Finding("fail", message, number, fail, details=details)
    result: Result = "warn" if sign * number >= sign * warn else "pass"
    return Finding(result, message, number, warn, details=details)


def of_parts(
    good: int, faults: Sequence[str], all_well: str, total: int, details: tuple[str, ...] = ()
) -> Finding:
    """So many parts of a total are good; each fault is a sentence."""
    result: Result = "fail" if faults else "pass"
    return Finding(result, " ".join(faults) or all_well, good, total, details=details)


def _as_dict(one: HealthCheck) -> dict[str, Any]:
    return {
        **asdict(one),
        "number": None if one.number is None else round(one.number, 3),
        "details": list(one.details),
        "seconds": round(one.seconds, 3),
    }
