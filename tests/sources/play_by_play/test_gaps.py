"""What lacks in a game is told by what is there, and counted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.sources.play_by_play.events import Event
from nba_mcp_synthesis.sources.play_by_play.gaps import gaps
from nba_mcp_synthesis.sources.play_by_play.scores import carry_scores
from sources.play_by_play.recorded import RECORDED
from sources.play_by_play.small_games import changed, rows
from sources.readings import Load, rows_of

SCORE = "the score is another than the points until then"
NO_MISS, NO_REBOUND = "a rebound without a miss before it", "a miss without a rebound after it"
HALF, OPEN = "a substitution without one of its two players", "a period without its start or its end"
PLAIN = {name: path for name, path in RECORDED.items() if path.endswith(".json")}


Told = tuple[str, dict[str, Any]]


def game(*happening: Told) -> list[Event]:
    """Four periods, in the first of which something happens."""
    rest = [(kind, {"period": n}) for n in (2, 3, 4) for kind in ("period_start", "period_end")]
    told: list[Told] = [("period_start", {}), *happening, ("period_end", {}), *rest]
    shared: dict[str, Any] = {"period": 1, "clock_seconds": 0.0}
    return [Event(n, event_type=kind, **{**shared, **more}) for n, (kind, more) in enumerate(told, 1)]


MADE = ("made_shot", {"is_made": True, "shot_value": 3, "home_score": 3, "away_score": 0})
MISS = ("missed_shot", {"is_made": False, "shot_value": 2})
REBOUND: Told = ("rebound", {})
LOST_THROW = ("free_throw", {"is_made": False, "shot_value": 1})
CHANGE = ("substitution", {"player_id": 1, "sub_in_player_id": 2})


@pytest.mark.parametrize(
    ("happening", "found"),
    [
        ((MADE, MISS, REBOUND, CHANGE, LOST_THROW, REBOUND), {}),
        ((MISS, MISS, REBOUND), {NO_REBOUND: 1}),
        ((REBOUND, MISS, REBOUND, REBOUND), {NO_MISS: 2}),
        ((MISS,), {}),  # time ran out
        ((("substitution", {"player_id": 1}),), {HALF: 1}),
        ((("substitution", {"sub_in_player_id": 1}),), {HALF: 1}),
        ((("period_end", {"period": 5}),), {OPEN: 1}),
        ((("foul", {"period": 6}),), {OPEN: 2}),
    ],
)
def test_what_lacks_is_counted(happening: tuple[Told, ...], found: dict[str, int]) -> None:
    """Each kind of finding where something lacks, and none where all is there."""
    assert gaps(game(*happening)) == found


@pytest.mark.parametrize(
    ("given", "jumps", "carried"),
    [
        ([0, None, 3, None], 0, [0, 0, 3, 3]),
        ([0, None, None, None], 0, [0, 0, None, None]),  # three points without a score
        ([0, None, 5, None], 1, [0, None, 5, 5]),  # two points between the first and the third event lack
        ([2, None, 5, 5], 1, [2, 2, 5, 5]),
        ([0, 0, 0, 3], 2, [0, 0, 0, 3]),
    ],
)
def test_scores_between_lost_points_are_open(
    given: list[int | None], jumps: int, carried: list[int | None]
) -> None:
    """Four events, of which the third made three points: a score that they do not explain is counted."""
    shared: dict[str, Any] = {"period": 1, "clock_seconds": 0.0, "event_type": "other"}
    made: list[dict[str, Any]] = [{}, {}, {"is_made": True, "shot_value": 3}, {}]
    events = [
        Event(n, home_score=home, away_score=None if home is None else 0, **shared, **more)
        for n, (home, more) in enumerate(zip(given, made, strict=True))
    ]
    assert carry_scores(events) == jumps
    assert [event.home_score for event in events] == carried


def test_a_game_that_stops_lacks_its_last_periods() -> None:
    """Four periods are played; of one, neither the start nor the end alone is enough."""
    assert gaps(game()[:-3]) == {OPEN: 2}


@pytest.mark.parametrize("recording", PLAIN)
def test_any_lost_basket_of_a_real_game_is_found(real_data: Path, load: Load, recording: str) -> None:
    """Every tenth basket is left out in turn; whatever score is still told is that of the whole game."""
    document = json.loads((real_data / PLAIN[recording]).read_text("utf-8"))
    whole = _scores(load("game.json", json.dumps(document), None))
    feed = recording.partition(" ")[0]
    for place in _places(feed, document, _is_basket[feed])[::10]:
        lost = json.loads(json.dumps(document))
        del _all_rows(feed, lost, place[0])[place[1]]
        reading = load("game.json", json.dumps(lost), None)
        assert reading.rejected[SCORE] >= 1
        assert all(score in (whole[n], (None, None)) for n, score in _scores(reading).items())


def _scores(reading: Any) -> dict[object, tuple[object, object]]:
    return {e["nba_event_num"]: (e["home_score"], e["away_score"]) for e in rows_of(reading, "play_by_play")}


_is_basket: dict[str, Callable[[Any], bool]] = {
    "v2": lambda row: row[2] == 1,
    "data": lambda row: row["etype"] == 1,
    "live": lambda row: row.get("shotResult") == "Made" and row["actionType"] in ("2pt", "3pt"),
    "v3": lambda row: row["actionType"] == "Made Shot",
}


def _all_rows(feed: str, document: Any, period: int) -> list[Any]:
    if feed != "data":
        return rows(feed, document)
    found: list[Any] = document["g"]["pd"][period]["pla"]
    return found


def _places(feed: str, document: Any, fits: Callable[[Any], bool]) -> list[tuple[int, int]]:
    periods = range(len(document["g"]["pd"])) if feed == "data" else [0]
    return [(p, n) for p in periods for n, row in enumerate(_all_rows(feed, document, p)) if fits(row)]


def test_points_without_a_score_leave_it_open(load: Load) -> None:
    """Under another name the live feed's score is not there: it is empty from the first basket on, not 0."""

    def rename(rows: list[Any]) -> None:
        for row in rows:
            row["home"] = row.pop("scoreHome")

    events = rows_of(load("game.json", changed("live", rename), None), "play_by_play")
    assert [event["home_score"] for event in events][:3] == [0, None, None]


def test_live_substitution_of_unknown_direction(load: Load) -> None:
    """Whether somebody came in or went out is not guessed."""
    reading = load("game.json", changed("live", lambda rows: rows[-1].pop("subType")), None)
    assert reading.rejected["a substitution is neither in nor out"] == 1


def test_v3_counts_its_rows(load: Load) -> None:
    """The numbers of its rows have no gaps, so that whatever lacks between them is known."""
    reading = load("game.json", changed("v3", lambda rows: rows.pop(5)), None)
    whole = load("game.json", changed("v3", lambda rows: None), None)
    reason = "a row that actionId counts is not there"
    assert reading.rejected[reason] - whole.rejected[reason] == 1


def test_a_count_that_skipped_tells_no_kind_of_rebound(load: Load) -> None:
    """Where a player's offensive rebound before it is lost, his next one follows from who missed."""

    def a_later_rebound(rows: list[Any]) -> None:
        miss, rebound = list(rows[2]), list(rows[1])
        miss[1], miss[5] = 7, "11:00"
        rebound[1:7] = [8, 4, 0, 1, "10:58", "Adams REBOUND (Off:1 Def:1)"]
        rebound[9], rebound[13:16] = None, [0, 0, None]
        rows += [miss, rebound]

    events = rows_of(load("game.json", changed("v2", a_later_rebound), None), "play_by_play")
    assert (events[-1]["event_type"], events[-1]["event_subtype"]) == ("rebound", "defensive")
