"""Asking the levels in order, and keeping of each secret what the first of them has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.records import Finding, Held, Level


@dataclass(frozen=True, slots=True)
class Gathered:
    """What all levels gave: `held` is used, `shadowed` lies beneath it."""

    held: Mapping[str, Held] = field(default_factory=dict)
    shadowed: tuple[Held, ...] = ()
    findings: tuple[Finding, ...] = ()

    def count(self, level: str) -> int:
        """How many secrets of a level are used."""
        return sum(held.level == level for held in self.held.values())


def gather(levels: Sequence[Level], manifest: Manifest) -> Gathered:
    """Asks each level; costly ones only for what the earlier ones lack."""
    held: dict[str, Held] = {}
    shadowed: list[Held] = []
    findings: list[Finding] = []
    for level in levels:
        wanted = [name for name in manifest.specs if not (level.costly and name in held)]
        reading = level.read(wanted)
        findings += reading.findings
        shadowed += [one for one in reading.held if held.setdefault(one.name, one) is not one]
    return Gathered(held, tuple(shadowed), tuple(findings))
