"""Starters whom the events do not show, from published minutes.

Whoever started a period and then neither did anything nor left the court played all of it. So his
published minutes are by that period more than what is known of him, and of nobody else's are they
unless he may have been the one, too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nba_mcp_synthesis.basketball.events.clock import length
from nba_mcp_synthesis.basketball.events.lineups import Lineups, lineups
from nba_mcp_synthesis.basketball.events.starters import Starters

Row = Mapping[str, Any]
# Seconds by which published minutes and those from events may differ in a game.
TOLERANCE = 5


def lineups_with_minutes(events: Sequence[Row], players: Iterable[Row]) -> Lineups:
    """Line-ups of a game from its rows of play_by_play and, where they are not enough, player_game_stats."""
    found = lineups(events)
    if not found.unknown:
        return found
    return lineups(events, starters_from_minutes(found, players))


def starters_from_minutes(found: Lineups, players: Iterable[Row]) -> Starters:
    """The five who started, for every gap that the minutes in rows of player_game_stats close.

    A gap stays where more players than are missing have enough minutes left.
    """
    known: Counter[int] = Counter()
    for stint in found.stints:
        known[stint.player_id] += round(stint.end - stint.start)
    left = {
        (row["team_id"], row["player_id"]): row["minutes"] * 60 - known[row["player_id"]]
        for row in players
        if row["minutes"] is not None
    }
    closed = {}
    for gap in found.unknown:
        enough = length(gap.period) - TOLERANCE
        unseen = {
            who for (team, who), rest in left.items() if team == gap.team_id and rest >= enough
        } - gap.seen
        if len(gap.seen | unseen) == 5:
            closed[gap.period, gap.team_id] = gap.seen | unseen
    return closed
