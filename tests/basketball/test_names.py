"""Who is meant by what people type."""

import pytest

from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.errors import AmbiguousName, UnknownName
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

MEANT = {
    "sga": "Shai Gilgeous-Alexander",
    "jokic": "Nikola Jokić",
    "JOKIĆ": "Nikola Jokić",
    "luka": "Luka Dončić",
    "kat": "Karl-Anthony Towns",
    "karl anthony towns": "Karl-Anthony Towns",
    "greek freak": "Giannis Antetokounmpo",
    "steph": "Stephen Curry",
    "steph curry": "Stephen Curry",
    "curry": "Stephen Curry",
    "antetokounmpo": "Giannis Antetokounmpo",
    "antetokumpo": "Giannis Antetokounmpo",
    "jamal muray": "Jamal Murray",
    "jjj": "Jaren Jackson Jr.",
    "jaren jackson": "Jaren Jackson Jr.",
    "trey murphy": "Trey Murphy III",
    "deaaron fox": "De'Aaron Fox",
    "pj washington": "P.J. Washington",
    "gilgeous alexander": "Shai Gilgeous-Alexander",
    "doncic luka": "Luka Dončić",
    "leonard": "Kawhi Leonard",
    "wembanyma": "Victor Wembanyama",
    "sixers": "Philadelphia 76ers",
    "dubs": "Golden State Warriors",
    "blazers": "Portland Trail Blazers",
    "T-Wolves": "Minnesota Timberwolves",
    "PHX": "Phoenix Suns",
    "brk": "Brooklyn Nets",
    "nugets": "Denver Nuggets",
    "kniks": "New York Knicks",
    "lakers": "Los Angeles Lakers",
    "new jersey nets": "Brooklyn Nets",
}


@pytest.mark.parametrize(("typed", "name"), MEANT.items())
def test_what_people_type_is_resolved(names: Names, typed: str, name: str) -> None:
    """Names, nicknames, abbreviations, initials and slips all lead to the one who is meant."""
    assert names.resolve(typed).name == name


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("williams", 2),
        ("jalin williams", 2),
        ("murray", 2),
        ("la", 2),
        ("los angeles", 2),
        # a surname, and the first name of somebody who played more
        ("anthony", 2),
        # a surname and a city
        ("washington", 2),
    ],
)
def test_a_tie_is_asked_back(names: Names, typed: str, choices: int) -> None:
    """Where several may be meant, the choices are given and none is guessed."""
    with pytest.raises(AmbiguousName) as raised:
        names.resolve(typed)
    assert len(raised.value.choices) == choices


@pytest.mark.parametrize(
    "typed", ["tracy mcgrady", "michael jordan", "zzz", "career", "points", "turnover", "a", ""]
)
def test_nobody_is_meant_by_other_words(names: Names, typed: str) -> None:
    """Players who are not in the data and ordinary words are nobody."""
    with pytest.raises(UnknownName):
        names.resolve(typed)


def test_an_unknown_name_comes_with_the_nearest(names: Names) -> None:
    """A hint names who is spelled most like it, even beyond what would be taken for him."""
    with pytest.raises(UnknownName) as raised:
        names.resolve("jamal morray jr", "player")
    assert "Jamal Murray" in raised.value.nearest


def test_kind_narrows_the_choice(names: Names) -> None:
    """A surname that is a city too is one team, or one player."""
    assert names.resolve("washington", "team").name == "Washington Wizards"
    assert names.resolve("washington", "player").name == "P.J. Washington"


def test_find_ranks_and_limits(names: Names) -> None:
    """Those who played more come first among equal matches; the limit is kept."""
    assert [m.name for m in names.find("murray")] == ["Jamal Murray", "Keegan Murray"]
    assert len(names.find("williams", limit=1)) == 1
    assert names.find("xqzt") == ()
    assert names.find("kat")[0].how == "nickname"


def test_names_are_read_from_a_warehouse(small_warehouse: DuckDBWarehouse) -> None:
    """Players come with their latest team and their minutes."""
    match = Names.of(small_warehouse).resolve("ada test")
    assert (match.name, match.detail, match.minutes) == ("Ada Test", "LAL", 144.0)


def test_every_real_player_is_found_by_his_name(real_warehouse: DuckDBWarehouse) -> None:
    """Each full name in the real data resolves to that player, with and without accents and case."""
    real = Names.of(real_warehouse)
    people = real_warehouse.query("SELECT player_id, full_name FROM players").rows
    assert len(people) >= 500
    wrong = [name for id_, name in people if real.resolve(name.upper(), "player").id != id_]
    assert wrong == []


def test_a_slip_in_a_real_name_finds_him_or_asks(real_warehouse: DuckDBWarehouse) -> None:
    """A letter left out of a long surname never leads to somebody else alone."""
    real = Names.of(real_warehouse)
    for id_, name in real_warehouse.query("SELECT player_id, full_name FROM players").rows:
        first, _, last = name.partition(" ")
        if len(last) >= 6 and last.isalpha():
            found = real.find(f"{first} {last[:3]}{last[4:]}", "player")
            assert id_ in {m.id for m in found}, name
