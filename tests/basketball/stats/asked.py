"""Semantic queries drawn at random, in the words of a request and as expressions of polars."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from hypothesis import strategies as st

from basketball.stats.definitions import value

# A condition as it is written, and as polars understands it.
Condition = tuple[str, pl.Expr]
COMPARED: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
OF_GAMES = (
    "month", "calendar_month", "weekday", "location", "result", "overtime", "rest_days", "opponent",
    "opponent_conference", "opponent_division",
)  # fmt: skip
OF_CLUBS = ("team", "conference", "division")


@dataclass(frozen=True)
class Asked:
    """One query: for `Stats` its words, for the oracle its expressions."""

    entity: str
    measures: tuple[str, ...]
    by: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    having: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    last: int | None = None
    qualified: bool = False
    season_type: str = "Regular Season"
    words: dict[str, Any] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        orders = tuple(f"{'-' if down else ''}{name}" for name, down in self.order)
        words: dict[str, Any] = {
            "measures": self.measures,
            "by": self.by,
            "order_by": orders,
            "limit": self.limit,
        }
        words |= {"where": tuple(text for text, _ in self.where), "last": self.last}
        words |= {"having": tuple(text for text, _ in self.having), "qualifier": self.qualified}
        words |= {"season": "2025-26", "season_type": self.season_type}
        object.__setattr__(self, "words", words)

    @property
    def conditioned(self) -> list[tuple[str, pl.Expr]]:
        """The conditions on rows by the name of what they compare."""
        return [(re.split(r"\W", text)[0], condition) for text, condition in self.where]


def listed(name: str, values: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    """A dimension that is, or is not, one of some values."""
    chosen = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    return st.tuples(chosen, st.booleans()).map(
        lambda of: (
            f"{name}{'=' if of[1] else '!='}{'|'.join(of[0])}",
            pl.col(name).is_in(of[0]) if of[1] else ~pl.col(name).is_in(of[0]),
        )
    )


def number(name: str, numbers: st.SearchStrategy[Any], entity: str) -> st.SearchStrategy[Condition]:
    """A dimension or measure compared with a number."""
    return st.tuples(st.sampled_from(sorted(COMPARED)), numbers).map(
        lambda of: (f"{name}{of[0]}{of[1]}", COMPARED[of[0]](value(name, entity), of[1]))
    )


def yes(name: str) -> st.SearchStrategy[Condition]:
    """A dimension that is true or false."""
    return st.booleans().map(lambda yes: (f"{name}={'yes' if yes else 'no'}", pl.col(name) == yes))


@dataclass(frozen=True)
class Space:
    """What can be asked of the players or teams of a warehouse.

    One of `marks` is always told, so that it is a question about players and not about their teams.
    `ranked` are measures that come to the same last bit in whatever order they are added, so that ties are
    ties in both computations.
    """

    entity: str
    measures: tuple[str, ...]
    by: tuple[str, ...]
    ranked: tuple[str, ...]
    conditions: tuple[st.SearchStrategy[Condition], ...]
    marks: tuple[str, ...] = ()
    last: tuple[int | None, ...] = (None,)
    season_types: tuple[str, ...] = ("Regular Season",)


@st.composite
def asked(draw: st.DrawFn, spaces: tuple[Space, ...]) -> Asked:
    """Queries that `Stats` takes."""
    space = draw(st.sampled_from(spaces))
    names = st.lists(st.sampled_from(space.measures), min_size=1, max_size=4, unique=True)
    dimensions = draw(st.lists(st.sampled_from(space.by), max_size=2, unique=True))
    marks = [draw(st.sampled_from(space.marks))] if space.marks else []
    by = tuple(dict.fromkeys([*marks, *dimensions]))
    ranked = draw(st.sampled_from(space.ranked))
    limit = draw(st.none() | st.integers(1, 40)) if by else None
    order = ((ranked, draw(st.booleans())),) if limit or draw(st.booleans()) else ()
    having = number(ranked, st.integers(0, 1) | st.sampled_from((0.35, 0.5, 0.9)), space.entity)
    return Asked(
        space.entity,
        tuple(draw(names)),
        by,
        tuple(draw(st.lists(st.one_of(space.conditions), max_size=2))),
        # Of no row at all a sum is none and a count nothing; conditions tell them apart, and people do not.
        tuple(draw(st.lists(having, max_size=1))) if by else (),
        order,
        limit,
        draw(st.sampled_from(space.last)),
        draw(st.booleans()),
        draw(st.sampled_from(space.season_types)),
    )
