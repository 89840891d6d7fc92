"""The box score of a game from its events, with the minutes and plus-minus of every player."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from nba_mcp_synthesis.basketball.events.counts import COUNTS, counts
from nba_mcp_synthesis.basketball.events.lineups import Lineups, Stint

Row = Mapping[str, Any]
IDENTITY = ("season", "season_type", "game_id")


def box_score(events: pa.Table, found: Lineups) -> list[dict[str, Any]]:
    """Lines of all players and teams of one game.

    `events` are its rows of play_by_play, `found` its line-ups. A line has the columns of
    player_game_stats (counts, `minutes`, `plus_minus`), `pfd` and `blka`; one without a player_id holds
    what is put down to the team itself. Minutes and plus-minus are empty in a game whose line-ups are
    not wholly known.
    """
    rows = events.to_pylist()
    lines = {(row["team_id"], row["player_id"]): row for row in counts(events).to_pylist()}
    stays: dict[tuple[int, int], list[Stint]] = defaultdict(list)
    for stint in found.stints:
        stays[stint.team_id, stint.player_id].append(stint)
    for team_id, player_id in stays:
        nothing = {name: rows[0][name] for name in IDENTITY} | dict.fromkeys((*COUNTS, "pfd", "blka"), 0)
        lines.setdefault((team_id, player_id), {**nothing, "team_id": team_id, "player_id": player_id})
    return [
        line | _time(rows, stays.get(key, []), is_known=key[1] is not None and not found.unknown)
        for key, line in lines.items()
    ]


def plus_minus(events: Sequence[Row], stints: Sequence[Stint]) -> int:
    """Points of his team minus the opponent's while a player was on the court."""
    total = 0
    for event in events:
        if event["is_made"] and any(stint.covers(event) for stint in stints):
            is_own = event["team_id"] == stints[0].team_id
            total += event["shot_value"] if is_own else -event["shot_value"]
    return total


def _time(events: Sequence[Row], stints: Sequence[Stint], *, is_known: bool) -> dict[str, Any]:
    if not is_known:
        return {"minutes": None, "plus_minus": None}
    seconds = sum(stint.end - stint.start for stint in stints)
    return {"minutes": seconds / 60, "plus_minus": plus_minus(events, stints)}
