"""Trees as text in the dialect of an engine, with nothing moved and nothing computed otherwise.

sqlglot's writer serves old versions as well: for Spark it moves each WITH to the top, where equal names
meet, and writes percentiles as approximate ones. The engines here know both. And regexp_like becomes RLIKE,
which takes what follows it, such as `= TRUE`, into the pattern.
"""

from typing import Any

from sqlglot import exp

_PERCENTILES = {exp.PercentileCont: "PERCENTILE_CONT", exp.PercentileDisc: "PERCENTILE_DISC"}


def text_of(tree: exp.Expr, dialect: str, **options: Any) -> str:
    """The tree as text; `options` are those of sqlglot's writer."""
    # Only of a query that stands alone does it move parts, so this one is told as a column without an alias.
    whole = exp.Alias(this=tree.copy())
    if dialect == "spark":
        for node in list(whole.find_all(exp.WithinGroup)):
            if name := _PERCENTILES.get(type(node.this)):
                node.set("this", exp.Anonymous(this=name, expressions=[node.this.this]))
        for match in list(whole.find_all(exp.RegexpLike)):
            match.replace(exp.Anonymous(this="REGEXP_LIKE", expressions=[match.this, match.expression]))
    return whole.sql(dialect=dialect, copy=False, **options)
