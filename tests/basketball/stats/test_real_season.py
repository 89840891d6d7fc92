"""The real season against plain SQL over the published files, and what lacks of it."""

from pathlib import Path

import duckdb
import pytest

from basketball.stats.asking import ask, rows, told
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import UsageError

RAW = {
    "pts": "PTS",
    "pts_per_game": "PTS / GP",
    "pts_per_36": "36 * PTS / MIN",
    "fg3_pct": "FG3M / FG3A",
    "ft_pct": "FTM / FTA",
    "ts_pct": "PTS / (2 * (FGA + 0.44 * FTA))",
    "efg_pct": "(FGM + 0.5 * FG3M) / FGA",
    "ast_to": "AST / TOV",
    "minutes_per_game": "MIN / GP",
    "fg3a_rate": "FG3A / FGA",
    "ft_rate": "FTA / FGA",
    "td3": "TD3",
}
QUALIFIED = {"fg3_pct": "FG3M >= 82", "ft_pct": "FTM >= 125", "ts_pct": "FGM >= 300", "efg_pct": "FGM >= 300"}
QUALIFIED |= {"fg3a_rate": "FGM >= 300", "ft_rate": "FGM >= 300", "pts": "TRUE", "td3": "TRUE"}


@pytest.mark.parametrize("name", RAW)
def test_boards_equal_those_of_the_raw_file(name: str, real: Stats, real_data: Path) -> None:
    """The first twenty of a measure are those that plain SQL finds in the file of totals."""
    csv = real_data / "season_2025_26" / "player_totals.csv"
    raw = duckdb.execute(
        f"SELECT PLAYER_NAME, ({RAW[name]})::DOUBLE AS value FROM read_csv('{csv}') "
        f"WHERE {QUALIFIED.get(name, 'GP >= 58')} ORDER BY value DESC, PLAYER_NAME LIMIT 20"
    ).fetchall()
    board = rows(real, name, "player", limit=20)[:20]
    assert [row[1] for row in board] == [row[0] for row in raw]
    assert [row[-1] for row in board] == pytest.approx([row[1] for row in raw], abs=1e-3)


def test_a_named_player_is_whole_only_where_he_has_his_row(real: Stats) -> None:
    """Totals of twenty players are loaded of the play-offs, his not: his games are told as a part of all."""
    who = ("player=Jalen Brunson",)
    games = ask(real, "gp", "player", where=who, season_type="playoffs")
    assert games.result.rows == (("Jalen Brunson", 9),)
    assert games.notes == ("player_game_stats of the 2025-26 Playoffs: 43 of 85 games are loaded.",)
    with pytest.raises(UsageError, match="Too little is loaded"):
        ask(real, "gp", "player", where=who, season_type="regular,playoffs")
    assert rows(real, "gp", "player", where=who) == [("Jalen Brunson", 74)]


def test_teams_equal_the_published_standings(real: Stats, real_data: Path) -> None:
    """Wins, losses, points for and against of all thirty teams are those of the published table."""
    csv = real_data / "season_2025_26" / "standings.csv"
    raw = duckdb.execute(
        f"SELECT TEAM_NAME, WINS, LOSSES, POINTS_PG, OPP_POINTS_PG FROM read_csv('{csv}')"
    ).fetchall()
    ours = told(real, "wins losses pts_per_game opp_pts_per_game", "team")
    assert len(ours) == len(raw) == 30
    for name, wins, losses, scored, allowed in raw:
        assert ours[name][:2] == (wins, losses)
        assert ours[name][2:] == pytest.approx((scored, allowed), abs=0.0501)


@pytest.mark.parametrize(
    ("file", "names", "columns"),
    [
        ("team_per_game", "fg_pct fg3_pct ft_pct", ("FG_PCT", "FG3_PCT", "FT_PCT")),
        ("team_opponent", "opp_fg_pct opp_fg3_pct opp_ft_pct", ('"FG%"', '"3P%"', '"FT%"')),
    ],
)
def test_percentages_of_teams_are_the_published_ones(
    file: str, names: str, columns: tuple[str, ...], real: Stats, real_data: Path
) -> None:
    """All thirty, though the averages beside them are too coarse to give them."""
    csv = real_data / "season_2025_26" / f"{file}.csv"
    raw = duckdb.execute(f"SELECT {', '.join(columns)} FROM read_csv('{csv}')").fetchall()
    ours = told(real, names, "team")
    assert len(ours) == len(raw) == 30
    assert sorted(tuple(round(share, 3) for share in row) for row in ours.values()) == sorted(raw)
    assert all(share == pytest.approx(round(share, 3), abs=1e-9) for row in ours.values() for share in row)
