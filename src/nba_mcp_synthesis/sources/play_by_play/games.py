"""The way of a game's events to rows of play_by_play, whichever feed tells them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.play_by_play.events import COLUMNS, Event
from nba_mcp_synthesis.sources.play_by_play.gaps import gaps
from nba_mcp_synthesis.sources.play_by_play.scores import carry_scores
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.values import Record, Row, RowError

Games = Sequence[tuple[object, Sequence[Row]]]
MakeEvents = Callable[[Sequence[Row], Counter[str]], list[Event]]

_REBOUNDS = re.compile(r"\(Off:(\d+) Def:(\d+)\)")
_GREW = {(1, 0): "offensive", (0, 1): "defensive"}


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


def _records(shared: Record, events: Sequence[Event], rejected: Counter[str]) -> list[Record]:
    """The events in the order of the game, numbered from 1, with scores and kinds of rebounds."""
    by_number: dict[int, Event] = {}
    for event in events:
        if by_number.setdefault(event.nba_event_num, event) is not event:
            rejected["an earlier row is about the same event"] += 1
    # The feeds put late corrections at the place where they were typed; the clock knows better.
    ordered = sorted(by_number.values(), key=lambda event: (event.period, -event.clock_seconds))
    rejected.update(gaps(ordered))
    if jumps := carry_scores(ordered):
        rejected["the score is another than the points until then"] += jumps
    _tell_rebounds(ordered)
    return [
        {**shared, "event_num": place, **{name: getattr(event, name) for name in COLUMNS}}
        for place, event in enumerate(ordered, start=1)
    ]


def _tell_rebounds(events: Iterable[Event]) -> None:
    """A player's rebound is of the kind of which he then has one more; any other follows from who missed."""
    counted: dict[int, tuple[int, int]] = {}
    missed_by: int | None = None
    for event in events:
        if event.is_made is False:
            missed_by = event.team_id
        if event.event_type != "rebound" or event.event_subtype is not None:
            continue
        event.event_subtype = "offensive" if event.team_id == missed_by else "defensive"
        counts = _REBOUNDS.search(event.description or "")
        if event.player_id is not None and counts:
            now, before = (int(counts[1]), int(counts[2])), counted.get(event.player_id, (0, 0))
            grown = (now[0] - before[0], now[1] - before[1])
            event.event_subtype = _GREW.get(grown, event.event_subtype)
            counted[event.player_id] = now
