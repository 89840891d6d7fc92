"""People and their careers from season to season."""

import csv
import json
import unicodedata
from itertools import islice
from pathlib import Path

import pytest

from nba_mcp_synthesis.sources.demo.careers import FIRST_YEAR, Squads, squads
from nba_mcp_synthesis.sources.demo.parameters import cultures, excluded_names
from nba_mcp_synthesis.sources.demo.people import FIRST_ID
from sources.demo.conftest import SEED, Database


@pytest.fixture(scope="module")
def decade() -> list[Squads]:
    """Ten years of teams, without their games."""
    return list(islice(squads(SEED), 10))


def test_careers_go_on_in_the_next_season(league: Database, before: Database) -> None:
    """Most players return with the same profile; some leave, and rookies take their places."""
    same = "player_id, full_name, birth_date, height_in, country, from_year, draft_number"
    old, new = (set(d.rows(f"SELECT {same} FROM players")) for d in (before, league))
    assert 350 < len(old & new) < 430
    returned = {row[0] for row in old} & {row[0] for row in new}
    assert len(returned) == len(old & new)
    rookies = league.rows("SELECT player_id, draft_year FROM players WHERE from_year = 2025")
    assert {player for player, _ in rookies} == {row[0] for row in new} - returned
    assert {year for _, year in rookies} == {2025, None}


def test_players_change_teams_between_seasons(league: Database, before: Database) -> None:
    """Some, not most."""
    last = "SELECT player_id, last_team_id FROM player_season_stats WHERE team_id IS NULL"
    old, new = dict(before.rows(last)), dict(league.rows(last))
    moved = sum(old[player] != new[player] for player in old.keys() & new.keys())
    assert 20 < moved < 150


def test_players_grow_older_by_a_year(league: Database, before: Database) -> None:
    """Age is that of the first of February."""
    ages = "SELECT player_id, age FROM player_season_stats WHERE team_id IS NULL"
    old, new = dict(before.rows(ages)), dict(league.rows(ages))
    assert {new[player] - old[player] for player in old.keys() & new.keys()} == {1}
    assert 18 <= min(new.values()) < max(new.values()) <= 42
    assert league.value("""
        SELECT bool_and(age = date_diff('year', birth_date, DATE '2026-02-01')
                              - (strftime(birth_date, '%m%d') > '0201')::int)
        FROM player_season_stats JOIN players USING (player_id)""")


def test_squads_are_fifteen_with_three_of_each_role(decade: list[Squads]) -> None:
    """Jerseys differ within a team, and nobody is on two."""
    for season in decade:
        everybody = [player.player_id for squad in season.teams.values() for player in squad]
        assert len(set(everybody)) == len(everybody) == 450
        for squad in season.teams.values():
            assert sorted(player.role for player in squad) == sorted([0, 1, 2, 3, 4] * 3)
            assert len({player.jersey for player in squad}) == 15


def test_ids_and_names_are_never_given_twice(decade: list[Squads]) -> None:
    """In ten years nobody has another's id or name, and no id can be a real one."""
    people = {(p.player_id, p.full_name) for s in decade for squad in s.teams.values() for p in squad}
    assert len({name for _, name in people}) == len({number for number, _ in people}) == len(people)
    assert min(number for number, _ in people) >= FIRST_ID == 9_000_001


def test_drafts_have_sixty_picks_in_two_rounds(decade: list[Squads]) -> None:
    """No pick is used twice; the undrafted have neither round nor number."""
    drafted = {
        (p.from_year, p.draft_number): p.draft_round
        for p in (p for s in decade for squad in s.teams.values() for p in squad)
        if p.draft_number is not None and p.from_year >= FIRST_YEAR
    }
    assert len(drafted) > 200
    assert all(1 <= n <= 60 and round_ == (1 if n <= 30 else 2) for (_, n), round_ in drafted.items())


def test_trades_of_a_season_lie_before_the_deadline(decade: list[Squads]) -> None:
    """They happen every year, between December and February, and swap equal roles."""
    for season in decade:
        assert season.swaps
        for swap in season.swaps:
            assert (season.year, 12) <= (swap.day.year, swap.day.month) <= (season.year + 1, 2)
            assert swap.first.role == swap.second.role


def test_bodies_are_those_of_basketball_players(league: Database) -> None:
    """Sizes are plausible, and centres are taller than guards."""
    low, high = league.rows("SELECT min(height_in), max(height_in) FROM players")[0]
    assert 68 <= low < high <= 90
    assert league.value("SELECT min(weight_lb) > 150 AND max(weight_lb) < 310 FROM players")
    heights = dict(league.rows("SELECT position, avg(height_in) FROM players GROUP BY ALL"))
    assert heights["Guard"] + 5 < heights["Center"]
    assert league.value("SELECT bool_and(simulated) AND count(school) = 450 FROM players")


def test_no_invented_name_is_that_of_a_real_player(real_data: Path) -> None:
    """None of all the names that could be drawn is among those who ever played in the NBA."""
    real = {_plain(name) for name in _real_names(real_data)}
    assert len(real) > 5000
    possible = {
        f"{first} {last}"
        for group in cultures().values()
        for first in group["first"]
        for last in group["last"]
    }
    assert {name for name in possible - excluded_names() if _plain(name) in real} == set()
    assert excluded_names() <= possible


def test_the_names_are_many_and_of_several_cultures() -> None:
    """About 200 first and 300 last names, with accents here and there."""
    firsts = {name for group in cultures().values() for name in group["first"]}
    lasts = {name for group in cultures().values() for name in group["last"]}
    assert len(firsts) >= 200
    assert len(lasts) >= 300
    assert sum(not name.isascii() for name in firsts | lasts) > 60
    assert abs(sum(group["share"] for group in cultures().values()) - 1) < 1e-9


def _real_names(real_data: Path) -> set[str]:
    everybody = json.loads(
        (real_data / "nba_api_recorded/responses/commonallplayers.json").read_text("utf-8")
    )
    result = everybody["resultSets"][0]
    names = {row[result["headers"].index("DISPLAY_FIRST_LAST")] for row in result["rowSet"]}
    with (real_data / "season_2025_26/player_profiles.csv").open(encoding="utf-8") as profiles:
        return names | {row["PLAYER_NAME"] for row in csv.DictReader(profiles)}


def _plain(name: str) -> str:
    """Letters only, without accents and case."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalpha())
