"""A semantic query, resolved: names are ids, seasons are listed, and every word is known."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from nba_mcp_synthesis.basketball.stats.facts import Entity

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]
Value = str | int | float | bool | dt.date


@dataclass(frozen=True, slots=True)
class Condition:
    """`name` (a dimension or measure) compared with any of `values`; `~` means that a text contains it."""

    name: str
    operator: Operator
    values: tuple[Value, ...]

    @property
    def is_one_player(self) -> bool:
        """True when only named players are left."""
        return self.name == "player" and self.operator == "="

    @property
    def is_one_game(self) -> bool:
        """True when a game, or a day's games, are left."""
        return self.name in ("game", "date", "series_game") and self.operator == "="

    @property
    def text(self) -> str:
        """As it is written in a request."""
        return f"{self.name}{self.operator}{'|'.join(str(value) for value in self.values)}"


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least `value` of the count `count` for a place on a board, and why."""

    count: str
    value: int
    why: str


@dataclass(frozen=True, slots=True)
class StatQuery:
    """Measures of players or teams, told by dimensions.

    `where` holds conditions on dimensions and, by game, on what a game's row says (`pts` of at least 40);
    `having` conditions on the measures that come out. `order_by` names measures or dimensions with True
    for descending; with a `limit` and a measure in front the result is a board, which lists the first
    `limit` ranks with all who share them. `last` keeps each one's newest games;
    `in_order` says that games have to be put in order, and so be dated.
    """

    measures: tuple[str, ...]
    entity: Entity
    by: tuple[str, ...]
    seasons: tuple[str, ...]
    season_types: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    having: tuple[Condition, ...] = ()
    order_by: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    last: int | None = None
    minimum: tuple[Minimum, ...] = ()
    in_order: bool = False

    @property
    def is_board(self) -> bool:
        """True when the result is ranked."""
        return bool(self.by and self.limit and self.order_by and self.order_by[0][0] not in self.by)

    @property
    def text(self) -> str:
        """The query in a line, for whoever wants to know what was understood."""
        where = [condition.text for condition in self.where]
        having = [condition.text for condition in self.having]
        parts = [
            f"{', '.join(self.measures)} of {self.entity}s",
            f"by {', '.join(self.by)}" if self.by else "",
            f"where {' and '.join(where)}" if where else "",
            f"having {' and '.join(having)}" if having else "",
            f"in {', '.join(self.seasons)} {', '.join(self.season_types)}",
            f"over the last {self.last} games" if self.last else "",
        ]
        return " ".join(part for part in parts if part)
