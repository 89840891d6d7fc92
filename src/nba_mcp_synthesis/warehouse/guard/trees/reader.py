"""The lists, held against every node of a tree."""

import re
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.lake.catalogue import staged_name
from nba_mcp_synthesis.warehouse.guard.lists import ASK_INSTEAD, did_you_mean, fold, load, shown
from nba_mcp_synthesis.warehouse.guard.sizes import check_size
from nba_mcp_synthesis.warehouse.scopes import is_defined

if TYPE_CHECKING:
    from collections.abc import Callable

_LISTS = load("trees/lists.toml")
_NODES, _FUNCTIONS, _UNREPEATABLE, _TYPES, _WORDS, _JOINS = (
    frozenset(_LISTS[name]) for name in ("nodes", "functions", "unrepeatable", "types", "words", "joins")
)
_ARGUMENTS = {name: frozenset(found) for name, found in _LISTS["arguments"].items()}
_SIZES: dict[str, tuple[str, int]] = {name: (at, most) for name, (at, most) in _LISTS["sizes"].items()}
_TOGETHER = 1_000_000
# What is before the names of tables whose rows a view reads as each source gave them.
_STAGED = staged_name("")
_REVIEWED = "only what was reviewed is"
_PLAIN = re.compile(r"[^\W\d]\w*")
_BARE = re.compile(_LISTS["bare"])
# Signs that end a quoted name, or that an engine looks into; and columns that tell where files lie.
_NOT_IN_NAMES = re.compile(r"[\"`'$\\{}\x00-\x1f\x7f]")
_OF_FILES = frozenset({"_metadata", "_hadoop_metadata"})


class Reader:
    """Reads one tree: which served relations it names, and whether it gives the same rows each time."""

    def __init__(self, served: frozenset[str], dialect: str) -> None:
        self.relations: set[str] = set()
        self.is_repeatable = True
        self._served, self._dialect = served, dialect
        self._others = frozenset(_LISTS["others"][dialect])
        self._together = 1
        self._rules: dict[type[exp.Expr], Callable[[Any], None]] = {
            exp.Table: self._check_table,
            exp.Identifier: _check_name,
            exp.Literal: self._check_literal,
            exp.DataType: _check_type,
            exp.Var: _check_word,
            exp.Join: _check_join,
            exp.Column: _check_column,
            exp.GenerateSeries: lambda node: self._check_series(
                *map(node.args.get, ("start", "end", "step"))
            ),
        }

    def read(self, tree: exp.Expr) -> None:
        """Looks at every node; raises QueryRefused at the first that is not allowed."""
        own = {fold(cte.alias_or_name) for cte in tree.find_all(exp.CTE)}
        if taken := sorted(name for name in own if name.removeprefix(_STAGED) in self._served):
            raise QueryRefused(
                f"WITH names {shown(taken[0])}, which is the name of a table.", "Give it another name."
            )
        for node in tree.walk():
            self._check(node, tree)

    def _check(self, node: exp.Expr, tree: exp.Expr) -> None:
        name = type(node).__name__
        if isinstance(node, exp.Anonymous):
            self._check_other(node)
        elif name not in _NODES and name not in _FUNCTIONS:
            raise _unknown(node)
        self._check_arguments(name, node)
        self.is_repeatable = (
            self.is_repeatable and name not in _UNREPEATABLE and not _is_inner_limit(node, tree)
        )
        rule = self._rules.get(type(node))
        if rule is not None:
            rule(node)
        self._check_size(name, node)

    def _check_arguments(self, name: str, node: exp.Expr) -> None:
        allowed = _ARGUMENTS.get(name)
        if allowed is None:
            return
        given = {key for key, value in node.args.items() if value not in (None, [], False, "")}
        if more := sorted(given - allowed):
            raise QueryRefused(
                f"This form of {_words(name)} ({_words(more[0])}) is not accepted: {_REVIEWED}.", ASK_INSTEAD
            )

    def _check_table(self, node: exp.Table) -> None:
        if isinstance(node.this, exp.Anonymous):
            self._check_series_in_from(node.this)
            return
        name = fold(node.name)
        if isinstance(node.this, exp.Identifier) and is_defined(node):
            return
        if not isinstance(node.this, exp.Identifier) or name not in self._served:
            hint = did_you_mean(name, self._served, "SHOW TABLES lists the tables.")
            raise QueryRefused(f"There is no table {shown(node.name)} to query.", hint)
        self.relations.add(name)

    def _check_series_in_from(self, call: exp.Anonymous) -> None:
        bounds = call.expressions
        if fold(call.name) not in _LISTS["series"][self._dialect] or not 1 <= len(bounds) <= 3:
            raise QueryRefused(f"There is no table function {shown(call.name)} here.", ASK_INSTEAD)
        start, end, step = {1: (exp.Literal.number(0), *bounds, None), 2: (*bounds, None), 3: tuple(bounds)}[
            len(bounds)
        ]
        self._check_series(start, end, step)

    def _check_other(self, node: exp.Anonymous) -> None:
        if isinstance(node.parent, exp.Table):
            return  # judged with its table
        name = fold(str(node.this))
        if name not in self._others:
            raise QueryRefused(
                f"There is no function {shown(name)} here.",
                did_you_mean(name, self._others, "Use an ordinary one, such as avg, round or coalesce."),
            )

    def _check_series(self, start: Any, end: Any, step: Any) -> None:
        first, last, each = _number(start), _number(end), 1 if step is None else _number(step)
        length = None if first is None or last is None or not each else abs(last - first) // abs(each) + 1
        check_size("a series", 2, length, _LISTS["series_length"][self._dialect])

    def _check_size(self, name: str, node: exp.Expr) -> None:
        if name not in _SIZES:
            return
        at, most = _SIZES[name]
        self._together *= max(1, check_size(_words(name), 2, _number(node.args.get(at)), most))
        check_size(_words(name), 2, self._together, _TOGETHER)

    def _check_literal(self, node: exp.Literal) -> None:
        if self._dialect == "spark" and "${" in node.name:
            raise QueryRefused(
                "A text has ${, which Spark takes for a variable of its own.",
                "Write it in two parts: '$' || '{…'.",
            )


def _is_inner_limit(node: exp.Expr, tree: exp.Expr) -> bool:
    """A limit within a query takes whichever rows come first."""
    return isinstance(node, exp.Limit | exp.Fetch | exp.Offset) and node.parent is not tree


def _number(node: Any) -> int | None:
    """A whole number that stands in the statement."""
    if isinstance(node, exp.Neg):
        found = _number(node.this)
        return None if found is None else -found
    is_whole = isinstance(node, exp.Literal) and node.is_int and len(node.name) < 19
    return int(node.name) if is_whole else None


def _check_name(node: exp.Identifier) -> None:
    name = node.name
    is_plain = bool(_PLAIN.fullmatch(name))
    if fold(name) in _OF_FILES or _NOT_IN_NAMES.search(name) or not (is_plain or node.args.get("quoted")):
        raise QueryRefused(
            f"{shown(name)} is no name that may stand here.", "Use letters, digits and underscores."
        )


def _check_column(node: exp.Column) -> None:
    """Engines call some functions where their bare name stands as a column, Spark even in quotes."""
    if not node.table and _BARE.fullmatch(fold(node.name)):
        raise QueryRefused(
            f"{shown(node.name)} is not accepted: it tells of the engine or of now, and not of the data.",
            "For a column of that name write its table before it, or give it another name.",
        )


def _check_type(node: exp.DataType) -> None:
    kind = getattr(node.this, "name", "")
    if (
        kind not in _TYPES
        or node.args.get("nested")
        or not all(isinstance(p, exp.DataTypeParam) for p in node.expressions)
    ):
        is_interval = isinstance(node.this, exp.Interval)
        named = "interval" if is_interval else kind.lower()
        raise QueryRefused(
            f"The data type {shown(named)} is not accepted here.",
            "Use an ordinary one, such as integer or varchar.",
        )


def _check_word(node: exp.Var) -> None:
    if node.name.upper() not in _WORDS:
        raise QueryRefused(
            f"{shown(node.name)} cannot stand there.", "Use a unit such as DAY, MONTH or YEAR."
        )


def _check_join(node: exp.Join) -> None:
    for part in (node.side, node.kind):
        if part.upper() not in _JOINS:
            raise _unknown(node)


def _unknown(node: exp.Expr) -> QueryRefused:
    kind = type(node).__name__
    if isinstance(node, exp.Func):
        return QueryRefused(
            f"The function {shown(node.sql_name().lower())} is not accepted: {_REVIEWED}.",
            "Use an ordinary one, such as avg, round or coalesce.",
        )
    return QueryRefused(
        f"This form of SELECT ({_words(kind)}) is not accepted: {_REVIEWED}.",
        ASK_INSTEAD,
    )


def _words(kind: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in kind).replace("_", " ").strip()
