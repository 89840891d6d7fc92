"""Plays of a team: attempts, trips to the free-throw line that end a possession, and turnovers.

The last of two or three free throws ends a trip. An extra free throw after a basket ends no more
than the basket did; after technical, flagrant and clear-path fouls the ball stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.basketball.events.lineups import Stint, time_of

Row = Mapping[str, Any]
SHOTS = ("made_shot", "missed_shot")
LAST_OF_A_TRIP = ("2 of 2", "3 of 3")


@dataclass(frozen=True, slots=True)
class Play:
    """One play, with the time at which the team had got the ball and the time of the play itself."""

    team_id: int
    player_id: int | None
    period: int
    begin: float
    end: float

    def is_shared_by(self, stint: Stint) -> bool:
        """Whether a player of the team was on the court at some time since it had the ball."""
        meets = stint.start <= self.end and stint.end > self.begin
        return (stint.team_id, stint.period) == (self.team_id, self.period) and meets


def plays(events: Sequence[Row]) -> list[Play]:
    """All plays of a game, from its rows of play_by_play in order."""
    found = []
    begin = 0.0
    for event in events:
        if is_trip(event) or event["event_type"] in (*SHOTS, "turnover"):
            who = event["team_id"], event["player_id"]
            found.append(Play(*who, event["period"], begin, time_of(event)))
        if _gives_the_ball(event):
            begin = time_of(event)
    return found


def is_trip(event: Row) -> bool:
    """Whether an event ends a trip to the free-throw line."""
    return event["event_type"] == "free_throw" and event["event_subtype"] in LAST_OF_A_TRIP


def _gives_the_ball(event: Row) -> bool:
    """Whether the other team, or either at the start of a period, has the ball afterwards."""
    kind, subtype = event["event_type"], event["event_subtype"]
    if kind == "free_throw":
        return bool(event["is_made"]) and subtype in (*LAST_OF_A_TRIP, "1 of 1")
    return kind in ("made_shot", "turnover", "period_start") or (kind, subtype) == ("rebound", "defensive")
