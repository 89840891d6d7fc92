"""Requests that cannot be answered, and values that try to be more than values."""

from typing import Any

import pytest

from basketball.stats.asking import ask
from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.stats.dimensions import dimensions
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import UnknownName, UsageError
from nba_mcp_synthesis.warehouse.guard.gate import Gate


@pytest.mark.parametrize(
    ("measure", "options", "error", "says"),
    [
        ("pts_pergame", {}, UnknownName, "pts_per_game"),
        ("", {}, UsageError, "No measure"),
        ("wins", {"where": ("player=Ada Test",)}, UsageError, "teams only"),
        ("wins dd2", {}, UsageError, "some are of players only"),
        ("pts", {"by": "opponnent"}, UnknownName, "opponent"),
        ("pts", {"where": ("locaton=home",)}, UnknownName, "location"),
        ("pts", {"where": ("location=moon",)}, UsageError, "home, road, neutral"),
        ("pts", {"where": ("opponent",)}, UsageError, "opponent=BOS"),
        ("pts", {"where": ("team=Mars Rovers",)}, UnknownName, "Mars Rovers"),
        ("pts", {"where": ("team>LAL",)}, UsageError, "= !="),
        ("pts", {"where": ("overtime<yes",)}, UsageError, "= !="),
        ("pts", {"where": ("overtime=maybe",)}, UsageError, "yes"),
        ("pts", {"where": ("pts~1",)}, UsageError, ">="),
        ("pts", {"where": ("pts>=many",)}, UsageError, "number"),
        ("pts", {"where": ("pts>=nan",)}, UsageError, "number"),
        ("pts", {"where": ("pts<inf",)}, UsageError, "number"),
        ("pts", {"where": ("pts>=1|2",)}, UsageError, "several values"),
        ("pts", {"where": ("date>=tomorrow",)}, UsageError, "2025-12-25"),
        ("pts", {"where": ("season=2024-25",)}, UsageError, "`season`"),
        ("pts", {"where": ("season_type=playoffs",)}, UsageError, "`season_type`"),
        ("fg_pct", {"by": "player", "having": ("fg_pct>=50",)}, UsageError, "0.5 for 50 %"),
        ("pts", {"by": "player", "having": ("team=BOS",)}, UnknownName, "team"),
        ("pts", {"by": "player", "order_by": ("-ptss",)}, UnknownName, "pts"),
        ("pts", {"season": "2025"}, UsageError, "2025-26"),
        ("pts", {"season": "2025-27"}, UsageError, "no season"),
        ("pts", {"season": "2025-26..2023-24"}, UsageError, "oldest first"),
        ("pts", {"season": "2031-32"}, UsageError, "2031-32"),
        ("pts", {"season_type": "play-ofs"}, UsageError, "Playoffs"),
        ("pts", {"season_type": "playoffs"}, UsageError, "Playoffs"),
        ("pts", {"limit": 0}, UsageError, "at least 1"),
        ("pts", {"last": -1}, UsageError, "at least 1"),
        ("pts", {"by": "player month"}, UsageError, "nothing loaded"),
    ],
)
def test_what_cannot_be_done_is_said(
    measure: str, options: dict[str, Any], error: type[UsageError], says: str, small: Stats
) -> None:
    """A wrong measure, dimension, condition or season names what would be right."""
    with pytest.raises(error) as caught:
        ask(small, measure, **options)
    assert says in str(caught.value)


def test_conditions_on_names_mean_one_thing() -> None:
    """No measure is called as a dimension is, so a condition cannot be read in two ways."""
    assert set(measures()) & set(dimensions()) == set()


@pytest.mark.parametrize("value", ["2025-11' OR TRUE --", "'; DROP TABLE games; --", '"x"', "%", "_\\"])
def test_a_text_in_a_request_stays_a_literal(value: str, small: Stats) -> None:
    """A quote cannot end the literal, signs of patterns mean themselves, and the gate agrees."""
    for operator in "=~":
        result = ask(small, "pts", "team", where=(f"month{operator}{value}",)).result
        assert result.rows == ()
        assert Gate().check(result.sql)
