"""A query that writes its numbers itself is no evidence, however it hides them."""

import json
from pathlib import Path

import pytest

from nba_mcp_synthesis.synthesis.grounding import invented, labels, texts

ENGINES = ("duckdb", "postgres")
QUERIES = Path(__file__).parent / "queries"


def each(name: str) -> list[tuple[str, str]]:
    """The queries of a file for each engine that understands them, and those of a file for one engine."""
    found = [(engine, sql) for engine in ENGINES for sql in lines(QUERIES / f"{name}.sql")]
    for engine in ENGINES:
        only = QUERIES / f"{name}_{engine}.sql"
        found += [(engine, sql) for sql in (lines(only) if only.exists() else ())]
    return found


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("--")]


@pytest.mark.parametrize(("engine", "sql"), each("invented"))
def test_sql_that_writes_its_numbers_is_no_evidence(engine: str, sql: str) -> None:
    """Such a query runs, and what it returns is what its author thought of."""
    assert invented(sql, engine)


@pytest.mark.parametrize(("engine", "sql"), each("honest"))
def test_honest_sql_is_evidence(engine: str, sql: str) -> None:
    """Literals that choose rows, say how, or are factors of the game's formulas are no inventions."""
    assert not invented(sql, engine)


@pytest.mark.parametrize("sql", ["SELECT", "SELEC 1", "(" * 5000, "DESCRIBE games", "SHOW TABLES", ""])
def test_what_is_no_query_is_no_evidence(sql: str) -> None:
    """Also not by an exception: a voice may have written anything."""
    assert invented(sql, "duckdb")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("full_name = 'Ada Test'", ("Ada Test",)),
        ("lower(full_name) = lower('Ada Test') AND gp > 3", ("Ada Test",)),
        ("full_name ILIKE '%Ada Test%'", ("%Ada Test%",)),
        ("player_id = (SELECT player_id FROM players WHERE full_name = 'Ada Test')", ("Ada Test",)),
        ("player_id IN (SELECT player_id FROM players WHERE full_name = 'Ada Test')", ("Ada Test",)),
        ("full_name <> 'Ada Test'", ()),
        ("NOT full_name = 'Ada Test'", ()),
        ("full_name = 'Ada Test' OR gp > 0", ()),
        ("full_name IN ('Ada Test', 'Cid Sample')", ()),
        ("opponent = 'Boston'", ()),
        ("opponent_team_id = (SELECT team_id FROM teams WHERE name = 'Boston')", ()),
        ("pts > (SELECT max(pts) FROM player_season_stats WHERE full_name = 'Ada Test')", ()),
        ("full_name = 'scored 31.2'", ()),
        ("pts > 0 UNION ALL SELECT pts FROM player_season_stats WHERE full_name = 'Ada Test'", ()),
    ],
)
def test_the_names_that_all_rows_are_about(condition: str, found: tuple[str, ...]) -> None:
    """A name that a condition excludes, or that only some rows have, says nothing of a single number."""
    sql = f"SELECT MAX(pts) AS pts FROM player_season_stats WHERE {condition}"
    assert texts(sql, "duckdb") == found


def test_words_that_a_query_writes_into_its_rows() -> None:
    """They prove nothing: the row of 'Ada Test' is whosever the condition says."""
    sql = "SELECT 'Ada Test' AS player, MAX(pts) AS pts FROM player_season_stats WHERE player_id = 3"
    assert labels(sql, "duckdb") == {"ada", "test"}
    assert labels("SELECT full_name FROM players WHERE full_name = 'Ada Test'", "duckdb") == frozenset()


def test_honest_statements_of_the_corpora(real_data: Path) -> None:
    """Of statements that people sent, almost all that read tables and compute something are evidence."""
    refused = {
        engine: [sql for sql in _legit(real_data.parent, name) if "writes" in invented(sql, engine)]
        for engine, name in (("duckdb", "legit_duckdb"), ("postgres", "legit_pg"))
    }
    # odd texts and JSON, dates of literals, flags that nobody counts: no figures that anybody asks for
    assert len(refused["duckdb"]) <= 9
    assert len(refused["postgres"]) <= 15


def test_the_answers_of_the_questions_are_evidence(real_data: Path) -> None:
    """The SQL behind the development questions computes numbers as a model would."""
    asked = map(json.loads, lines(real_data.parent / "questions" / "questions_dev.jsonl"))
    told = [one["sql"] for one in asked if one.get("sql")]
    # the questions' own macro, which turns an abbreviation into a name, is no function that anybody knows
    plain = [sql for sql in told if "tn('" not in sql]
    assert len(plain) > 40
    assert [sql for sql in plain if invented(sql, "duckdb")] == []


def _legit(shared: Path, name: str) -> list[str]:
    return [json.loads(line)["sql"] for line in lines(shared / "guard" / f"{name}.jsonl")]
