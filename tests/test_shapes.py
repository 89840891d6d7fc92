"""Values keep their meaning on the way to JSON."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from nba_mcp_synthesis.shapes import json_value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**53 - 1, 9007199254740991),
        (2**53, "9007199254740992"),
        (-(2**70), str(-(2**70))),
        (0.1, 0.1),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("28.70"), 28.7),
        (Decimal("123456789012345.6789"), "123456789012345.6789"),
        (dt.date(2026, 4, 10), "2026-04-10"),
        (dt.datetime(2026, 4, 10, 23, 30), "2026-04-10T23:30:00"),  # noqa: DTZ001 - as engines give it
        ([1, Decimal("0.5")], [1, 0.5]),
        ({"a": 2**60}, {"a": str(2**60)}),
        ("Dončić", "Dončić"),
    ],
)
def test_a_value_is_a_number_only_where_json_can_hold_it_exactly(value: Any, shown: Any) -> None:
    """Large integers and long decimals become strings, NaN becomes null, dates become text."""
    assert json_value(value) == shown
    assert json.loads(json.dumps(json_value(value), allow_nan=False)) == shown
