"""What the events of a game show to be missing, since one asks for another.

Nothing is left out or mended for it; the report of the file counts it. The NBA's numbers of events show
nothing: in every game many are not used.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from nba_mcp_synthesis.sources.play_by_play.events import Event


def gaps(events: Sequence[Event]) -> Counter[str]:
    """Findings by kind, in the events of one game in order."""
    unmissed, unrebounded = _rebounds(events)
    found = Counter(
        {
            "a rebound without a miss before it": unmissed,
            "a miss without a rebound after it": unrebounded,
            "a substitution without one of its two players": sum(map(_is_half, events)),
            "a period without its start or its end": _open_periods(events),
        }
    )
    return +found  # without those that are 0


def _rebounds(events: Iterable[Event]) -> tuple[int, int]:
    """Rebounds without a miss, and misses without a rebound: even a ball that goes out has one.

    After a miss at the very end of a period some feeds have none.
    """
    is_open, unmissed, unrebounded = False, 0, 0
    for event in events:
        if event.is_made is False:
            unrebounded += is_open
            is_open = True
        elif event.event_type == "rebound":
            unmissed += not is_open
            is_open = False
        elif event.event_type == "period_end":
            is_open = False
    return unmissed, unrebounded


def _is_half(event: Event) -> bool:
    return event.event_type == "substitution" and None in (event.player_id, event.sub_in_player_id)


def _open_periods(events: Iterable[Event]) -> int:
    """Of the four periods and the overtimes that there are."""
    started, ended = (
        {event.period for event in events if event.event_type == kind}
        for kind in ("period_start", "period_end")
    )
    last = max((event.period for event in events), default=0)
    return max(4, last) - len(started & ended)
