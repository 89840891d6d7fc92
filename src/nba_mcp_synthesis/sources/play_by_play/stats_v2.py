"""PlayByPlay (V2) of stats.nba.com: a row an event, with codes and up to three people."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.play_by_play.events import Event, each, moment, person
from nba_mcp_synthesis.sources.play_by_play.games import read_games
from nba_mcp_synthesis.sources.play_by_play.vocabulary import kind_of_code, type_of
from nba_mcp_synthesis.sources.rows import check_columns
from nba_mcp_synthesis.sources.stats_api import is_cassette, recorded_answers, recorded_queries, result_sets
from nba_mcp_synthesis.sources.values import Row, RowError, count, optional, team, text

ENDPOINT = "playbyplayv2"
RESULT_SET = "PlayByPlay"
DESCRIPTIONS = ("HOMEDESCRIPTION", "NEUTRALDESCRIPTION", "VISITORDESCRIPTION")
COLUMNS = (
    "GAME_ID", "EVENTNUM", "EVENTMSGTYPE", "EVENTMSGACTIONTYPE", "PERIOD", "PCTIMESTRING", "SCORE",
    *DESCRIPTIONS,
    *(name.format(n) for n in "123" for name in ("PERSON{}TYPE", "PLAYER{}_ID", "PLAYER{}_TEAM_ID")),
)  # fmt: skip
# PERSONnTYPE: what the id in PLAYERn_ID is the id of; other values are coaches, officials and nobody.
TEAMS, PLAYERS = (2, 3), (4, 5)
# Which of the three people is whom, by type of event.
OTHERS = {
    "made_shot": {"assist_player_id": 2},
    "missed_shot": {"block_player_id": 3},
    "turnover": {"steal_player_id": 2},
    "foul": {"fouled_player_id": 2},
    "substitution": {"sub_in_player_id": 2},
}
_SCORE = re.compile(r"(\d+) - (\d+)", re.ASCII)


class PlayByPlayV2:
    """An answer as plain JSON or in a cassette."""

    name = "play_by_play_v2"

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the name of the result set."""
        if is_cassette(file):
            return bool(recorded_queries(file, ENDPOINT))
        return RESULT_SET in result_sets(file.json)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `play_by_play`."""
        found = (result_sets(answer).get(RESULT_SET) for answer in _answers(file))
        tables = [_rows(file, table) for table in found]
        games = [(next(filter(None, rows), {}).get("GAME_ID"), rows) for rows in tables if rows]
        return read_games(self.name, file, games, _events)


def _answers(file: SourceFile) -> list[Any]:
    if is_cassette(file):
        return [answer for _, answer in recorded_answers(file, ENDPOINT)]
    return [file.json]


def _rows(file: SourceFile, table: dict[str, Any] | None) -> list[Row]:
    if table is None or not isinstance(table["rowSet"], list):
        raise SourceError(f"{file.label} holds no {RESULT_SET} of headers and rows.")
    headers = table["headers"] if isinstance(table["headers"], list) else []
    check_columns(file, headers, COLUMNS)
    return [_row(headers, values) for values in table["rowSet"]]


def _row(headers: list[str], values: Any) -> Row:
    """A row by its columns; an empty one where they do not fit each other."""
    fits = isinstance(values, list) and len(values) == len(headers)
    return dict(zip(headers, values, strict=True)) if fits else {}


def _events(rows: Sequence[Row], rejected: Counter[str]) -> list[Event]:
    game_id = next(filter(None, rows), {}).get("GAME_ID")

    def make(row: Row) -> Event:
        if not row:
            raise RowError("the row has not one value for each column")
        if row.get("GAME_ID") != game_id:
            raise RowError("GAME_ID is another than in the first row")
        return _event(row)

    return each(rows, make, rejected)


def _event(row: Row) -> Event:
    event_type, code = type_of("code", count(row, "EVENTMSGTYPE")), count(row, "EVENTMSGACTIONTYPE")
    words = " ".join(text(row, name) for name in DESCRIPTIONS if row.get(name))
    main = 3 if event_type == "jump_ball" else 1  # who got the ball
    event = Event(
        count(row, "EVENTNUM"),
        *moment(row, "PERIOD", "PCTIMESTRING"),
        event_type,
        kind_of_code(event_type, code, words),
        team_id=_team(row, main),
        player_id=_player(row, main),
        description=words or None,
    )
    for name, place in OTHERS.get(event_type, {}).items():
        setattr(event, name, _player(row, place))
    if event_type == "free_throw":
        event.is_made, event.shot_value = "MISS " not in words, 1
    if event_type in ("made_shot", "missed_shot"):
        event.is_made, event.shot_value = event_type == "made_shot", 3 if " 3PT " in words else 2
    event.away_score, event.home_score = _score(row)
    return event


def _player(row: Row, place: int) -> int | None:
    is_player = row.get(f"PERSON{place}TYPE") in PLAYERS
    return person(row, f"PLAYER{place}_ID") if is_player else None


def _team(row: Row, place: int) -> int | None:
    if row.get(f"PERSON{place}TYPE") in TEAMS:
        return team(row, f"PLAYER{place}_ID")
    return optional(team, row, f"PLAYER{place}_TEAM_ID")


def _score(row: Row) -> tuple[int | None, int | None]:
    """Visitor's and host's points, as this feed orders them."""
    written = optional(text, row, "SCORE")
    if written is None:
        return None, None
    match = _SCORE.fullmatch(written)
    if match is None:
        raise RowError("SCORE is not written like 12 - 10")
    return int(match[1]), int(match[2])
