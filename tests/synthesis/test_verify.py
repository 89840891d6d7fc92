"""No number leaves that a query did not return."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.errors import Busy
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal, Question, Result
from nba_mcp_synthesis.synthesis.merge import merge
from nba_mcp_synthesis.synthesis.numbers import numbers_in, shown_by
from nba_mcp_synthesis.synthesis.verify import verify
from nba_mcp_synthesis.synthesis.voices.desk import Sources
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

SQL = "SELECT 'Ada Test' AS player, 28.7042 AS ppg, 0.379661 AS fg3_pct"
RESULT = Result(("player", "ppg", "fg3_pct"), (("Ada Test", 28.7042, 0.379661),), SQL)
TWO = replace(RESULT, rows=(("Ada Test", 28.7042, 0.379661), ("Ben Test", 11.0, 0.25)))
QUESTION = Question("q", "ada test points per game, minimum 50 games")
GOOD = Proposal(
    voice="analyst",
    status="answered",
    text="Ada Test averaged 28.7 points per game and shot 38.0 % from three in 2025-26.",
    claims=(Claim("Ada Test", "pts_per_game", 28.7042, "points per game", "e1"),),
    evidence=(Evidence("e1", SQL, RESULT),),
    columns=RESULT.columns,
    rows=RESULT.rows,
    assumptions=("Season 2025-26, regular season.", "At least 50 games."),
)


def run(_: str) -> Result:
    """The warehouse as it was."""
    return RESULT


def test_an_answer_whose_numbers_are_in_its_rows_holds() -> None:
    """Rounding to what is written is fine, and a fraction may be said as a percentage."""
    verdict = verify(GOOD, run)
    assert verdict.holds, verdict.failures
    assert verdict.checked == 2


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"text": "Ada Test averaged 31.2 points per game."}, "The number 31.2 of the text"),
        ({"text": "Ada Test averaged 28.8 points per game."}, "The number 28.8 of the text"),
        (
            {"claims": (Claim("Ada Test", "pts_per_game", 29.1, "points per game", "e1"),)},
            "29.1 of Ada Test is not in the rows of e1",
        ),
        (
            {"claims": (Claim("Ada Test", "pts_per_game", 28.7042, "points per game", "e9"),)},
            "is not in the rows of e9",
        ),
        ({"text": "Ada Test scored 28.7pts a game."}, "The number 28.7pts of the text"),
        ({"text": "Ada Test averaged 28,70 points."}, "The number 28,70 of the text"),
        ({"text": "Ada Test averaged -28.7 points."}, "The number -28.7 of the text"),
        ({"text": "Ada Test averaged 2870 points."}, "The number 2870 of the text"),
        ({"assumptions": (), "text": "Ada Test, at least 50 games."}, "The number 50 of the text"),
        ({"rows": (("Ada Test", 31.2, 0.38),)}, "The value 31.2 of the table"),
        (
            {
                "claims": (Claim("Ben Test", "pts_per_game", 28.7042, "points per game", "e2"),),
                "evidence": (Evidence("e1", SQL, RESULT), Evidence("e2", SQL, TWO)),
            },
            "28.7042 of Ben Test is not in the rows of e2",
        ),
        ({"evidence": ()}, "no query behind"),
    ],
)
def test_a_number_that_no_query_returned_is_withheld(change: dict[str, object], failure: str) -> None:
    """An invented number in prose, in a claim, or without evidence costs the whole answer."""
    verdict = verify(replace(GOOD, **change), run)  # type: ignore[arg-type]
    assert not verdict.holds
    assert any(failure in found for found in verdict.failures)
    answer = merge(QUESTION, [verdict])
    assert answer.status == "refused"
    assert not numbers_in(answer.text)
    assert answer.claims == ()
    assert failure in " ".join(answer.dissent)


def test_evidence_that_returns_other_rows_now_does_not_hold() -> None:
    """The query is run again; what it returns must be what the answer was made from."""
    other = replace(RESULT, rows=(("Ada Test", 30.0, 0.379661),))
    verdict = verify(GOOD, lambda _: other)
    assert verdict.failures == ("The query of e1 returned other rows when it was run again.",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("56-26 in 2025-26", ("56", "26")),
        ("the 76ers scored 1,230 points on 2026-04-10", ("1,230",)),
        ("shot .562, then 0.5 and 44 %.", (".562", "0.5", "44 %")),
        ("game 7, 3-point range, the 2nd.", ("7", "3", "2")),
        ("-4.5 and +3, 31pts, 12,34", ("-4.5", "+3", "31pts", "12,34")),
        ("nothing", ()),
    ],
)
def test_numbers_are_read_off_prose_as_people_write_them(text: str, found: tuple[str, ...]) -> None:
    """Seasons, dates and team names are no numbers; both sides of a record are."""
    assert numbers_in(text) == found


@given(st.floats(min_value=0, max_value=1e6), st.integers(min_value=0, max_value=4))
def test_a_value_shows_itself_at_any_rounding(value: float, decimals: int) -> None:
    """Whatever precision the text chooses, the rounded value is recognised."""
    assert shown_by(f"{value:.{decimals}f}", [value])


@given(st.floats(min_value=1, max_value=1e6), st.integers(min_value=1, max_value=3))
def test_the_next_number_at_that_precision_is_not_shown(value: float, decimals: int) -> None:
    """One unit in the last written place away is another number."""
    other = float(f"{value:.{decimals}f}") + 1.5 * 10**-decimals
    assert not shown_by(f"{other:.{decimals}f}", [value])


def test_a_query_waits_for_other_callers_before_its_claims_are_lost(tmp_path: Path) -> None:
    """Twice every place was taken; then the same query gives its rows."""
    turns: Iterator[Busy | Result] = iter(
        [Busy("Every place is taken."), Busy("Every place is taken."), RESULT]
    )

    class Crowded(DuckDBWarehouse):
        def query(self, sql: str, limits: Limits | None = None, skip: int = 0) -> Result:
            turn = next(turns)
            if isinstance(turn, Busy):
                raise turn
            return turn

    crowded = Crowded(tmp_path / "none.duckdb")
    sources = Sources(crowded, *(cast("Any", None),) * 3)
    assert sources.run(Evidence("e1", SQL, RESULT)) == RESULT
