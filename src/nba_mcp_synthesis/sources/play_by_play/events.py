"""Events of a game as every feed hands them over, and the values that all feeds read alike."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import TypeVar

from nba_mcp_synthesis.sources.values import Row, RowError, count, optional, text

T = TypeVar("T")

_CLOCK = re.compile(r"(?:PT)?(\d{1,2})[:M](\d{1,2}(?:\.\d+)?)S?", re.ASCII)


@dataclass(slots=True)
class Event:
    """One event; the fields are those of play_by_play, and `nba_event_num` tells it from the others.

    Scores are empty where the feed gives none with the event, and so is the kind of a rebound.
    """

    nba_event_num: int
    period: int
    clock_seconds: float
    event_type: str
    event_subtype: str | None = None
    team_id: int | None = None
    player_id: int | None = None
    assist_player_id: int | None = None
    block_player_id: int | None = None
    steal_player_id: int | None = None
    fouled_player_id: int | None = None
    sub_in_player_id: int | None = None
    is_made: bool | None = None
    shot_value: int | None = None
    x: float | None = None
    y: float | None = None
    home_score: int | None = None
    away_score: int | None = None
    description: str | None = None


COLUMNS = tuple(field.name for field in fields(Event))


def each(rows: Iterable[Row], make: Callable[[Row], T], rejected: Counter[str]) -> list[T]:
    """What `make` makes of each row, without those that it refuses."""
    made = []
    for row in rows:
        try:
            made.append(make(row))
        except RowError as error:
            rejected[str(error)] += 1
    return made


def moment(row: Row, period: str, clock: str) -> tuple[int, float]:
    """Period, and seconds left in it: from `11:18`, `00:09.7` or `PT11M18.00S`."""
    number, match = count(row, period), _CLOCK.fullmatch(text(row, clock))
    if match is None:
        raise RowError(f"{clock} is not a clock such as 11:18")
    seconds = int(match[1]) * 60 + float(match[2])
    if number < 1 or seconds > (720 if number <= 4 else 300):
        raise RowError(f"{clock} is no time of the period")
    return number, seconds


def person(row: Row, name: str) -> int | None:
    """An id, or None where the feed writes 0 or nothing for nobody."""
    return optional(count, row, name) or None
