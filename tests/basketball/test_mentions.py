"""Players and teams named inside sentences."""

import json
from pathlib import Path

import pytest

from nba_mcp_synthesis.basketball.mentions import mentions
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse


def found(names: Names, text: str) -> dict[str, list[str]]:
    """Stretch of the text -> names of whom it may mean."""
    return {text[m.start : m.end]: [match.name for match in m.matches] for m in mentions(names, text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what was jokic's 3 point percentage", {"jokic's": ["Nikola Jokić"]}),
        ("jamal murrays ppg", {"jamal murrays": ["Jamal Murray"]}),
        ("score of the bulls hawks game", {"bulls": ["Chicago Bulls"], "hawks": ["Atlanta Hawks"]}),
        ("who led the heat in points", {"heat": ["Miami Heat"]}),
        ("who made the most threes for the kniks", {"kniks": ["New York Knicks"]}),
        ("Gilgeous-Alexander's free throws", {"Gilgeous-Alexander's": ["Shai Gilgeous-Alexander"]}),
        ("karl anthony towns blocks", {"karl anthony towns": ["Karl-Anthony Towns"]}),
        ("how many points did williams score", {"williams": ["Jalen Williams", "Jaylin Williams"]}),
        ("portland trail blazers", {"portland trail blazers": ["Portland Trail Blazers"]}),
    ],
)
def test_names_are_found_in_sentences(names: Names, text: str, expected: dict[str, list[str]]) -> None:
    """The longest name wins; possessives and plurals of names are seen through."""
    assert found(names, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "will the young ball handler love to grant a day",
        "min 50 games, no minimum was given",
        "career points and turnovers in a season",
        "most points per game in the league",
        "best three point percentage",
    ],
)
def test_ordinary_words_name_nobody(names: Names, text: str) -> None:
    """Words of the language and of statistics are not read as names."""
    assert found(names, text) == {}


def test_a_capital_tells_a_surname_from_a_word(names: Names) -> None:
    """`Young` inside a sentence is a name; `young` is not, nor is it in a title where all are capital."""
    assert found(names, "how many points did Young score") == {"Young": ["Trae Young"]}
    assert found(names, "how many points did young players score") == {}
    assert found(names, "How Many Points Did Young Players Score") == {}


def test_two_single_names_side_by_side_are_an_unknown_name(names: Names) -> None:
    """`michael jordan` is not two players, but one who is not in the data."""
    assert found(names, "michael jordan points") == {"michael jordan": []}
    assert list(found(names, "michael, jordan")) == ["michael", "jordan"]


def test_given_words_are_no_names(names: Names) -> None:
    """The caller's own words are not taken for names."""
    assert mentions(names, "murray", frozenset({"murray"})) == []


def test_real_questions_name_whom_they_name(real_warehouse: DuckDBWarehouse, real_data: Path) -> None:
    """Every player and team in the answers of the real questions about one of them is found."""
    real = Names.of(real_warehouse)
    lines = (real_data.parent / "questions" / "questions_dev.jsonl").read_text("utf-8").splitlines()
    for row in map(json.loads, lines):
        if row["family"] in ("single_stat", "comparison", "record"):
            named = {name for matches in found(real, row["question"]).values() for name in matches}
            assert {answer["entity"] for answer in row["answer"]} <= named, row["question"]
