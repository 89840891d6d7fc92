"""One team in one game: who is on the court, for how long, with how many fouls."""

import math
from bisect import bisect
from itertools import accumulate
from operator import attrgetter
from random import Random
from typing import Final, NamedTuple

from nba_mcp_synthesis.sources.demo.parameters import parameters
from nba_mcp_synthesis.sources.demo.people import ROLES
from nba_mcp_synthesis.sources.demo.traits import Traits, shot_kinds, typical

REGULATION: Final = 2880  # seconds
FOUL_LIMIT: Final = 6
_WHEELS: Final = ("usage", "passing", "oreb", "dreb", "steal", "block", "fouling")
_weights: Final = attrgetter(*_WHEELS)
_FACTORS: Final = ("oreb", "dreb", "steal", "block")
_THREES: Final = ("corner", "above")


class Sheet(NamedTuple):
    """What a team brings to a game: its style, and the players who are dressed, best first."""

    team_id: int
    pace: float
    threes: float
    men: tuple[Traits, ...]


class Man:
    """One dressed player during a game; times are in seconds."""

    __slots__ = ("fouls", "kinds", "play_time", "since", "target", "traits")

    def __init__(self, traits: Traits, threes: float) -> None:
        self.traits = traits
        self.kinds = _kind_wheel(traits, threes)
        self.target = 0.0
        self.fouls = 0
        self.play_time = 0
        self.since: int | None = None

    @property
    def is_out(self) -> bool:
        """Disqualified by fouls."""
        return self.fouls >= FOUL_LIMIT

    def played(self, elapsed: int) -> int:
        """Seconds on the court so far."""
        return self.play_time + (elapsed - self.since if self.since is not None else 0)


def _kind_wheel(traits: Traits, threes: float) -> list[float]:
    """Cumulated shares of the kinds of shots, those for three multiplied by exp(threes)."""
    more = math.exp(threes)
    named = zip(shot_kinds(), traits.shares, strict=True)
    return list(accumulate(s * more if kind.name in _THREES else s for kind, s in named))


class Side:
    """One team during a game. `five` are on the court; wheels choose among them by weight."""

    def __init__(self, sheet: Sheet) -> None:
        self.team_id = sheet.team_id
        self.pace = sheet.pace
        self.men = [Man(traits, sheet.threes) for traits in sheet.men]
        self.team_fouls = 0
        self.late_fouls = 0
        self.starters = best_five(self.men)
        self._set_targets()
        self.five: list[Man] = []
        self._factors: dict[str, float] = {}
        for man in self.starters:
            man.since = 0
        self.put(self.starters)

    def _set_targets(self) -> None:
        """Seconds of a regulation game that each player is meant to play."""
        rotation = parameters("rotation")
        low, high = rotation["starter_range"]
        for man in self.starters:
            extra = rotation["minutes_per_value"] * (man.traits.value - 1)
            man.target = 60 * min(high, max(low, rotation["starter_minutes"] + extra))
        bench = [man for man in self.men if man not in self.starters]
        shares = rotation["bench_shares"][: len(bench)]
        rest = 5 * REGULATION - math.fsum(man.target for man in self.starters)
        for man, share in zip(bench, shares, strict=False):
            man.target = rest * share / math.fsum(shares)

    def put(self, five: list[Man]) -> None:
        """Make these five the line-up."""
        self.five = sorted(five, key=lambda man: man.traits.role)
        players = [man.traits for man in self.five]
        columns = zip(*map(_weights, players), strict=True)
        self._wheels = {name: list(accumulate(column)) for name, column in zip(_WHEELS, columns, strict=True)}
        self._factors = {name: self._wheels[name][-1] / typical(name) for name in _FACTORS}
        self.defence = math.fsum(player.defence for player in players) / 5

    def pick(self, rng: Random, wheel: str) -> Man:
        """One of the five, with the weights of `wheel`."""
        weights = self._wheels[wheel]
        return self.five[bisect(weights, rng.random() * weights[-1], 0, 4)]

    def factor(self, wheel: str) -> float:
        """Weight of the five together, 1 for an average line-up."""
        return self._factors[wheel]

    def swap(self, leaving: Man, entering: Man, elapsed: int) -> None:
        """One player for another."""
        leaving.play_time = leaving.played(elapsed)
        leaving.since = None
        entering.since = elapsed
        self.put([entering if man is leaving else man for man in self.five])


def best_five(men: list[Man], sign: int = 1) -> list[Man]:
    """One man a role, the most valuable that fit (`sign` -1: the least); men come best first."""
    left = list(men)
    five = []
    for role in ROLES:
        chosen = max(left, key=lambda man: sign * man.traits.value - abs(man.traits.role - role))
        left.remove(chosen)
        five.append(chosen)
    return five
