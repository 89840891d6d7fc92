"""The score after every event, from those that a feed gives: with all events, or with baskets only."""

from collections.abc import Iterable

from nba_mcp_synthesis.sources.play_by_play.events import Event


def carry_scores(events: Iterable[Event]) -> int:
    """Gives every event of a game in order the score after it; a score never falls.

    Returns how often the feed's score is another than the points until then, counted where the difference
    changes. Events since the feed's last score before that have none, nor have points without one.
    """
    home: int | None = 0
    away: int | None = 0
    points = difference = jumps = 0
    carried: list[Event] = []
    for event in events:
        points += (event.shot_value or 0) if event.is_made else 0
        if event.home_score is not None and event.away_score is not None:
            home, away = max(home or 0, event.home_score), max(away or 0, event.away_score)
            if home + away - points != difference:
                difference, jumps = home + away - points, jumps + 1
                _clear(carried)
            carried.clear()
        else:
            home, away = (None, None) if event.is_made else (home, away)
            carried.append(event)
        event.home_score, event.away_score = home, away
    return jumps


def _clear(events: Iterable[Event]) -> None:
    for event in events:
        event.home_score = event.away_score = None
