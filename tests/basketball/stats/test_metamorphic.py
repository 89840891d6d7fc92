"""What must stay the same when a question is asked in another way."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from basketball.stats.asking import WHOLE, Row, ask, rows, stats_of, told
from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_files

BOX = "pts reb oreb dreb ast stl blk tov pf fgm fga fg3m fg3a ftm fta"
PLAYER_COUNTS = f"gp minutes plus_minus dd2 td3 {BOX}"
TEAM_COUNTS = f"gp wins losses {BOX} " + " ".join(f"opp_{name}" for name in BOX.split())
COUNTS = {"player": PLAYER_COUNTS, "team": TEAM_COUNTS}
# What splits the rows of a season without a rest, for players and for teams.
SPLITS = ("month", "location", "opponent", "result", "weekday", "date", "opponent_division", "overtime")


@pytest.fixture(scope="module")
def history(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stats]:
    """Games of real teams in fourteen seasons, regular ones and play-offs."""
    path = tmp_path_factory.mktemp("history") / "history.duckdb"
    load_files(path, find_files([real_data / "team_games_2010_2024"]))
    warehouse = DuckDBWarehouse(path, WHOLE)
    yield stats_of(warehouse)
    warehouse.close()


def summed(found: dict[tuple[str, ...], Row]) -> dict[str, list[float]]:
    """Rows added up over all but the first dimension."""
    sums: dict[str, list[float]] = defaultdict(list)
    for (first, *_), values in found.items():
        sums[first] = [a + b for a, b in zip(sums[first] or [0] * len(values), values, strict=True)]
    return sums


def same(ours: dict[str, Row], theirs: dict[str, list[float]]) -> None:
    """Asserts that both have the same values for the same names; minutes have a fraction."""
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        assert theirs[name] == pytest.approx(values, abs=1e-6), name


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("entity", ["player", "team"])
def test_parts_sum_to_the_season(entity: str, split: str, demo: Stats) -> None:
    """Every count told by one more dimension adds up to the count without it, for every player and team."""
    whole = told(demo, COUNTS[entity], entity)
    assert len(whole) in (30, 449)
    same(whole, summed(told(demo, COUNTS[entity], f"{entity} {split}")))


@pytest.mark.parametrize(
    "condition", ["location=home", "result=win", "overtime=yes", "month=2025-11", "pts>=110"]
)
def test_a_condition_and_its_opposite_sum_to_the_season(condition: str, demo: Stats) -> None:
    """What a condition keeps and what its opposite keeps is everything."""
    opposite = condition.replace(">=", "<") if ">=" in condition else condition.replace("=", "!=")
    whole = told(demo, TEAM_COUNTS, "team")
    kept, left = (told(demo, TEAM_COUNTS, "team", where=(text,)) for text in (condition, opposite))
    nothing = (0,) * len(TEAM_COUNTS.split())
    sums = {
        team: [a + b for a, b in zip(kept.get(team, nothing), left.get(team, nothing), strict=True)]
        for team in whole
    }
    same(whole, sums)


def test_neutral_games_are_neither_home_nor_road(real: Stats) -> None:
    """Home, road and neutral games of the real season sum to all, and five games were neutral."""
    parts = told(real, "gp wins losses pts opp_pts", "team location")
    same(told(real, "gp wins losses pts opp_pts", "team"), summed(parts))
    assert sum(row[0] for (_, where), row in parts.items() if where == "neutral") == 10


@pytest.mark.parametrize("name", BOX.split())
def test_averages_times_their_divisor_are_totals(name: str, demo: Stats) -> None:
    """Per game x games, per 36 x minutes / 36 and per 100 x possessions / 100 are the count."""
    asked = f"{name} {name}_per_game {name}_per_36 {name}_per_100 gp minutes poss"
    for count, game, per_36, per_100, gp, minutes, poss in told(demo, asked, "player").values():
        assert [game * gp, per_36 * minutes / 36, per_100 * poss / 100] == pytest.approx([count] * 3)


def test_ratios_are_of_sums(demo: Stats) -> None:
    """A team's percentage is of the sums over its months, and differs from the mean of the months."""
    months = told(demo, "fg3_pct fg3m fg3a", "team month")
    means: dict[str, list[float]] = defaultdict(list)
    for (team, _), row in months.items():
        means[team].append(row[0])
    for team, (pct, made, tried) in told(demo, "fg3_pct fg3m fg3a", "team").items():
        assert pct == pytest.approx(made / tried)
        assert pct != pytest.approx(sum(means[team]) / len(means[team]), abs=1e-9)


def test_traded_players_split_sum_to_the_merged(demo: Stats) -> None:
    """Told by team a traded player has a row a team; together they are the row that he has otherwise."""
    merged, split = told(demo, PLAYER_COUNTS, "player"), told(demo, PLAYER_COUNTS, "player team")
    assert len(split) > len(merged)
    same(merged, summed(split))


def test_players_sum_to_their_teams(demo: Stats) -> None:
    """The points of a team's players are the team's."""
    players: dict[str, float] = defaultdict(int)
    for (_, team), (pts,) in told(demo, "pts", "player team").items():
        players[team] += pts
    assert players == {team: pts for team, (pts,) in told(demo, "pts", "team").items()}


def test_another_measure_or_order_changes_no_value(demo: Stats) -> None:
    """A value does not depend on what else is asked, in which order, or by how many."""
    alone = told(demo, "ts_pct", "player")
    beside = told(demo, "usg_pct ts_pct pts_per_100 starts", "player", order_by=("player",))
    assert {name: row[1:2] for name, row in beside.items()} == alone
    board = rows(demo, "ts_pct", "player", limit=10_000, qualifier=False)
    assert {row[1]: row[2:] for row in board} == {
        who: row for who, row in alone.items() if row[0] is not None
    }


@pytest.mark.parametrize("entity", ["player", "team"])
def test_every_total_adds_up_over_months(entity: Kind, demo: Stats) -> None:
    """Every count of the catalogue that can be told by month sums to that of the season."""
    added = 0
    for name in sorted(
        n for n, m in measures().items() if entity in m.formulas and m.formulas[entity].isidentifier()
    ):
        try:
            months = told(demo, name, f"{entity} month")
        except UsageError:
            continue
        whole = {who: row for who, row in told(demo, name, entity).items() if row[0] is not None}
        given = {key: row for key, row in months.items() if row[0] is not None}
        # Who did nothing of a kind has no row of it.
        nothing = {who: [0.0] for who, row in whole.items() if row == (0,)}
        same(whole, nothing | {who: row for who, row in summed(given).items() if who in whole})
        added += 1
    assert added >= len(COUNTS[entity].split()) - 2


def test_season_types_are_never_joined_silently(history: Stats) -> None:
    """Without a type it is the regular season, and several add up only when named; both are said."""
    regular = ask(history, "gp pts", "team", season="2018-19")
    assert regular.assumed == ("Season type: Regular Season.",)
    assert sum(row[1] for row in regular.result.rows) == 2460
    playoffs = told(history, "gp pts", "team", season="2018-19", season_type="playoffs")
    both = ask(history, "gp pts", "team", season="2018-19", season_type="regular,playoffs")
    assert both.assumed == ("Season types: Regular Season and Playoffs together.",)
    for team, games, points in both.result.rows:
        more = playoffs.get(team, (0, 0))
        alone = next(row for row in regular.result.rows if row[0] == team)
        assert (games, points) == (alone[1] + more[0], alone[2] + more[1])
    split = ask(history, "gp", "season_type", season="2018-19", season_type="regular,playoffs")
    assert sorted(split.result.rows) == [("Playoffs", 164), ("Regular Season", 2460)]
    assert split.assumed == ()


def test_seasons_sum_to_all_of_them(history: Stats) -> None:
    """Points, games and wins of every season add up to those of all seasons that are loaded."""
    whole = told(history, "gp pts opp_pts wins losses", "team", season="2010-11..2020-21")
    same(whole, summed(told(history, "gp pts opp_pts wins losses", "team season", season="2010-11..2020-21")))
    assert sum(row[0] for row in whole.values()) == 2 * 12_968
