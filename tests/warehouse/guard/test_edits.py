"""An attack stays outside however it is written."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nba_mcp_synthesis.warehouse.guard import Gate
from warehouse.guard.verdicts import refusal

ATTACKS = (
    "DELETE FROM games",
    "SELECT 1; DROP TABLE games",
    "SELECT $$;$$; DROP TABLE games",
    "SELECT * FROM app_secrets",
    "SELECT * FROM nba.main.app_secrets",
    "SELECT content FROM read_text('/etc/passwd')",
    "FROM 'secret.csv'",
    "SELECT * FROM query('FROM app_secrets')",
    "SELECT current_setting('threads')",
    "SELECT max(name.getvariable()) FROM players",
    "SELECT [x FOR x IN [1] IF setseed(x) IS NULL]",
    "SELECT list_transform([1], lambda x: nextval('s'))",
    "SELECT json_structure('[]')",
    "SELECT repeat('x', 900000000)",
    "SELECT * FROM duckdb_settings()",
    "WITH a AS (FROM sqlite_master), sqlite_master AS (SELECT 1) FROM a",
    "PIVOT app_secrets ON name IN ('k') USING first(value)",
    "EXPLAIN ANALYZE SELECT setseed(0.5)",
    "COPY games TO 'out.csv'",
    "SET threads = 1",
    "PRAGMA database_list",
    "ATTACH ':memory:' AS m",
)
# The engine takes a Unicode space for a space unless a quote stands open before it, in a comment too.
SPACES = (
    (" ", "\n", "\t ", "/**/", " /* x ' */ ", " -- ;\n", "/* /* */ */"),
    (" ", "\u00a0", "\u3000", "/**/", "\u2003/* ; */"),
)
LOOK_ALIKES = {
    "k": "\u212a",
    "s": "\u017f",
    "a": "\u0430",
    "e": "\uff45",
    "o": "\u03bf",
    "i": "\u0131",
    "_": "\uff3f",
}
WRAPPERS = (
    "SELECT * FROM ({}) q",
    "WITH q AS ({}) SELECT * FROM q",
    "SELECT ({})",
    "SELECT 1 WHERE EXISTS ({})",
    "(SELECT 1) UNION ALL ({})",
    "SELECT * FROM games, LATERAL ({}) z",
    "EXPLAIN {}",
    "SUMMARIZE {}",
    "FROM (DESCRIBE {})",
    "{};",
    "{} -- '",
    "WITH app_secrets_2 AS (SELECT 1) {}",
    "SELECT CASE WHEN ({}) IS NULL THEN 1 END",
    "SELECT 1 ORDER BY ({}) LIMIT 1",
)


@st.composite
def edited(draw: st.DrawFn, attacks: tuple[str, ...]) -> str:
    """An attack with other spaces, case, quotes or letters, inside other queries."""
    sql = draw(st.sampled_from(attacks))
    spaces = st.sampled_from(draw(st.sampled_from(SPACES)))
    sql = re.sub(" ", lambda _: draw(spaces), sql, count=12)
    sql = draw(st.sampled_from((sql, sql.upper(), sql.swapcase(), _quoted(sql))))
    if draw(st.integers(0, 3)) == 0:
        letter = draw(st.sampled_from(sorted(LOOK_ALIKES)))
        sql = sql.replace(letter, LOOK_ALIKES[letter], draw(st.integers(1, 3)))
    for wrapper in draw(st.lists(st.sampled_from(WRAPPERS), max_size=3)):
        sql = wrapper.replace("{}", sql)
    return sql


def _quoted(sql: str) -> str:
    """Names of functions and tables in quotes."""
    return re.sub(r"(\w+_\w+)(?=\W|$)", r'"\1"', sql)


@settings(max_examples=1_500, deadline=None)
@given(sql=edited(ATTACKS))
def test_an_edited_attack_stays_outside(gate: Gate, sql: str) -> None:
    """Comments, white space, case, quotes, look-alikes and nesting open nothing."""
    assert refusal(gate, sql)


def test_an_edited_attack_of_the_corpus_stays_outside(
    corpus: dict[str, list[dict[str, Any]]], corpus_gate: Gate
) -> None:
    """Nor do they for any of the corpus."""
    # In brackets, CHECKPOINT alone is the name of a column; an odd quote makes a comment of what follows.
    attacks = tuple(
        a["sql"]
        for a in corpus["attacks"]
        if a["expect"] == "reject" and not a["sql"].isalpha() and a["sql"].count("'") % 2 == 0
    )

    @settings(max_examples=1_500, deadline=None)
    @given(sql=edited(attacks))
    def stays_outside(sql: str) -> None:
        assert refusal(corpus_gate, sql)

    stays_outside()


@settings(max_examples=1_000, deadline=None)
@given(sql=st.text(st.characters() | st.sampled_from("();'\"$/*-,.:[]{} \n"), max_size=60))
def test_any_text_is_judged(gate: Gate, sql: str) -> None:
    """Accepted or refused with a sentence; no other error comes out."""
    error = refusal(gate, sql)
    assert error is None or error.hint
