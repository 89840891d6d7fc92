"""Values of claims beside cells of rows: whether one says the other, at the precision it is said with."""

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.facts import Claim, Evidence, Row
from nba_mcp_synthesis.synthesis.grounding import is_hundredfold

_MOST = 1.5  # of effective and true shooting, which count a three as more than one shot
_SHARE = re.compile(r"(?:^|_)(?:pct|percent|percentage|share)(?:_|$)")


def says(claim: Claim, cell: Any) -> bool:
    """Whether the cell has the value of the claim; whole numbers have to be exact."""
    if isinstance(cell, bool) or cell is None:
        return False
    if not isinstance(cell, int | float | Decimal):
        return text_of(cell) == str(claim.value).strip()
    number = _number(claim.value)
    if number is None:
        return False
    step = 0.0 if isinstance(cell, int) else 0.5 * 10.0 ** -_decimals(number) * (1 + 1e-9)
    scales = (1.0, 100.0) if is_share(claim.measure) else (1.0,)
    return any(abs(float(cell) * scale - float(number)) <= step for scale in scales)


def text_of(cell: Any) -> str:
    """A cell that is no number as JSON has it."""
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _number(value: float | str) -> Decimal | None:
    try:
        found = Decimal(str(value).replace(",", "").removesuffix("%").strip())
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def _decimals(number: Decimal) -> int:
    _, _, exponent = number.as_tuple()
    return max(0, -int(exponent))  # the numbers here are finite


def is_share(measure: str) -> bool:
    """Whether a column holds fractions that people say as percentages."""
    known = measures().get(measure.casefold())
    return known.is_percent if known else bool(_SHARE.search(measure.casefold()))


def unit_of(column: str) -> str:
    """The unit of a column's values in answers."""
    known = measures().get(column)
    return "percent" if is_share(column) else known.unit if known else column.replace("_", " ")


def is_fraction(evidence: Evidence, place: int) -> bool:
    """Whether a column's values are parts of one, to be told as percentages.

    The product's are; a voice may have taken them times a hundred already.
    """
    column = evidence.result.columns[place]
    if not is_share(column):
        return False
    if evidence.written_by == "product":
        return True
    cells = [row[place] for row in evidence.result.rows]
    small = all(abs(float(cell)) <= _MOST for cell in cells if isinstance(cell, int | float | Decimal))
    return small and not is_hundredfold(evidence.sql, evidence.result.engine, column)


def in_fractions(evidence: Evidence, row: Row) -> dict[str, Any]:
    """A row by its columns, with shares that its query has taken times a hundred as fractions again."""
    sql, engine = evidence.sql, evidence.result.engine
    return {
        column: cell / 100
        if isinstance(cell, int | float) and is_share(column) and is_hundredfold(sql, engine, column)
        else cell
        for column, cell in zip(evidence.result.columns, row, strict=True)
    }


def value_of(cell: Any, *, as_percent: bool) -> float | int | str:
    """A cell as answers give it: percentages as 0-100."""
    if not isinstance(cell, int | float | Decimal):
        return text_of(cell)
    if as_percent:
        return float(cell) * 100
    return cell if isinstance(cell, int) else float(cell)


def same(one: Claim, other: Claim) -> bool:
    """Whether two claims say the same value of the same one, at the coarser precision of both."""
    if key(one.entity or "") != key(other.entity or "") or _differ(one.measure, other.measure):
        return False
    if isinstance(one.value, str) or isinstance(other.value, str):
        return str(one.value) == str(other.value)
    a, b = float(one.value), float(other.value)
    step = max(_grain(a), _grain(b))
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=max(0.5 * step * (1 + 1e-9), 1e-9))


def _differ(one: str, other: str) -> bool:
    """Whether both names are ours and mean different measures; a voice's own names mean anything."""
    return one != other and {one.casefold(), other.casefold()} <= measures().keys()


def _grain(value: float) -> float:
    """The last decimal place of a value that a query has rounded; 0 for one that was not."""
    for decimals in (1, 2, 3):
        if value != int(value) and abs(value - round(value, decimals)) < 1e-9:
            return 10.0**-decimals
    return 0.0
