"""What a measure is."""

import math
from dataclasses import dataclass

from nba_mcp_synthesis.basketball.matches import Kind

_SEASON_GAMES = 82


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Who is ranked: players with at least `minimum` of the base count `count` in 82 games."""

    count: str
    minimum: int
    why: str

    def scaled(self, games: int) -> int:
        """The minimum where the busiest team has played `games`: more or fewer than a season's 82."""
        return math.ceil(self.minimum * games / _SEASON_GAMES)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `formulas` holds its formula for each kind of thing that has it.

    Values with the unit `percent` are fractions in SQL and 0-100 in answers. Units besides percent,
    ratio and margin are what is counted. `average` names the measure that gives a count per game.
    An estimate approximates what is published under that name from what is counted; `source` says
    whose formula it is.
    """

    name: str
    label: str
    unit: str
    words: tuple[str, ...]
    formulas: dict[Kind, str]
    definition: str
    decimals: int
    higher_is_better: bool = True
    qualifier: Qualifier | None = None
    is_total: bool = False
    average: str | None = None
    is_estimate: bool = False
    source: str = "NBA"

    @property
    def told(self) -> str:
        """What it is, in a line for people."""
        estimate = " An estimate." if self.is_estimate else ""
        return f"{self.label[0].upper()}{self.label[1:]}: {self.definition}{estimate}"

    @property
    def is_percent(self) -> bool:
        """True when answers give its fractions as 0-100."""
        return self.unit == "percent"

    @property
    def is_counted(self) -> bool:
        """True when a value counts things: `33.5 points per game`."""
        return self.unit not in ("percent", "ratio", "margin")
