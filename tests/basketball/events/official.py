"""Published box scores of the recorded games, from the three layouts in which they were recorded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from nba_mcp_synthesis.basketball.events.counts import COUNTS
from nba_mcp_synthesis.schema.arrow import arrow_schema
from sources.play_by_play.recorded import events_of

V3_NAMES = (
    "fieldGoalsMade", "fieldGoalsAttempted", "threePointersMade", "threePointersAttempted", "freeThrowsMade",
    "freeThrowsAttempted", "reboundsOffensive", "reboundsDefensive", "reboundsTotal", "assists", "steals",
    "blocks", "turnovers", "foulsPersonal", "points",
)  # fmt: skip
DETAILS = "pbpstats_samples/game_details"
# A recording of the events of each game that has a published box score.
PUBLISHED = {
    "v2": f"{DETAILS}/stats_boxscore_0021600270.json",
    "data": f"{DETAILS}/stats_boxscore_0021600270.json",
    "v2 technical": f"{DETAILS}/stats_boxscore_0022100732.json",
    "live": f"{DETAILS}/live_0022000001.json",
    "v3 cassette": "nba_api_recorded/cassettes/smoke/test_endpoints[BoxScoreTraditionalV3].yaml",
}
PLAYERS = {"v2": 19, "data": 19, "v2 technical": 22, "live": 28, "v3 cassette": 19}


@dataclass(frozen=True)
class Line:
    """One player: his counts by column, seconds on the court and plus-minus."""

    counts: Mapping[str, int]
    seconds: float
    plus_minus: int


def game(real_data: Path, recording: str) -> pa.Table:
    """Rows of play_by_play of a recording."""
    return pa.Table.from_pylist(events_of(real_data, recording), schema=arrow_schema("play_by_play"))


def published(real_data: Path, recording: str) -> dict[int, Line]:
    """Lines of all who were on the court, by player id."""
    document = document_of(real_data / PUBLISHED[recording])
    if "resultSets" in document:
        return _v2(document["resultSets"][0])
    return _v3(document.get("game") or document["boxScoreTraditional"])


def document_of(path: Path) -> Any:
    """A JSON document, or the answer in a cassette that holds one."""
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        return json.loads(text)
    return json.loads(yaml.safe_load(text)["interactions"][0]["response"]["body"]["string"])


def _v2(table: Any) -> dict[int, Line]:
    rows = [dict(zip(table["headers"], values, strict=True)) for values in table["rowSet"]]
    names = {"tov": "TO"}
    return {
        row["PLAYER_ID"]: Line(
            {name: row[names.get(name, name.upper())] for name in COUNTS},
            _seconds(row["MIN"]),
            int(row["PLUS_MINUS"]),
        )
        for row in rows
        if row["MIN"]
    }


def _v3(document: Any) -> dict[int, Line]:
    players = [player for side in ("homeTeam", "awayTeam") for player in document[side]["players"]]
    return {
        player["personId"]: Line(
            {name: stats[key] for name, key in zip(COUNTS, V3_NAMES, strict=True)},
            _seconds(stats["minutes"]),
            int(stats["plusMinusPoints"]),
        )
        for player in players
        if _seconds((stats := player["statistics"])["minutes"])
    }


def _seconds(minutes: str) -> float:
    """From `36:42` or `PT36M42.00S`; 0 for nothing."""
    whole, _, rest = minutes.removeprefix("PT").removesuffix("S").replace("M", ":").partition(":")
    return int(whole or 0) * 60 + float(rest or 0)
