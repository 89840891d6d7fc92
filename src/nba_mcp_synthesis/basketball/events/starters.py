"""Who was on the court when a period began: the events do not say it, but what happens shows it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from nba_mcp_synthesis.basketball.events.clock import elapsed, length

Row = Mapping[str, Any]
Starters = Mapping[tuple[int, int], frozenset[int]]  # by period and team

# What can happen to somebody who is on the bench.
_FROM_THE_BENCH = ("timeout", "other", "period_start", "period_end", "substitution")
_OWN = ("player_id", "assist_player_id")
_OPPONENTS = ("block_player_id", "steal_player_id", "fouled_player_id")


def stated_starters(game_id: str) -> Starters:
    """The starters that period_starters.toml has for a game; none for nearly all."""
    return {
        (int(period), int(team)): frozenset(players)
        for period, teams in _stated().get(game_id, {}).items()
        for team, players in teams.items()
    }


def starters_from_rotation(rows: Iterable[Row]) -> Starters:
    """The starters of every period from rows of GameRotation.

    A row is a stay on the court: TEAM_ID, PERSON_ID, IN_TIME_REAL, OUT_TIME_REAL, the times in tenths
    of a second of play.
    """
    stays = [(row["TEAM_ID"], row["PERSON_ID"], row["IN_TIME_REAL"], row["OUT_TIME_REAL"]) for row in rows]
    last = max((out for *_, out in stays), default=0)
    found: dict[tuple[int, int], frozenset[int]] = {}
    for period in range(1, 100):
        start = elapsed(period, length(period)) * 10
        if start >= last:
            break
        for team in {team for team, *_ in stays}:
            on_court = {who for of, who, came, went in stays if of == team and came <= start < went}
            found[period, team] = frozenset(on_court)
    return found


def seen_to_start(events: Sequence[Row], team_id: int) -> frozenset[int]:
    """Players of a team who act in a period, or leave the court, before they come in.

    `events` are those of one period, in order. All of these started; there may be others who did.
    """
    started: set[int] = set()
    came_in: set[int] = set()
    for event in after_start(events):
        if event["event_type"] == "substitution" and event["team_id"] == team_id:
            started |= {event["player_id"]} - came_in
            came_in.add(event["sub_in_player_id"])
        started |= set(_acting(event, team_id)) - came_in
    return frozenset(started - {None})


def after_start(events: Sequence[Row]) -> Sequence[Row]:
    """The events of a period from its start: a technical foul between the periods comes before it."""
    places = (place for place, event in enumerate(events) if event["event_type"] == "period_start")
    return events[next(places, 0) :]


def _acting(event: Row, team_id: int) -> list[int]:
    if event["event_type"] in _FROM_THE_BENCH or event["team_id"] is None or _is_off_the_ball(event):
        return []
    names = _OWN if event["team_id"] == team_id else _OPPONENTS
    return [event[name] for name in names if event[name] is not None]


def _is_off_the_ball(event: Row) -> bool:
    """Technical fouls and delays of game can come from the bench."""
    kind = event["event_subtype"] or ""
    return (event["event_type"] == "foul" and kind.startswith("technical")) or kind == "delay of game"


@cache
def _stated() -> dict[str, dict[str, dict[str, list[int]]]]:
    folder = files("nba_mcp_synthesis.basketball.events")
    return tomllib.loads(folder.joinpath("period_starters.toml").read_text("utf-8"))
