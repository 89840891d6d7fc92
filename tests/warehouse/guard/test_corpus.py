"""The whole corpus: attacks stay outside, honest statements come in."""

from typing import Any

from nba_mcp_synthesis.warehouse.guard import Gate
from warehouse.guard.verdicts import refusal

# per36 is a macro of the corpus, which no warehouse here has. The others are PIVOT without values, which
# the engine answers with two statements, one of which creates a type.
NOT_OURS = {
    "duckdb-legit-duck_syntax-055",
    "duckdb-legit-pivot_describe-001",
    "duckdb-legit-pivot_describe-007",
}


def test_no_attack_comes_in(corpus: dict[str, list[dict[str, Any]]], corpus_gate: Gate) -> None:
    """All that must never reach an engine is refused; the rest is for the limits behind the gate."""
    attacks = [a for a in corpus["attacks"] if a["expect"] == "reject"]
    assert len(attacks) > 200
    assert [a["id"] for a in attacks if not refusal(corpus_gate, a["sql"])] == []


def test_every_honest_statement_comes_in(corpus: dict[str, list[dict[str, Any]]], corpus_gate: Gate) -> None:
    """Except three, each of which is refused on purpose."""
    honest = corpus["honest"]
    assert len(honest) > 150
    assert {h["id"] for h in honest if refusal(corpus_gate, h["sql"])} == NOT_OURS


def test_an_attack_that_is_refused_is_told_why(
    corpus: dict[str, list[dict[str, Any]]], corpus_gate: Gate
) -> None:
    """Each refusal has a sentence and a hint, is short, and quotes no secret."""
    for attack in corpus["attacks"]:
        error = refusal(corpus_gate, attack["sql"])
        if error is not None:
            assert error.message.endswith("."), error.message
            assert error.hint, error.message
            assert len(error.message) < 300
            assert "CANARY" not in str(error)
