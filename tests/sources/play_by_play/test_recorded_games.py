"""Recorded games in the four feeds, event by event."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.schema import court
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.sources.play_by_play.events import COLUMNS
from nba_mcp_synthesis.sources.play_by_play.stats_v2 import PlayByPlayV2
from nba_mcp_synthesis.sources.play_by_play.vocabulary import kind_of_words
from sources.play_by_play.recorded import RECORDED, Event, events_of
from sources.readings import read

# Rows of the feed, events made of them, final score of host and visitor.
GAMES = {
    "v2": ("play_by_play_v2", 540, 540, "0021600270", "2016-17", (126, 115)),
    "data": ("play_by_play_data", 538, 538, "0021600270", "2016-17", (126, 115)),
    "v2 technical": ("play_by_play_v2", 443, 443, "0022100732", "2021-22", (112, 132)),
    "live": ("play_by_play_live", 610, 532, "0022000001", "2020-21", (125, 99)),
    "v3": ("play_by_play_v3", 475, 445, "0022400001", "2024-25", (116, 117)),
    "v3 cassette": ("play_by_play_v3", 560, 546, "0022200552", "2022-23", (145, 134)),
}
SHOTS = ("made_shot", "missed_shot")


@pytest.mark.parametrize("recording", GAMES)
def test_a_whole_game(real_data: Path, recording: str) -> None:
    """Every row of the feed is an event or a part of one, in the order of the clock, with the score."""
    source, rows_read, made, game_id, season, score = GAMES[recording]
    reading = read(real_data / RECORDED[recording])
    events = events_of(real_data, recording)
    assert (reading.source, reading.rows_read, reading.rejected) == (source, rows_read, {})
    assert [event["event_num"] for event in events] == list(range(1, made + 1))
    assert len({event["nba_event_num"] for event in events}) == made
    shared = {(event["game_id"], event["season"], event["season_type"]) for event in events}
    assert shared == {(game_id, season, "Regular Season")}
    assert (events[-1]["home_score"], events[-1]["away_score"]) == score
    for before, after in pairwise(events):
        assert _progress(before) <= _progress(after)


def _progress(event: Event) -> tuple[Any, ...]:
    return event["period"], -float(str(event["clock_seconds"]))


@pytest.mark.parametrize("recording", GAMES)
def test_who_did_it(real_data: Path, recording: str) -> None:
    """Everything that a player does names him and his team; a team's own rebound names the team."""
    for event in events_of(real_data, recording):
        kind = event["event_type"]
        if kind in (*SHOTS, "free_throw", "substitution"):
            assert event["player_id"], event
        if kind in (*SHOTS, "free_throw", "substitution", "foul", "rebound", "turnover"):
            assert event["team_id"], event
        assert (event["sub_in_player_id"] is not None) == (kind == "substitution"), event
        assert (event["is_made"] is not None) == (kind in (*SHOTS, "free_throw")), event
        if kind == "rebound":
            assert event["event_subtype"] in ("offensive", "defensive")


@pytest.mark.parametrize("recording", GAMES)
def test_points_are_the_score(real_data: Path, recording: str) -> None:
    """What went in adds up to the final score of both teams."""
    events = events_of(real_data, recording)
    made = [event["shot_value"] for event in events if event["is_made"]]
    assert sum(map(int, map(str, made))) == sum(GAMES[recording][-1])


def test_two_feeds_of_one_game_are_equal(real_data: Path) -> None:
    """V2 and the data feed tell the same, save replays, places, tenths of seconds and words."""
    left_out = ("x", "y", "description", "clock_seconds")
    columns = [name for name in COLUMNS if name not in left_out]
    first, second = (
        [tuple(e[c] for c in columns) for e in events_of(real_data, feed) if e["event_type"] != "other"]
        for feed in ("v2", "data")
    )
    assert first == second


@pytest.mark.parametrize(
    ("recording", "game_id", "shots"), [("data", "0021600270", 193), ("v2 technical", "0022100732", 170)]
)
def test_shots_are_those_of_the_shot_charts(
    real_data: Path, recording: str, game_id: str, shots: int
) -> None:
    """Number, place, value and kind of every shot equal those in the NBA's shot charts of the game."""
    chart = _shot_chart(real_data, game_id)
    events = [e for e in events_of(real_data, recording) if e["event_type"] in SHOTS]
    assert len(events) == len(chart) == shots
    for event in events:
        seconds = int(float(str(event["clock_seconds"])))
        shot = chart[event["player_id"], event["period"], seconds, event["is_made"]]
        assert event["nba_event_num"] == shot["GAME_EVENT_ID"]
        assert event["shot_value"] == int(shot["SHOT_TYPE"][0])
        assert event["event_subtype"] == kind_of_words(shot["ACTION_TYPE"])
        if recording == "data":
            assert (event["x"], event["y"]) == (shot["LOC_X"], shot["LOC_Y"])


def _shot_chart(real_data: Path, game_id: str) -> dict[tuple[object, ...], dict[str, Any]]:
    shots: dict[tuple[object, ...], dict[str, Any]] = {}
    for side in ("home", "away"):
        path = real_data / "pbpstats_samples" / "game_details" / f"stats_{side}_shots_{game_id}.json"
        table = json.loads(path.read_text("utf-8"))["resultSets"][0]
        for values in table["rowSet"]:
            shot = dict(zip(table["headers"], values, strict=True))
            seconds = shot["MINUTES_REMAINING"] * 60 + shot["SECONDS_REMAINING"]
            shots[shot["PLAYER_ID"], shot["PERIOD"], seconds, bool(shot["SHOT_MADE_FLAG"])] = shot
    return shots


@pytest.mark.parametrize(("recording", "shots"), [("live", 191), ("v3", 174), ("v3 cassette", 187)])
def test_places_agree_with_values(real_data: Path, recording: str, shots: int) -> None:
    """By its place every shot has the value that the feed gives it: the frame is that of the court."""
    events = [e for e in events_of(real_data, recording) if e["event_type"] in SHOTS]
    assert len(events) == shots
    for event in events:
        assert event["shot_value"] == court.shot_value(float(str(event["x"])), float(str(event["y"])))


def test_a_technical_foul_before_the_period(real_data: Path) -> None:
    """A technical foul between the periods comes, with its free throw, before the start of the next."""
    events = events_of(real_data, "v2 technical")
    fourth = [e for e in events if e["period"] == 4][:3]
    assert [e["event_type"] for e in fourth] == ["foul", "free_throw", "period_start"]
    assert [e["event_subtype"] for e in fourth] == ["technical", "technical", None]


def test_another_league_is_no_error(real_data: Path) -> None:
    """A game of the G League is of this format, too, and none of its rows is taken."""
    (file,) = find_files([real_data / "pbpstats_samples" / "pbp" / "stats_2021900002.json"])
    assert PlayByPlayV2().recognises(file)
    reading = PlayByPlayV2().read(file)
    assert (reading.batches, reading.rejected) == ((), {"not an NBA game": 439})


def test_names_without_accents(real_data: Path) -> None:
    """V3 names the assisting player in words, without the accents of his row."""
    events = events_of(real_data, "v3 cassette")
    by_vucevic = [e for e in events if "Vucevic 1 AST" in str(e["description"])]
    assert [e["assist_player_id"] for e in by_vucevic] == [202696]
