"""The 1,230 games of a regular season: who meets whom how often, where, and on which day."""

import math
from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import NamedTuple

from nba_mcp_synthesis.schema.teams import Team, teams
from nba_mcp_synthesis.sources.demo.parameters import stream

_LENGTH = 174  # days from the first game to the last
_ALL_STAR_BREAK = range(115, 121)  # days of the season
_DEADLINE = 107
_GAMES_BY_WEEKDAY = (6.0, 10.5, 4.0, 10.5, 8.5, 7.0, 7.5)  # Tuesday first
_SAMPLE = 30


class Fixture(NamedTuple):
    """One game to play; `number` counts from 1 in order of dates."""

    number: int
    day: date
    home_id: int
    away_id: int


def opening_day(year: int) -> date:
    """The Tuesday between 19 and 25 October."""
    first = date(year, 10, 19)
    return first + timedelta(days=(1 - first.weekday()) % 7)


def trade_deadline(year: int) -> date:
    """The Thursday before the All-Star break of the season that starts in `year`."""
    return opening_day(year) + timedelta(days=_DEADLINE)


def fixtures(seed: int, year: int) -> list[Fixture]:
    """The games of a season in order of dates, by the NBA's rules.

    82 games a team, 41 of them at home: four against each team of the division and six others of
    the conference, three against the four that remain, two against the other conference; nobody
    plays twice a day, or three days running where that can be avoided.
    """
    rng = stream(seed, year, "schedule")
    pairs = _pairings(year)
    rng.shuffle(pairs)
    calendar = _Calendar(rng, year)
    placed = sorted((calendar.place(*pair), *pair) for pair in pairs)
    return [
        Fixture(number, opening_day(year) + timedelta(days=day), home, away)
        for number, (day, home, away) in enumerate(placed, 1)
    ]


def _days(year: int) -> list[int]:
    """Days of the season with games: without the All-Star break, Thanksgiving and Christmas Eve."""
    first = opening_day(year)
    thanksgiving = 22 + (3 - date(year, 11, 22).weekday()) % 7
    closed = {(date(year, 11, thanksgiving) - first).days, (date(year, 12, 24) - first).days}
    return [day for day in range(_LENGTH) if day not in closed and day not in _ALL_STAR_BREAK]


def _pairings(year: int) -> list[tuple[int, int]]:
    """(home, away) of every game."""
    return [
        (home.team_id, away.team_id)
        for one, other in combinations(teams(), 2)
        for home, away, games in zip((one, other), (other, one), _hosted(one, other, year), strict=True)
        for _ in range(games)
    ]


def _hosted(one: Team, other: Team, year: int) -> tuple[int, int]:
    """How many games each of two teams hosts when they meet."""
    if one.conference != other.conference:
        return 1, 1
    if one.division == other.division:
        return 2, 2
    if one.division > other.division:
        return _hosted(other, one, year)[::-1]
    # Places in the divisions turn against each other by a step a year: two of the five differences
    # are pairs that meet three times, and each team hosts twice in one of its two such pairs.
    difference = (_place(other) - _place(one) - year) % 5
    return {0: (2, 1), 1: (1, 2)}.get(difference, (2, 2))


def _place(team: Team) -> int:
    return [t.team_id for t in teams() if t.division == team.division].index(team.team_id)


class _Calendar:
    """Days are counted from opening day, which is a Tuesday."""

    def __init__(self, rng: Random, year: int) -> None:
        self._rng = rng
        self._days = _days(year)
        self._games = [0] * _LENGTH
        self._busy: dict[int, set[int]] = defaultdict(set)

    def place(self, home: int, away: int) -> int:
        """The best day of a sample on which both may play, now taken."""
        busy_home, busy_away = self._busy[home], self._busy[away]
        free = [d for d in self._days if d not in busy_home and d not in busy_away]
        fair = [d for d in free if not (_third(busy_home, d) or _third(busy_away, d))]
        choice = self._rng.sample(fair, min(_SAMPLE, len(fair))) or free
        day = min(choice, key=lambda d: self._cost(d, home, away))
        self._games[day] += 1
        busy_home.add(day)
        busy_away.add(day)
        return day

    def _cost(self, day: int, home: int, away: int) -> float:
        crowded = self._games[day] / _GAMES_BY_WEEKDAY[day % 7]
        return crowded + _strain(self._busy[home], day) + _strain(self._busy[away], day)


def _third(busy: set[int], day: int) -> bool:
    """Whether a game on that day would make three days running."""
    before, after = day - 1 in busy, day + 1 in busy
    return (before and (after or day - 2 in busy)) or (after and day + 2 in busy)


def _strain(busy: set[int], day: int) -> float:
    """More when a team plays shortly before and after."""
    return math.fsum(0.35 / abs(n) for n in (-3, -2, -1, 1, 2, 3) if day + n in busy)
