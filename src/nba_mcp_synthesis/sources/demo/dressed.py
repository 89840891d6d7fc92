"""Who is dressed for which game: trades take effect, and the absent stay away."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from nba_mcp_synthesis.sources.demo.careers import Squads
from nba_mcp_synthesis.sources.demo.lineup import Sheet
from nba_mcp_synthesis.sources.demo.parameters import parameters, stream
from nba_mcp_synthesis.sources.demo.schedule import Fixture
from nba_mcp_synthesis.sources.demo.traits import Traits, league_level, traits

_DRESSED: Final = 13
_FEWEST: Final = 9  # with fewer able to play, the best of the absent play all the same

_Absences = dict[int, list[tuple[date, date]]]


class Match(NamedTuple):
    """A game with the two teams that play it."""

    fixture: Fixture
    home: Sheet
    away: Sheet


def matches(season: Squads, games: list[Fixture], seed: int) -> Iterator[Match]:
    """The games in order of dates, each with the teams as they are on its day."""
    level = league_level(player for squad in season.teams.values() for player in squad)
    squads = {
        team_id: {player.player_id: traits(player, level) for player in squad}
        for team_id, squad in season.teams.items()
    }
    styles = _styles(season, stream(seed, season.year, "styles"))
    absences = _absences(season, games, stream(seed, season.year, "absences"))
    swaps = list(season.swaps)
    for game in games:
        while swaps and swaps[0].day <= game.day:
            swap = swaps.pop(0)
            _trade(squads, swap.first.player_id, swap.second.player_id)
        home, away = (
            Sheet(team_id, *styles[team_id], _dressed(squads[team_id], absences, game.day))
            for team_id in (game.home_id, game.away_id)
        )
        yield Match(game, home, away)


def _styles(season: Squads, rng: Random) -> dict[int, tuple[float, float]]:
    """(seconds that a play is longer, more threes in the exponent) of each team; means are 0."""
    play = parameters("play")
    pace = _around_zero(rng, play["team_pace_sd"], len(season.teams))
    threes = _around_zero(rng, play["team_threes_sd"], len(season.teams))
    return dict(zip(season.teams, zip(pace, threes, strict=True), strict=True))


def _around_zero(rng: Random, deviation: float, count: int) -> list[float]:
    drawn = [rng.gauss(0, deviation) for _ in range(count)]
    return [value - math.fsum(drawn) / count for value in drawn]


def _absences(season: Squads, games: list[Fixture], rng: Random) -> _Absences:
    """First and last days away, by player."""
    health = parameters("health")
    first, last = games[0].day, games[-1].day
    found: _Absences = {}
    for player in (player for squad in season.teams.values() for player in squad):
        day, mean_gap = first, (last - first).days / health["stretches"]
        while (day := day + timedelta(days=rng.expovariate(1 / mean_gap))) <= last:
            back = day + timedelta(days=rng.expovariate(1 / health["days"]))
            found.setdefault(player.player_id, []).append((day, back))
            day = back
    return found


def _trade(squads: dict[int, dict[int, Traits]], first: int, second: int) -> None:
    one = next(squad for squad in squads.values() if first in squad)
    other = next(squad for squad in squads.values() if second in squad)
    other[first], one[second] = one.pop(first), other.pop(second)


def _dressed(squad: dict[int, Traits], absences: _Absences, day: date) -> tuple[Traits, ...]:
    """Best first; those who are away only where too few are left."""
    best = sorted(squad.values(), key=lambda player: player.value, reverse=True)
    able = [p for p in best if not any(a <= day <= b for a, b in absences.get(p.player_id, ()))]
    able += [p for p in best if p not in able][: max(0, _FEWEST - len(able))]
    return tuple(able[:_DRESSED])
