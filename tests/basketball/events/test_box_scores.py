"""Box scores from events, against the published ones of the same games."""

from collections import defaultdict
from pathlib import Path

import pytest

from basketball.events.official import PLAYERS, PUBLISHED, game, published
from nba_mcp_synthesis.basketball.events.box_scores import box_score
from nba_mcp_synthesis.basketball.events.counts import COUNTS, counts
from nba_mcp_synthesis.basketball.events.lineups import lineups


@pytest.mark.parametrize("recording", PUBLISHED)
def test_every_count_of_every_player(real_data: Path, recording: str) -> None:
    """All fifteen counts of all players equal those of the published box score."""
    official = published(real_data, recording)
    counted = {row["player_id"]: row for row in counts(game(real_data, recording)).to_pylist()}
    assert len(official) == PLAYERS[recording]
    assert counted.keys() - {None} <= official.keys()
    for player, line in official.items():
        own = counted.get(player, dict.fromkeys(COUNTS, 0))
        assert {name: own[name] for name in COUNTS} == line.counts, player


@pytest.mark.parametrize("recording", PUBLISHED)
def test_minutes_and_plus_minus(real_data: Path, recording: str) -> None:
    """Plus-minus is equal for all players; minutes are within the second to which feeds are cut."""
    events, official = game(real_data, recording), published(real_data, recording)
    lines = box_score(events, lineups(events.to_pylist()))
    players = {line["player_id"]: line for line in lines if line["player_id"] is not None}
    assert players.keys() == official.keys()
    for player, line in official.items():
        assert players[player]["plus_minus"] == line.plus_minus, player
        assert players[player]["minutes"] * 60 == pytest.approx(line.seconds, abs=1.001), player


@pytest.mark.parametrize(
    ("recording", "team_rebounds", "team_turnovers"),
    [
        ("v2", {1610612760: 14, 1610612764: 12}, {1610612760: 1, 1610612764: 1}),
        ("live", {1610612751: 8, 1610612744: 14}, {1610612751: 0, 1610612744: 0}),
    ],
)
def test_what_is_of_the_team_itself(
    real_data: Path, recording: str, team_rebounds: dict[int, int], team_turnovers: dict[int, int]
) -> None:
    """Team rebounds and team turnovers are as many as the published team figures of both games."""
    own = {r["team_id"]: r for r in counts(game(real_data, recording)).to_pylist() if not r["player_id"]}
    assert {team: row["reb"] for team, row in own.items()} == team_rebounds
    assert {team: row["tov"] for team, row in own.items()} == team_turnovers


def test_blocks_and_fouls_from_the_other_side(real_data: Path) -> None:
    """Blocked shots are as many as blocks, and fouls drawn are those of the live box score's teams."""
    rows = counts(game(real_data, "live")).to_pylist()
    by_team: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        for name in ("blk", "blka", "pf", "pfd"):
            by_team[row["team_id"]][name] += row[name]
    brooklyn, golden_state = by_team[1610612751], by_team[1610612744]
    assert (brooklyn["blk"], brooklyn["blka"]) == (golden_state["blka"], golden_state["blk"]) == (7, 6)
    assert brooklyn["pfd"] == 24


def test_unknown_lineups_leave_minutes_empty(real_data: Path) -> None:
    """Where five players cannot be told, minutes and plus-minus of the game are empty, not wrong."""
    events = game(real_data, "v2")
    rows = [row for row in events.to_pylist() if row["event_type"] != "substitution"]
    found = lineups(rows)
    assert found.unknown
    assert {line["minutes"] for line in box_score(events, found)} == {None}
