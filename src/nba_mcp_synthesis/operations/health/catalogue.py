"""The checks that there are: names, sections and thresholds are data, each calculator a module of its own."""

import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from nba_mcp_synthesis.operations.health.check import Finding, HealthCheck

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.health.ground import Ground

Place = Literal["cluster", "service", "here"]
Calculator = Callable[["Spec", "Ground"], Finding]


@dataclass(frozen=True, slots=True)
class Spec:
    """A check as `checks.toml` has it; `limits` are its thresholds by name."""

    name: str
    section: str
    place: Place
    unit: str
    seconds: float
    limits: Mapping[str, Any]

    def limit(self, name: str) -> float:
        """A threshold."""
        return float(self.limits[name])

    @property
    def calculator(self) -> Calculator:
        """The function that looks."""
        module = import_module(f"{__package__}.calculators.{self.name.replace('-', '_')}")
        return cast("Calculator", module.check)

    def found(self, finding: Finding, where: str, started: float) -> HealthCheck:
        """A finding under the name of this check; `started` is a moment of time.perf_counter."""
        return HealthCheck(
            self.name,
            self.section,
            self.unit,
            where,
            finding.result,
            finding.message,
            finding.number,
            finding.threshold,
            finding.away,
            finding.details,
            time.perf_counter() - started,
        )


@cache
def specs() -> Mapping[str, Spec]:
    """All checks by name, in the order in which they are told."""
    return {name: _spec(name, dict(entry)) for name, entry in _file()["checks"].items()}


@cache
def sections() -> Mapping[str, str]:
    """The headings by the name of their section."""
    return dict(_file()["sections"])


def _spec(name: str, entry: dict[str, Any]) -> Spec:
    common = {key: entry.pop(key) for key in ("section", "place", "unit", "seconds")}
    return Spec(name, limits=entry, **common)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("checks.toml").read_text("utf-8"))
