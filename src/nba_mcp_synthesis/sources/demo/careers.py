"""Careers from year to year: ageing, retirement, the draft, places on the teams and trades."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.sources.demo.parameters import parameters, stream
from nba_mcp_synthesis.sources.demo.people import ROLES, Newcomers, Player, gain, value
from nba_mcp_synthesis.sources.demo.schedule import trade_deadline

# The league is founded with newcomers only and has ordinary careers long before FIRST_YEAR.
# Both are fixed so that a season is the same whatever number of seasons is asked for.
_FOUNDED = 1970
FIRST_YEAR = 1986
_PLACES = 3  # on each team for each role: fifteen players
_NUMBERS = ("0", "00", *(str(n) for n in range(1, 56)), "77", "88", "91", "99")


@dataclass(frozen=True, slots=True)
class Swap:
    """A trade of two players; each goes from his team to the other's from `day` on."""

    day: date
    first: Player
    second: Player


@dataclass(frozen=True, slots=True)
class Squads:
    """The teams of one season as it starts (by team id), and what is traded during it."""

    year: int
    teams: dict[int, tuple[Player, ...]]
    swaps: tuple[Swap, ...]


def squads(seed: int) -> Iterator[Squads]:
    """The teams of every season from FIRST_YEAR on, without end."""
    league = _League(seed)
    year = _FOUNDED
    while True:
        league.summer(year)
        season = league.season(year)
        if year >= FIRST_YEAR:
            yield season
        year += 1


class _League:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._newcomers = Newcomers()
        self._teams: dict[int, list[Player]] = {team.team_id: [] for team in teams()}

    def summer(self, year: int) -> None:
        """All that happens before the season of `year`."""
        rng = stream(self._seed, year, "summer")
        for team_id, players in self._teams.items():
            older = (_older(rng, player, year) for player in players)
            self._teams[team_id] = [player for player in older if not _retires(rng, player, year)]
        self._draft(rng, year)
        for team_id in self._teams:
            self._fill(rng, team_id, year)
        for _ in range(parameters("trades")["summer"]):
            self._swap(rng)

    def season(self, year: int) -> Squads:
        """The season's teams; its trades are done afterwards."""
        start = {team_id: tuple(players) for team_id, players in self._teams.items()}
        rng = stream(self._seed, year, "trades")
        first = date(year, 12, 15)
        span = (trade_deadline(year) - first).days + 1
        days = sorted(rng.randrange(span) for _ in range(parameters("trades")["season"]))
        swaps = [Swap(first + timedelta(days=n), *pair) for n in days if (pair := self._swap(rng))]
        return Squads(year, start, tuple(swaps))

    def _draft(self, rng: Random, year: int) -> None:
        worst_first = sorted(self._teams, key=self._strength)
        for pick in range(1, parameters("draft")["picks"] + 1):
            player = self._newcomers.make(rng, year, rng.choice(ROLES), pick)
            self._join(rng, worst_first[(pick - 1) % len(worst_first)], player)

    def _fill(self, rng: Random, team_id: int, year: int) -> None:
        """Keep the best of each role and sign undrafted newcomers where there are too few."""
        squad, self._teams[team_id] = self._teams[team_id], []
        for role in ROLES:
            able = [player for player in squad if player.role == role]
            able.sort(key=lambda player: _prospect(player, year), reverse=True)
            self._teams[team_id] += able[:_PLACES]
        for role in ROLES:
            for _ in range(_PLACES - sum(p.role == role for p in self._teams[team_id])):
                self._join(rng, team_id, self._newcomers.make(rng, year, role))

    def _strength(self, team_id: int) -> float:
        """Value of the eight best."""
        return math.fsum(sorted((player.value for player in self._teams[team_id]), reverse=True)[:8])

    def _swap(self, rng: Random) -> tuple[Player, Player] | None:
        """Two players of one role change teams; None when the two teams drawn find no match.

        The stronger team may be the one that gains more: good players seek good teams.
        """
        weak, strong = sorted(rng.sample(list(self._teams), 2), key=self._strength)
        first = rng.choice(self._teams[weak])
        trades = parameters("trades")
        partners = [
            player
            for player in self._teams[strong]
            if player.role == first.role
            and -trades["even"] <= first.value - player.value <= trades["ambition"]
        ]
        if not partners:
            return None
        second = rng.choice(partners)
        self._teams[weak].remove(first)
        self._teams[strong].remove(second)
        return self._join(rng, strong, first), self._join(rng, weak, second)

    def _join(self, rng: Random, team_id: int, player: Player) -> Player:
        """Put a player on a team, with his number or a free one."""
        taken = {mate.jersey for mate in self._teams[team_id]}
        if not player.jersey or player.jersey in taken:
            player = replace(player, jersey=rng.choice([n for n in _NUMBERS if n not in taken]))
        self._teams[team_id].append(player)
        return player


def _older(rng: Random, player: Player, year: int) -> Player:
    """The player a year later."""
    ageing = parameters("ageing")
    step = gain(player.age(year))
    bodily = step * ageing["body_loss"] if step < 0 else step
    ratings = tuple(
        rating + (bodily if spec["body"] else step) + rng.gauss(0, ageing["noise"])
        for rating, spec in zip(player.ratings, parameters("ratings").values(), strict=True)
    )
    return replace(player, ratings=ratings, value=value(ratings, player.role))


def _retires(rng: Random, player: Player, year: int) -> bool:
    ageing = parameters("ageing")
    years_over = player.age(year) - ageing["retire_from"] + 1
    return bool(rng.random() < years_over * ageing["retire_step"])


def _prospect(player: Player, year: int) -> float:
    """Value with something added for youth."""
    youth = max(0, 25 - player.age(year))
    return player.value + float(parameters("ageing")["youth_worth"]) * youth
