"""Whom the rows of a query are about, as far as the query itself says so."""

import re
from collections.abc import Iterator

from sqlglot import exp

from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.synthesis.literals import is_condition, upwards
from nba_mcp_synthesis.synthesis.number_words import has_number

# Columns of whom a row is not about.
OTHERS = re.compile(r"opp|away|home|host|visit|against|versus|\bvs", re.IGNORECASE)
_NAMED_BY = (exp.Column, exp.Lower, exp.Upper, exp.Paren)


def labels(tree: exp.Expr) -> frozenset[str]:
    """The words of texts that a query puts into its rows."""
    written = [one for one in tree.find_all(exp.Literal) if one.is_string and not is_condition(one)]
    return frozenset(word for one in written for word in key(one.name).split())


def subjects(tree: exp.Expr) -> Iterator[str]:
    """The texts that the whole of a query's rows is compared with, such as a player's name."""
    for literal in tree.find_all(exp.Literal):
        if literal.is_string and not has_number(literal.name) and _chooses(literal):
            yield literal.name


def _chooses(literal: exp.Literal) -> bool:
    """Whether all rows of the outermost query are those of what the literal names."""
    compared = literal.find_ancestor(exp.EQ, exp.Like, exp.ILike)
    column = compared.find(exp.Column) if compared else None
    if compared is None or column is None or OTHERS.search(column.name):
        return False
    steps = list(upwards(literal))
    place = next(n for n, (above, _) in enumerate(steps) if above is compared)
    named = all(isinstance(above, (*_NAMED_BY, exp.Anonymous)) for above, _ in steps[:place])
    return named and all(_keeps(above, below) for above, below in steps[place + 1 :])


def _keeps(above: exp.Expr, below: exp.Expr) -> bool:
    """Whether what holds below holds of all rows above: no `or`, no `not`, no other query's rows."""
    if isinstance(above, exp.EQ | exp.In):
        column = above.find(exp.Column)
        return column is not None and column.name.endswith("_id") and not OTHERS.search(column.name)
    if isinstance(above, exp.Select):
        return below.arg_key in {"where", "from_"}
    return isinstance(above, exp.And | exp.Paren | exp.Where | exp.Subquery | exp.From)
