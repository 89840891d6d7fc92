"""Games played, as tables of events and shots and as box scores; this part runs in parallel."""

from typing import NamedTuple

import pyarrow as pa

from nba_mcp_synthesis.schema import court
from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.schema.seasons import SeasonType, game_id, season_from_start
from nba_mcp_synthesis.sources.demo.boxscore import Box, box_score
from nba_mcp_synthesis.sources.demo.dressed import Match
from nba_mcp_synthesis.sources.demo.events import Event
from nba_mcp_synthesis.sources.demo.game import play_game
from nba_mcp_synthesis.sources.demo.parameters import stream
from nba_mcp_synthesis.sources.demo.schedule import Fixture
from nba_mcp_synthesis.sources.demo.wording import Names, describe

REGULAR: SeasonType = "Regular Season"


class Task(NamedTuple):
    """Some games of one season to play; `names` are those of all players and teams by id."""

    seed: int
    year: int
    matches: list[Match]
    names: Names


class Played(NamedTuple):
    """What a task gives: tables in canonical form, and a box score a game."""

    play_by_play: pa.Table
    shots: pa.Table
    boxes: list[tuple[Fixture, Box]]


def play_games(task: Task) -> Played:
    """Play the games; each has random numbers of its own, so that their grouping is no matter."""
    events: dict[str, list[object]] = {}
    shots: dict[str, list[object]] = {}
    boxes = []
    for game, home, away in task.matches:
        rng = stream(task.seed, task.year, f"game {game.number}")
        played = play_game(rng, home, away)
        _extend(events, _event_columns(task, game, played))
        _extend(shots, _shot_columns(task, game, played))
        boxes.append((game, box_score(played, game.home_id, game.away_id)))
    return Played(to_arrow("play_by_play", events), to_arrow("shots", shots), boxes)


def id_of(year: int, game: Fixture) -> str:
    """The game's id in the form of the NBA's."""
    return game_id(season_from_start(year), REGULAR, game.number)


def _extend(columns: dict[str, list[object]], more: dict[str, list[object]]) -> None:
    for name, values in more.items():
        columns.setdefault(name, []).extend(values)


def _event_columns(task: Task, game: Fixture, events: list[Event]) -> dict[str, list[object]]:
    count = len(events)
    columns: dict[str, list[object]] = {
        "season": [season_from_start(task.year)] * count,
        "season_type": [REGULAR] * count,
        "game_id": [id_of(task.year, game)] * count,
        "event_num": list(range(1, count + 1)),
    }
    for name, values in zip(Event._fields, zip(*events, strict=True), strict=True):
        columns[name] = list(values)
    columns["description"] = [describe(event, task.names) for event in events]
    return columns


def _shot_columns(task: Task, game: Fixture, events: list[Event]) -> dict[str, list[object]]:
    identity = id_of(task.year, game)
    shots = [
        (number, event, event.x, event.y)
        for number, event in enumerate(events, 1)
        if event.x is not None and event.y is not None
    ]
    count = len(shots)
    return {
        "season": [season_from_start(task.year)] * count,
        "season_type": [REGULAR] * count,
        "shot_id": [f"{identity}-{number}" for number, *_ in shots],
        "game_id": [identity] * count,
        "game_date": [game.day] * count,
        "event_num": [number for number, *_ in shots],
        "player_id": [event.player_id for _, event, *_ in shots],
        "team_id": [event.team_id for _, event, *_ in shots],
        "period": [event.period for _, event, *_ in shots],
        "clock_seconds": [event.clock_seconds for _, event, *_ in shots],
        "x": [x for *_, x, _ in shots],
        "y": [y for *_, y in shots],
        "distance_ft": [court.distance_ft(x, y) for *_, x, y in shots],
        "zone": [court.zone(x, y) for *_, x, y in shots],
        "shot_value": [court.shot_value(x, y) for *_, x, y in shots],
        "is_made": [event.is_made for _, event, *_ in shots],
    }
