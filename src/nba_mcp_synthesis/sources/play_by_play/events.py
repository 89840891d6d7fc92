"""Events of a game as every feed hands them over, and their way to rows of play_by_play."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.values import Record, Row, RowError, count, optional, text

T = TypeVar("T")

_CLOCK = re.compile(r"(?:PT)?(\d{1,2})[:M](\d{1,2}(?:\.\d+)?)S?", re.ASCII)
_REBOUNDS = re.compile(r"\(Off:(\d+) Def:\d+\)")


@dataclass(slots=True)
class Event:
    """One event; the fields are those of play_by_play, save that `number` is unique in the feed.

    Scores are empty where the feed gives none with the event, and so is the kind of a rebound.
    """

    number: int
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


COLUMNS = tuple(field.name for field in fields(Event))[1:]
Games = Sequence[tuple[object, Sequence[Row]]]
MakeEvents = Callable[[Sequence[Row], Counter[str]], list[Event]]


def read_games(source: str, file: SourceFile, games: Games, make: MakeEvents) -> Reading:
    """Rows of play_by_play of games given as (game id, rows of the feed)."""
    rejected: Counter[str] = Counter()
    records: dict[str, list[Record]] = {}
    for game, rows in games:
        try:
            game_id, season, season_type = season_of_game(file, {"game id": game}, "game id")
        except RowError as error:
            rejected[str(error)] += len(rows)
            continue
        if game_id in records:
            rejected["an earlier answer is about the same game"] += len(rows)
            continue
        events = make(rows, rejected)
        if all(event.team_id is None for event in events):
            rejected["no event of the game is of one of the thirty teams"] += len(events)
            continue
        shared: Record = {"game_id": game_id, "season": season, "season_type": season_type}
        records[game_id] = _records(shared, events, rejected)
    batches = tuple(batch("play_by_play", game) for game in records.values())
    return Reading(source, batches, sum(len(rows) for _, rows in games), rejected)


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


def _records(shared: Record, events: Sequence[Event], rejected: Counter[str]) -> list[Record]:
    """The events in the order of the game, numbered from 1, with scores and kinds of rebounds."""
    by_number: dict[int, Event] = {}
    for event in events:
        if by_number.setdefault(event.number, event) is not event:
            rejected["an earlier row is about the same event"] += 1
    # The feeds put late corrections at the place where they were typed; the clock knows better.
    ordered = sorted(by_number.values(), key=lambda event: (event.period, -event.clock_seconds))
    _carry_score(ordered)
    _tell_rebounds(ordered)
    return [
        {**shared, "event_num": place, **{name: getattr(event, name) for name in COLUMNS}}
        for place, event in enumerate(ordered, start=1)
    ]


def _carry_score(events: Iterable[Event]) -> None:
    """Every event gets the score after it; a score never falls."""
    home = away = 0
    for event in events:
        home, away = max(home, event.home_score or 0), max(away, event.away_score or 0)
        event.home_score, event.away_score = home, away


def _tell_rebounds(events: Iterable[Event]) -> None:
    """A player's rebound is offensive when his count of those grew, a team's after its own miss."""
    offensive: Counter[int] = Counter()
    missed_by: int | None = None
    for event in events:
        if event.event_type == "missed_shot" or event.is_made is False:
            missed_by = event.team_id
        if event.event_type != "rebound" or event.event_subtype is not None:
            continue
        counted = _REBOUNDS.search(event.description or "")
        is_offensive = event.team_id == missed_by
        if event.player_id is not None and counted:
            is_offensive = int(counted[1]) > offensive[event.player_id]
            offensive[event.player_id] = max(offensive[event.player_id], int(counted[1]))
        event.event_subtype = "offensive" if is_offensive else "defensive"
