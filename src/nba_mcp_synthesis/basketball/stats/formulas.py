"""The formulas of measures as SQL, over the sums of a group or over one row."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sqlglot import exp

from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.stats.facts import Entity, Fact, parsed, tree
from nba_mcp_synthesis.errors import UsageError


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """What a formula needs of a group: the sum of a count over its rows, or the greatest or least one."""

    count: str
    how: str = "sum"

    @property
    def column(self) -> str:
        """What it is called in SQL."""
        return self.count if self.how == "sum" else f"{self.how}_{self.count}"


def formula(name: str, entity: Entity) -> str:
    """The formula of a measure over counts; UsageError when it has none for that entity."""
    found = measure(name)
    if entity not in found.formulas:
        others = " and ".join(f"{kind}s" for kind in found.formulas)
        raise UsageError(f"The measure {name} exists for {others} only.", f"Ask for {others}.")
    return found.formulas[entity]


def parts(name: str, entity: Entity) -> tuple[Part, ...]:
    """All that the formula of a measure needs, in a fixed order."""
    return _parts_of(formula(name, entity))


@cache
def _parts_of(text: str) -> tuple[Part, ...]:
    return tuple(sorted({_part(column) for column in parsed(text).find_all(exp.Column)}))


def over_sums(name: str, entity: Entity, place: Callable[[Part], str]) -> exp.Expr:
    """The measure over summed parts; `place` says where each part is."""
    return _with(name, entity, lambda part: tree(place(part)))


def over_row(name: str, entity: Entity, fact: Fact) -> exp.Expr:
    """The measure over one row of a fact."""
    if name in fact.rows:
        return tree(fact.rows[name])
    return _with(name, entity, lambda part: _as_number(fact.counts[part.count]))


def is_yes(expression: exp.Expr) -> bool:
    """True when an expression over a row is true or false, so that it counts rows."""
    if isinstance(expression, exp.Column):
        return expression.name in ("won", "started", "is_made")
    return isinstance(expression, exp.Boolean | exp.Not | exp.Predicate | exp.Connector)


def _as_number(text: str) -> exp.Expr:
    value = tree(text)
    if isinstance(value, exp.Boolean):
        return exp.Literal.number(1)
    number = exp.Paren(this=value)
    return exp.cast(number, "INT", copy=False) if is_yes(value) else number


def _with(name: str, entity: Entity, of_part: Callable[[Part], exp.Expr]) -> exp.Expr:
    whole = exp.Paren(this=tree(formula(name, entity)))
    for column in list(whole.find_all(exp.Column)):
        around = column.parent
        replaced = around if isinstance(around, exp.Max | exp.Min) else column
        replaced.replace(of_part(_part(column)))
    for division in reversed(list(whole.find_all(exp.Div))):
        _make_safe(division)
    return whole.unnest()


def _part(column: exp.Expr) -> Part:
    around = column.parent
    if isinstance(around, exp.Max | exp.Min):
        return Part(column.name, around.key)
    return Part(column.name)


def _make_safe(division: exp.Div) -> None:
    """No division of integers, and none by zero."""
    division.set("this", exp.Mul(this=division.this, expression=exp.Literal.number("1.0")))
    bottom = exp.Nullif(this=division.expression.unnest(), expression=exp.Literal.number(0))
    division.set("expression", bottom)
