"""Players on the court: who started a period, and from when until when each was there."""

from pathlib import Path
from typing import Any

import pytest

from basketball.events.official import document_of, game
from nba_mcp_synthesis.basketball.events.clock import elapsed
from nba_mcp_synthesis.basketball.events.lineups import Stint, lineups
from nba_mcp_synthesis.basketball.events.starters import (
    seen_to_start,
    starters_from_rotation,
    stated_starters,
)
from nba_mcp_synthesis.sources.play_by_play.events import COLUMNS

HOME, AWAY = 1, 2
ROTATION = "nba_api_recorded/cassettes/smoke/test_endpoints[GameRotation].yaml"


def event(
    kind: str, clock: float, team: int | None = None, player: int | None = None, **more: Any
) -> dict[str, Any]:
    """A row of play_by_play of the first period."""
    known = {"event_type": kind, "clock_seconds": clock, "team_id": team, "player_id": player, "period": 1}
    return dict.fromkeys(COLUMNS) | {"game_id": "0029900001", "event_num": 1} | known | more


def period(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """A first period in which all ten starters rebound, and then the events happen."""
    seen = [event("rebound", 719, team, team * 10 + n) for team in (HOME, AWAY) for n in range(5)]
    return [event("period_start", 720), *seen, *events, event("period_end", 0)]


def test_time_played() -> None:
    """Quarters have twelve minutes, overtimes five."""
    assert (elapsed(1, 720), elapsed(2, 719.5), elapsed(5, 300), elapsed(6, 0)) == (0, 720.5, 2880, 3480)


def test_stints_end_and_begin_with_substitutions() -> None:
    """Who leaves was there until then, who comes in from then on."""
    found = lineups(period(event("substitution", 300, HOME, 10, sub_in_player_id=15)))
    assert found.unknown == []
    assert Stint(HOME, 10, 1, 0, 420) in found.stints
    assert Stint(HOME, 15, 1, 420, 720) in found.stints
    assert sum(stint.end - stint.start for stint in found.stints) == 10 * 720


def test_free_throws_after_a_substitution_are_of_those_who_left() -> None:
    """What happens at the time of a substitution counts for those who were there before it."""
    before, after = Stint(HOME, 10, 1, 0, 420), Stint(HOME, 15, 1, 420, 720)
    throw = event("free_throw", 300, HOME, 11)
    assert (before.covers(throw), after.covers(throw)) == (True, False)


def test_what_precedes_a_period_is_of_its_starters() -> None:
    """A technical free throw between the periods counts for those who begin the next."""
    throw = event("free_throw", 720, HOME, 11, period=2)
    assert Stint(HOME, 15, 2, 720, 900).covers(throw)
    assert not Stint(HOME, 10, 1, 0, 720).covers(throw)


@pytest.mark.parametrize(
    ("happening", "started"),
    [
        (event("made_shot", 700, HOME, 10, assist_player_id=11), {10, 11}),
        (event("missed_shot", 700, AWAY, 20, block_player_id=12), {12}),
        (event("turnover", 700, AWAY, 20, steal_player_id=12), {12}),
        (event("foul", 700, AWAY, 20, event_subtype="shooting", fouled_player_id=13), {13}),
        (event("substitution", 700, HOME, 14, sub_in_player_id=15), {14}),
        (event("foul", 700, HOME, 10, event_subtype="technical"), set()),
        (event("violation", 700, HOME, 10, event_subtype="delay of game"), set()),
        (event("other", 700, HOME, 10), set()),
        (event("rebound", 700, HOME), set()),
    ],
)
def test_who_acts_was_there(happening: dict[str, Any], started: set[int]) -> None:
    """Whoever acts before coming in has started; technical fouls can come from the bench."""
    assert seen_to_start([event("period_start", 720), happening], HOME) == started


def test_who_came_in_did_not_start() -> None:
    """Acts after coming in show nothing about the start."""
    events = [
        event("period_start", 720),
        event("substitution", 600, HOME, 10, sub_in_player_id=15),
        event("rebound", 500, HOME, 15),
    ]
    assert seen_to_start(events, HOME) == {10}


@pytest.mark.parametrize(
    ("happening", "reason"),
    [
        (event("rebound", 500, HOME, 16), "6 players are seen to have started, not 5"),
        (
            event("substitution", 500, HOME, 10, sub_in_player_id=None),
            "the substitution in event 1 cannot be",
        ),
        (event("substitution", 500, HOME, 10, sub_in_player_id=11), "the substitution in event 1 cannot be"),
    ],
)
def test_contradictions_are_told(happening: dict[str, Any], reason: str) -> None:
    """A team whose five players cannot be followed has no stints, and it is said why."""
    found = lineups(period(happening))
    assert [str(gap) for gap in found.unknown] == [f"period 1, team {HOME}: {reason}"]
    assert {stint.team_id for stint in found.stints} == {AWAY}


def test_substitutions_between_periods_tell_the_starters() -> None:
    """Where the feed has them, whoever remained or came in then has started, even if he does nothing."""
    second = [
        event("substitution", 720, HOME, 10, sub_in_player_id=15),
        event("period_start", 720),
        event("rebound", 600, HOME, 11),
        event("rebound", 600, AWAY, 20),
        event("period_end", 0),
    ]
    found = lineups([*period(), *({**row, "period": 2} for row in second)])
    assert found.unknown == []
    assert {s.player_id for s in found.stints if s.period == 2} == {11, 12, 13, 14, 15, *range(20, 25)}


@pytest.mark.parametrize(("recording", "missing"), [("v2", 2), ("v3 cassette", 1)])
def test_games_with_stated_starters_need_them(real_data: Path, recording: str, missing: int) -> None:
    """In these overtimes fewer than five players of a team can be seen to have started."""
    rows = game(real_data, recording).to_pylist()
    overtime = [row for row in rows if row["period"] == 5]
    stated = stated_starters(rows[0]["game_id"])
    assert len(stated) == missing
    for (number, team), five in stated.items():
        seen = seen_to_start(overtime, team)
        assert number == 5
        assert seen < five
        assert len(five) == 5


def test_a_recorded_rotation_agrees(real_data: Path) -> None:
    """The stints from events are the stays in the NBA's own rotation of the game."""
    sets = document_of(real_data / ROTATION)["resultSets"]
    rows = [dict(zip(s["headers"], values, strict=True)) for s in sets for values in s["rowSet"]]
    events = game(real_data, "v3 cassette").to_pylist()
    from_events, from_rotation = lineups(events), lineups(events, starters_from_rotation(rows))
    assert set(from_events.stints) == set(from_rotation.stints)
    assert from_events.unknown == []
    stays = {(row["PERSON_ID"], row["IN_TIME_REAL"] / 10) for row in rows}
    assert stays <= {(stint.player_id, stint.start) for stint in from_events.stints}
