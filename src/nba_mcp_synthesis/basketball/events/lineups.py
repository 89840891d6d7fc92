"""Who was on the court, and from when until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from nba_mcp_synthesis.basketball.events.clock import elapsed, length
from nba_mcp_synthesis.basketball.events.starters import (
    Starters,
    after_start,
    seen_to_start,
    stated_starters,
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stint:
    """One stay of a player on the court, at most a period long, in seconds played of the game."""

    team_id: int
    player_id: int
    period: int
    start: float
    end: float

    def covers(self, event: Row) -> bool:
        """Whether an event counts for him.

        What happens at the very time of a substitution is still of those who leave: free throws are
        taken after it, and belong to the foul before it. What happens before the start of a period
        is of those who begin it.
        """
        time = time_of(event)
        begins = self.start == time == elapsed(self.period, length(self.period))
        return event["period"] == self.period and (self.start < time <= self.end or begins)


@dataclass(frozen=True, slots=True)
class Gap:
    """A team and period whose five players could not be told or followed; `seen` are those who started."""

    period: int
    team_id: int
    seen: frozenset[int]
    reason: str

    def __str__(self) -> str:
        """The gap in words."""
        return f"period {self.period}, team {self.team_id}: {self.reason}"


@dataclass(slots=True)
class Lineups:
    """The stints of one game, without those of a team in a period that is among the gaps in `unknown`."""

    stints: list[Stint] = field(default_factory=list)
    unknown: list[Gap] = field(default_factory=list)


def lineups(events: Sequence[Row], known: Starters | None = None) -> Lineups:
    """Stints of all players from the rows of play_by_play of one game, in order.

    Starters of a period are, in this order: those `known` (such as from a recorded rotation), those of
    period_starters.toml, those who must have been there (`seen_to_start`), and where the feed tells
    substitutions between the periods, whoever remained. Where that gives not five players, the team
    has no stints in that period and `unknown` says so.
    """
    found = Lineups()
    game_id = next((event["game_id"] for event in events), "")
    stated = {**stated_starters(game_id), **(known or {})}
    teams = sorted({event["team_id"] for event in events if event["team_id"] is not None})
    periods = [(n, list(rows)) for n, rows in groupby(events, key=lambda event: event["period"])]
    told_between = any(_between(rows) for _, rows in periods)
    for team in teams:
        remaining: frozenset[int] = frozenset()
        for period, rows in periods:
            five = stated.get((period, team)) or seen_to_start(rows, team)
            stayed = _swapped(remaining, _between(rows), team)
            if len(five) < 5 and told_between and five <= stayed:
                five = stayed
            remaining = _follow(found, period, rows, team, five)
    return found


def _between(events: Sequence[Row]) -> list[Row]:
    """Substitutions that the feed writes down before the start of the period."""
    before = events[: len(events) - len(after_start(events))]
    return [event for event in before if event["event_type"] == "substitution"]


def _swapped(players: frozenset[int], substitutions: Iterable[Row], team_id: int) -> frozenset[int]:
    own = [event for event in substitutions if event["team_id"] == team_id]
    out, came = ({event[name] for event in own} for name in ("player_id", "sub_in_player_id"))
    return (players - out) | came


def _follow(
    found: Lineups, period: int, events: Sequence[Row], team_id: int, five: frozenset[int]
) -> frozenset[int]:
    """Adds the stints of a team in a period; gives who was there at its end, nobody when unknown."""
    if len(five) != 5:
        reason = f"{len(five)} players are seen to have started, not 5"
        found.unknown.append(Gap(period, team_id, five, reason))
        return frozenset()
    entered = dict.fromkeys(sorted(five), elapsed(period, length(period)))
    stints = []
    for event in after_start(events):
        if event["event_type"] != "substitution" or event["team_id"] != team_id:
            continue
        out, came, now = event["player_id"], event["sub_in_player_id"], time_of(event)
        if out not in entered or came is None or came in entered:
            reason = f"the substitution in event {event['event_num']} cannot be"
            found.unknown.append(Gap(period, team_id, five, reason))
            return frozenset()
        stints.append(Stint(team_id, out, period, entered.pop(out), now))
        entered[came] = now
    end = elapsed(period, 0)
    stints += [Stint(team_id, player, period, since, end) for player, since in entered.items()]
    found.stints += stints
    return frozenset(entered)


def time_of(event: Row) -> float:
    """Seconds played of the game at an event."""
    return elapsed(event["period"], event["clock_seconds"])
