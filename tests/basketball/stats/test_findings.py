"""Measures against what the league publishes: exact ones exact, estimates within their bands."""

import statistics
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from basketball.events.official import document_of
from basketball.stats.asking import WHOLE, Row, ask, stats_of, told
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_files

PUBLISHED_ON = ("date<=2026-02-21",)
# Rounded to the printed digit: half of it, and a hair for the division.
ONE, TWO, THREE = 0.0501, 0.00501, 0.000501


def published(real_data: Path, name: str) -> dict[str, dict[str, float]]:
    """A file's rows by the name of the player or team."""
    rows = pl.read_csv(real_data / name).to_dicts()
    return {row.get("PLAYER_NAME") or row["TEAM_NAME"]: row for row in rows}


def errors(ours: dict[str, Row], column: int, theirs: dict[str, dict[str, float]], name: str) -> list[float]:
    """Ours minus theirs, for all of theirs."""
    return [ours[who][column] - row[name] for who, row in theirs.items()]


@pytest.fixture(scope="module")
def february(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stats]:
    """The players' totals and the games on the day on which the estimated metrics were published.

    Totals of an unfinished season are loaded for checking only, so they are written as a season's file.
    """
    recorded = real_data / "nba_api_recorded" / "cassettes" / "smoke"
    totals = tmp_path_factory.mktemp("february") / "season_2025_26" / "player_totals.csv"
    totals.parent.mkdir()
    answer = document_of(recorded / "test_endpoints[LeagueDashPlayerStats].yaml")["resultSets"][0]
    header = (
        (real_data / "season_2025_26" / "player_totals.csv").read_text("utf-8").splitlines()[0].split(",")
    )
    pl.DataFrame(answer["rowSet"], answer["headers"], orient="row").select(header).write_csv(totals)
    path = totals.parent / "february.duckdb"
    load_files(path, find_files([totals, recorded / "test_endpoints[LeagueGameLog].yaml"]))
    warehouse = DuckDBWarehouse(path, WHOLE)
    yield stats_of(warehouse)
    warehouse.close()


def test_shooting_of_all_players_is_exact(real: Stats, real_data: Path) -> None:
    """TS%, eFG% and AST/TO of all 582 players are the league's formulas over its totals."""
    raw = published(real_data, "season_2025_26/player_totals.csv")
    ours = told(real, "ts_pct efg_pct ast_to", "player")
    assert len(ours) == len(raw) == 582
    for who, row in raw.items():
        tries = row["FGA"] + 0.44 * row["FTA"]
        expected = (
            row["PTS"] / (2 * tries) if tries else None,
            (row["FGM"] + 0.5 * row["FG3M"]) / row["FGA"] if row["FGA"] else None,
            row["AST"] / row["TOV"] if row["TOV"] else None,
        )
        assert (
            ours[who] == pytest.approx(expected, abs=1e-9) if None not in expected else ours[who] == expected
        ), who


@pytest.mark.parametrize(
    ("name", "season_type", "players"),
    [("player_advanced_excerpt", "regular", 60), ("po_player_advanced_excerpt", "playoffs", 20)],
)
def test_shooting_equals_what_is_published(
    name: str, season_type: str, players: int, real: Stats, real_data: Path
) -> None:
    """TS%, eFG% and AST/TO are the published ones after rounding; the league prints 0 for no value."""
    theirs = published(real_data, f"season_2025_26/excerpts/{name}.csv")
    who = ("player=" + "|".join(theirs),)
    ours = told(real, "ts_pct efg_pct ast_to", "player", season_type=season_type, where=who)
    assert len(theirs) == players
    for column, (metric, within) in enumerate((("TS_PCT", THREE), ("EFG_PCT", THREE), ("AST_TO", TWO))):
        for player, row in theirs.items():
            value = ours[player][column] or 0.0
            assert value == pytest.approx(row[metric], abs=within), (player, metric)


TEAM_ESTIMATES = {
    "e_off_rating": ("E_OFF_RATING", ONE),
    "e_def_rating": ("E_DEF_RATING", ONE),
    "e_net_rating": ("E_NET_RATING", ONE),
    "e_pace": ("E_PACE", ONE),
    "e_ast_ratio": ("E_AST_RATIO", ONE),
    "e_oreb_pct": ("E_OREB_PCT", THREE),
    "e_dreb_pct": ("E_DREB_PCT", THREE),
    "e_reb_pct": ("E_REB_PCT", THREE),
    "e_tov_pct": ("E_TM_TOV_PCT", THREE),
}


@pytest.mark.parametrize("name", TEAM_ESTIMATES)
def test_the_leagues_estimates_of_teams_are_exact(name: str, real: Stats, real_data: Path) -> None:
    """Over the games up to the day of publication they are the published ones after rounding."""
    metric, within = TEAM_ESTIMATES[name]
    theirs = published(real_data, "nba_api_recorded/excerpts/TeamEstimatedMetrics_excerpt.csv")
    ours = told(real, f"{name} gp", "team", where=PUBLISHED_ON)
    assert len(theirs) == 8
    assert errors(ours, 1, theirs, "GP") == [0] * 8
    assert max(map(abs, errors(ours, 0, theirs, metric))) <= within


@pytest.fixture(scope="module")
def estimated(real_data: Path) -> dict[str, dict[str, float]]:
    """The sixty players of the recorded PlayerEstimatedMetrics."""
    return published(real_data, "nba_api_recorded/excerpts/PlayerEstimatedMetrics_excerpt.csv")


def test_the_leagues_estimates_of_players_are_exact(
    february: Stats, estimated: dict[str, dict[str, float]]
) -> None:
    """E_AST_RATIO and E_TOV_PCT (in percent) of all sixty are the published ones after rounding."""
    ours = told(february, "e_ast_ratio e_tov_pct gp", "player")
    assert errors(ours, 2, estimated, "GP") == [0] * 60
    assert max(map(abs, errors(ours, 0, estimated, "E_AST_RATIO"))) <= ONE
    percent = {who: (100 * (row[1] or 0),) for who, row in ours.items()}
    assert max(map(abs, errors(percent, 0, estimated, "E_TOV_PCT"))) <= ONE


@pytest.mark.parametrize(
    ("name", "metric", "most", "p95"),
    [("usg_pct", "E_USG_PCT", 0.02, 0.01), ("reb_pct", "E_REB_PCT", 0.015, 0.007)],
)
def test_shares_of_players_are_near_the_leagues_estimates(
    name: str, metric: str, most: float, p95: float, february: Stats, estimated: dict[str, dict[str, float]]
) -> None:
    """With 500 minutes usage and rebound percentage are unbiased, and near for nineteen players in twenty."""
    ours = told(february, f"{name} minutes", "player")
    played = {who: row for who, row in estimated.items() if ours[who][1] >= 500}
    off = errors(ours, 0, played, metric)
    assert len(off) >= 30
    assert max(map(abs, off)) <= most
    assert abs(statistics.fmean(off)) <= 0.002
    assert sorted(map(abs, off))[int(0.95 * len(off))] <= p95


# The published metric, the greatest error, the greatest bias, the greatest mean absolute error.
PLAYER_BANDS = {
    "usg_pct": ("USG_PCT", 0.02, 0.007, 0.007),
    # 0.006 over the whole league; two of these 25 are 0.04 and 0.03 off.
    "ast_pct": ("AST_PCT", 0.05, 0.006, 0.0065),
    "reb_pct": ("REB_PCT", 0.04, 0.015, 0.015),
    "oreb_pct": ("OREB_PCT", 0.04, 0.009, 0.009),
    "dreb_pct": ("DREB_PCT", 0.056, 0.021, 0.021),
    "ast_ratio": ("AST_RATIO", 0.55, 0.1, 0.1),
}
TEAM_BANDS = {
    "off_rating": ("OFF_RATING", 1.5, 1.2, 1.2),
    "def_rating": ("DEF_RATING", 1.5, 1.2, 1.2),
    "net_rating": ("NET_RATING", 0.5, 0.15, 0.2),
    "pace": ("PACE", 1.5, 1.0, 1.0),
    "ast_pct": ("AST_PCT", 0.0024, 0.001, 0.002),
    "reb_pct": ("REB_PCT", 0.008, 0.003, 0.004),
}


@pytest.mark.parametrize("name", PLAYER_BANDS)
def test_estimates_of_players_stay_in_their_bands(name: str, real: Stats, real_data: Path) -> None:
    """Of players with 1,000 minutes, error, bias and mean error against the official figure are bounded."""
    theirs = published(real_data, "season_2025_26/excerpts/player_advanced_excerpt.csv")
    ours = told(real, f"{name} minutes", "player")
    within(name, PLAYER_BANDS[name], ours, {who: row for who, row in theirs.items() if ours[who][1] >= 1000})


@pytest.mark.parametrize("name", TEAM_BANDS)
def test_estimates_of_teams_stay_in_their_bands(name: str, real: Stats, real_data: Path) -> None:
    """Error, bias and mean error against the official figure are bounded."""
    theirs = published(real_data, "season_2025_26/excerpts/team_advanced_excerpt.csv")
    within(name, TEAM_BANDS[name], told(real, name, "team"), theirs)


def within(
    name: str,
    band: tuple[str, float, float, float],
    ours: dict[str, Row],
    theirs: dict[str, dict[str, float]],
) -> None:
    """Asserts a band, and that the measure calls itself an estimate."""
    metric, most, bias, mean = band
    off = errors(ours, 0, theirs, metric)
    assert len(off) >= 8
    assert max(map(abs, off)) <= most, name
    assert abs(statistics.fmean(off)) <= bias, name
    assert statistics.fmean(map(abs, off)) <= mean, name
    assert measure(name).is_estimate


def test_an_estimate_says_that_it_is_one(real: Stats) -> None:
    """The definition that comes with an estimate ends so; that of an exact measure does not."""
    exact, estimate = ask(real, "ts_pct usg_pct", "player", limit=3).definitions
    assert estimate.endswith(" An estimate.")
    assert not exact.endswith(" An estimate.")
