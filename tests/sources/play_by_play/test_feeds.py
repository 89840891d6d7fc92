"""What the four feeds have in common, and what each does in its own way."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import Reading
from sources.play_by_play.small_games import GAME, OKC, SMALL, WAS, changed, v2
from sources.readings import Load, rows_of
from sources.samples import cassette


def _events(load: Load, text: str, name: str = "game.json") -> list[dict[str, object]]:
    return rows_of(load(name, text, None), "play_by_play")


def _refused(reading: Reading) -> dict[str, int]:
    """Rows left out, without what the events show to be missing: these games are a few events long."""
    shown = (
        "the score is",
        "a rebound without",
        "a miss without",
        "a substitution without",
        "a period without",
    )
    actions = "a row that actionId counts"
    return {why: times for why, times in reading.rejected.items() if not why.startswith((*shown, actions))}


@pytest.mark.parametrize("feed", SMALL)
def test_the_same_events_from_every_feed(load: Load, feed: str) -> None:
    """A basket with an assist, a blocked three and a team rebound are the same rows from all four."""
    start, made, missed, rebound, *_ = _events(load, json.dumps(SMALL[feed]()))
    assert (start["event_type"], start["game_id"], start["season"]) == ("period_start", GAME, "2016-17")
    assert (made["event_type"], made["event_subtype"], made["shot_value"]) == ("made_shot", "layup", 2)
    assert (made["team_id"], made["player_id"], made["assist_player_id"]) == (OKC, 1, 2)
    assert (made["clock_seconds"], made["home_score"], made["away_score"]) == (700.0, 2, 0)
    assert (missed["event_type"], missed["event_subtype"], missed["shot_value"]) == (
        "missed_shot",
        "jump shot",
        3,
    )
    assert (missed["team_id"], missed["player_id"], missed["block_player_id"]) == (WAS, 3, 1)
    assert (missed["is_made"], missed["home_score"]) == (False, 2)
    assert (rebound["event_subtype"], rebound["team_id"], rebound["player_id"]) == ("offensive", WAS, None)


@pytest.mark.parametrize("feed", SMALL)
def test_events_in_the_order_of_the_clock(load: Load, feed: str) -> None:
    """An event that was typed in later, at the end of the feed, takes its place by the clock."""

    def move_the_basket(rows: list[Any]) -> None:
        rows.append(rows.pop(1))

    events = _events(load, changed(feed, move_the_basket))
    assert [event["event_type"] for event in events][:3] == ["period_start", "made_shot", "missed_shot"]
    assert [event["event_num"] for event in events] == list(range(1, len(events) + 1))


@pytest.mark.parametrize("feed", SMALL)
def test_the_same_row_twice_is_one_event(load: Load, feed: str) -> None:
    """A repeated row is counted and left out."""
    text = changed(feed, lambda rows: rows.append(rows[1]))
    reading = load("game.json", text, None)
    assert _refused(reading) == {"an earlier row is about the same event": 1}


CLOCKS = {
    "v2": ("PCTIMESTRING", 5),
    "data": ("cl", "cl"),
    "live": ("clock", "clock"),
    "v3": ("clock", "clock"),
}


@pytest.mark.parametrize("feed", SMALL)
@pytest.mark.parametrize(
    ("value", "reason"), [("noon", "is not a clock such as 11:18"), ("12:01", "is no time of")]
)
def test_a_clock_that_cannot_be(load: Load, feed: str, value: str, reason: str) -> None:
    """A row with an impossible clock is left out with a reason; the others are taken."""
    name, place = CLOCKS[feed]
    whole = len(_events(load, json.dumps(SMALL[feed]())))
    reading = load("game.json", changed(feed, lambda rows: rows[1].__setitem__(place, value)), None)
    ((why, times),) = _refused(reading).items()
    assert why.startswith(f"{name} {reason}")
    assert times == 1
    assert len(rows_of(reading, "play_by_play")) == whole - 1


TYPES = {"v2": (2, 99), "data": ("etype", 99), "live": ("actionType", "dance"), "v3": ("actionType", "Dance")}


@pytest.mark.parametrize("feed", SMALL)
def test_an_unknown_type_is_counted(load: Load, feed: str) -> None:
    """A type of event that the feeds did not have until now is left out and told."""
    text = changed(feed, lambda rows: rows[1].__setitem__(*TYPES[feed]))
    assert _refused(load("game.json", text, None)) == {"the type of the event is unknown": 1}


TEAMS = {"v2": 12, "data": "tid", "live": "teamId", "v3": "teamId"}


@pytest.mark.parametrize("feed", SMALL)
def test_a_team_of_no_league(load: Load, feed: str) -> None:
    """An event of a team that is none of the thirty is left out."""
    text = changed(feed, lambda rows: rows[1].__setitem__(TEAMS[feed], 77))
    (why,) = _refused(load("game.json", text, None))
    assert why.endswith("is not the id of an NBA team")


@pytest.mark.parametrize("feed", SMALL)
def test_a_game_of_other_teams(load: Load, feed: str) -> None:
    """Of an all-star game, whose teams are none of the thirty, not even the start is taken."""
    text = json.dumps(SMALL[feed]()).replace(str(OKC), "1610616833").replace(str(WAS), "1610616834")
    reading = load("game.json", text, None)
    assert reading.batches == ()
    assert reading.rejected["no event of the game is of one of the thirty teams"] == 1


def test_v2_lacks_a_column(load: Load) -> None:
    """Without a column that is needed the file is broken, and the error names it."""
    document = v2()
    document["resultSets"][0]["headers"][5] = "CLOCK"
    with pytest.raises(SourceError, match="lacks these columns, or has them twice: PCTIMESTRING"):
        load("game.json", json.dumps(document), None)


def test_v2_with_rows_of_two_games(load: Load) -> None:
    """A row of another game is not added to the first one's."""
    text = changed("v2", lambda rows: rows[2].__setitem__(0, "0021600271"))
    assert _refused(load("game.json", text, None)) == {"GAME_ID is another than in the first row": 1}


def test_v2_score_in_another_form(load: Load) -> None:
    """A score that is not two numbers is refused, never half read."""
    text = changed("v2", lambda rows: rows[1].__setitem__(9, "2"))
    assert _refused(load("game.json", text, None)) == {"SCORE is not written like 12 - 10": 1}


@pytest.mark.parametrize(("feed", "endpoint"), [("v2", "playbyplayv2"), ("v3", "playbyplayv3")])
def test_a_cassette_is_the_same(load: Load, feed: str, endpoint: str) -> None:
    """An answer in a recording gives the rows of the plain answer."""
    plain = json.dumps(SMALL[feed]())
    recorded = cassette(plain, f"GameID={GAME}").replace("leaguegamelog", endpoint)
    assert _events(load, recorded, "game.yaml") == _events(load, plain)


@pytest.mark.parametrize("feed", ["data", "live", "v3"])
def test_events_that_are_no_objects(load: Load, feed: str) -> None:
    """Where a list holds something else the file is broken as a whole."""
    with pytest.raises(SourceError, match=r"is not a list of plays|holds no list of actions"):
        load("game.json", changed(feed, lambda rows: rows.append("later")), None)


@pytest.mark.parametrize("feed", SMALL)
def test_the_stated_season_is_checked(load: Load, feed: str) -> None:
    """A game of another season than the stated one is an error that says so."""
    with pytest.raises(SourceError, match="is about 2016-17, not about 2025-26 as stated"):
        load("game.json", json.dumps(SMALL[feed]()), "2025-26")


@pytest.mark.parametrize("feed", ["live", "v3"])
def test_a_period_that_does_neither_start_nor_end(load: Load, feed: str) -> None:
    """No type of event is made up from an unknown word."""
    text = changed(feed, lambda rows: rows[0].update(subType="pause"))
    assert _refused(load("game.json", text, None)) == {"the type of the event is unknown": 1}


def test_live_shot_of_unknown_result(load: Load) -> None:
    """A shot that neither went in nor missed is refused, not taken as missed."""
    text = changed("live", lambda rows: rows[1].update(shotResult="Perhaps"))
    assert _refused(load("game.json", text, None)) == {"shotResult is neither Made nor Missed": 1}


def test_live_substitutions_are_paired(load: Load) -> None:
    """Who goes out and who comes in are two rows of the feed, and one event."""
    *_, substitution = _events(load, json.dumps(SMALL["live"]()))
    people = (substitution["player_id"], substitution["sub_in_player_id"])
    assert (substitution["event_type"], people) == ("substitution", (3, 4))


def test_live_substitution_without_its_other_half(load: Load) -> None:
    """Who goes out for nobody stays an event, in which nobody comes in."""
    *_, substitution = _events(load, changed("live", lambda rows: rows.pop()))
    assert (substitution["player_id"], substitution["sub_in_player_id"]) == (3, None)


def test_v3_people_who_are_only_named(load: Load) -> None:
    """Who comes in is found by the name that another row of his has."""
    *_, substitution = _events(load, json.dumps(SMALL["v3"]()))
    assert (substitution["player_id"], substitution["sub_in_player_id"]) == (1, 2)


def _another_westbrook(rows: list[Any]) -> None:
    rows.append({**rows[5], "personId": 9, "actionId": 10, "actionNumber": 10})


@pytest.mark.parametrize(
    "change",
    [_another_westbrook, lambda rows: rows[1].update(description="Adams Layup (2 PTS) (Green 1 AST)")],
)
def test_v3_a_name_of_nobody_or_of_two(load: Load, change: Callable[[list[Any]], object]) -> None:
    """The event is taken without the person, and the file's report counts it."""
    reading = load("game.json", changed("v3", change), None)
    made = rows_of(reading, "play_by_play")[1]
    assert (made["event_type"], made["assist_player_id"]) == ("made_shot", None)
    assert any(why.startswith("assist_player_id stays empty") for why in reading.rejected)


def test_v3_two_of_one_name_told_apart(load: Load) -> None:
    """Where descriptions write two players of one family name differently, that decides."""

    def two(rows: list[Any]) -> None:
        _another_westbrook(rows)
        rows[5]["description"] = "Rus. Westbrook REBOUND (Off:0 Def:1)"
        rows[1]["description"] = "Adams 1' Layup (2 PTS) (Rus. Westbrook 1 AST)"

    assert _events(load, changed("v3", two))[1]["assist_player_id"] == 2


def test_v3_block_without_its_shot(load: Load) -> None:
    """A block that belongs to no other row is counted."""
    text = changed("v3", lambda rows: rows[3].update(actionNumber=77))
    assert _refused(load("game.json", text, None)) == {
        "a row without a type is no steal or block of another row": 1
    }
