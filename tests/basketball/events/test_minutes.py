"""Starters whom only their published minutes show."""

from pathlib import Path

import pytest

from basketball.events.official import game, published
from nba_mcp_synthesis.basketball.events.lineups import Gap, Lineups, Stint, lineups
from nba_mcp_synthesis.basketball.events.minutes import lineups_with_minutes, starters_from_minutes
from nba_mcp_synthesis.basketball.events.starters import stated_starters

TEAM = 1
SEEN = frozenset({10, 11, 12, 13})


@pytest.mark.parametrize("recording", ["v2", "data", "v3 cassette"])
def test_minutes_tell_who_is_missing(real_data: Path, recording: str) -> None:
    """In the overtimes that need stated starters, the published minutes alone give the same players."""
    rows = [dict(row, game_id="not stated") for row in game(real_data, recording).to_pylist()]
    team_of = {row["player_id"]: row["team_id"] for row in rows if row["player_id"]}
    players = [
        {"player_id": player, "team_id": team_of[player], "minutes": line.seconds / 60}
        for player, line in published(real_data, recording).items()
    ]
    stated = stated_starters(str(game(real_data, recording)["game_id"][0]))
    assert stated
    assert {(gap.period, gap.team_id) for gap in lineups(rows).unknown} == stated.keys()
    assert starters_from_minutes(lineups(rows), players) == stated
    assert lineups_with_minutes(rows, players).unknown == []


def _players(*minutes: float) -> list[dict[str, float]]:
    return [{"team_id": TEAM, "player_id": 14 + n, "minutes": played} for n, played in enumerate(minutes)]


@pytest.mark.parametrize(
    ("minutes", "closed"),
    [((24.0, 5.0), True), ((24.0, 12.0), False), ((12.0, 5.0), False), ((23.95,), True)],
)
def test_more_than_one_who_could_be_missing(minutes: tuple[float, ...], *, closed: bool) -> None:
    """A gap is closed when exactly as many players as are missing have a period left, else it stays."""
    found = Lineups([Stint(TEAM, 14, 1, 0, 720)], [Gap(2, TEAM, SEEN, "4 players are seen")])
    expected = {(2, TEAM): SEEN | {14}} if closed else {}
    assert starters_from_minutes(found, _players(*minutes)) == expected
