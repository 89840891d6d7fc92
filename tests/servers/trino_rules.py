"""What Trino refuses and DuckDB lets pass, so that no statement passes here that would fail there."""

from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

_MOST_IN_SERIES = 10_000
_TEXTS = (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT, exp.DataType.Type.CHAR)
_UNKNOWN = (exp.DataType.Type.UNKNOWN, exp.DataType.Type.NULL)
_HIVE = {"string": "VARCHAR", "int": "INTEGER"}
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)


def check(tree: exp.Expr, tables: dict[str, dict[str, Any]], failed: type[Exception]) -> None:
    """Raises `failed` with Trino's reason where it would refuse the query."""
    _check_series(tree, failed)
    _check_groups(tree, failed)
    _check_using(tree, failed)
    _check_types(tree, tables, failed)


def _check_series(tree: exp.Expr, failed: type[Exception]) -> None:
    for series in tree.find_all(exp.GenerateSeries):
        start, end = series.args["start"], series.args["end"]
        if start.is_int and end.is_int and end.to_py() - start.to_py() >= _MOST_IN_SERIES:
            raise failed(
                "INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries"
            )


def _check_groups(tree: exp.Expr, failed: type[Exception]) -> None:
    """GROUP BY names columns of the sources, not those that SELECT makes, and HAVING neither."""
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        made = {a.alias for a in select.expressions if isinstance(a, exp.Alias) and a.this.name != a.alias}
        for part in (*(group.expressions if group else ()), select.args.get("having") or exp.Null()):
            for column in part.find_all(exp.Column):
                if not column.table and column.name in made and not _is_in_source(select, column.name):
                    raise failed(f"COLUMN_NOT_FOUND: line 1:1: Column '{column.name}' cannot be resolved")


def _is_in_source(select: exp.Select, name: str) -> bool:
    sources = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or ())]
    inner = [source.this for source in sources if isinstance(source, exp.Subquery)]
    return any(name in {s.alias_or_name for s in one.selects} for one in inner) or any(
        isinstance(source, exp.Table) for source in sources
    )


def _check_using(tree: exp.Expr, failed: type[Exception]) -> None:
    """A column that USING joins belongs to no table any more."""
    for select in tree.find_all(exp.Select):
        shared = {
            name.name for join in select.args.get("joins") or () for name in join.args.get("using") or ()
        }
        for column in select.find_all(exp.Column):
            if column.parent_select is select and column.table and column.name in shared:
                raise failed(f"COLUMN_NOT_FOUND: line 1:1: Column '{column.sql()}' cannot be resolved")


def _check_types(tree: exp.Expr, tables: dict[str, dict[str, Any]], failed: type[Exception]) -> None:
    """Nothing is cast unless the statement says so."""
    schema: dict[str, object] = {
        name: {
            c["Name"]: _HIVE.get(c["Type"], c["Type"])
            for c in (*table["StorageDescriptor"]["Columns"], *table["PartitionKeys"])
        }
        for name, table in tables.items()
    }
    try:
        typed = annotate_types(
            qualify(tree, schema=schema, dialect="trino", validate_qualify_columns=False),
            schema=schema,
            dialect="trino",
        )
    except SqlglotError as error:
        raise failed(f"COLUMN_NOT_FOUND: line 1:1: {str(error).splitlines()[0]}") from None
    for node in typed.walk():
        if isinstance(node, _COMPARISONS) and not _alike(node.this, node.expression):
            raise failed(f"TYPE_MISMATCH: line 1:1: Cannot apply operator to {node.sql()}")
        if isinstance(node, exp.Between) and not _alike(node.this, node.args["low"]):
            raise failed(f"TYPE_MISMATCH: line 1:1: Cannot check if {node.sql()}")
        if isinstance(node, exp.Sub) and _is(node.this, "DATE") and _is(node.expression, "DATE"):
            raise failed("TYPE_MISMATCH: line 1:1: the difference of dates is an interval")
        if isinstance(node, exp.DPipe) and not all(map(_is_text, (node.this, node.expression))):
            raise failed(f"TYPE_MISMATCH: line 1:1: Unexpected parameters for function concat: {node.sql()}")
        if isinstance(node, exp.Concat) and not all(map(_is_text, node.expressions)):
            raise failed(f"TYPE_MISMATCH: line 1:1: Unexpected parameters for function concat: {node.sql()}")


def _kind(node: exp.Expr) -> Any:
    return node.type.this if node.type else exp.DataType.Type.UNKNOWN


def _is(node: exp.Expr, name: str) -> bool:
    return bool(_kind(node) == exp.DataType.Type[name])


def _is_text(node: exp.Expr) -> bool:
    return _kind(node) in (*_TEXTS, *_UNKNOWN)


def _alike(one: exp.Expr, other: exp.Expr) -> bool:
    """Whether two values can be compared: texts with texts, other things with others."""
    kinds = {_kind(one), _kind(other)}
    if kinds & set(_UNKNOWN):
        return True
    return (_kind(one) in _TEXTS) == (_kind(other) in _TEXTS)
