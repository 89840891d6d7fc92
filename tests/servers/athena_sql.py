"""Trino's SQL over the tables of a Glue catalogue, run by DuckDB; values are the text that Athena gives."""

import contextlib
import datetime as dt
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nba_mcp_synthesis.warehouse.lake_engine import _extension
from servers import trino_rules
from servers.aws import REGION, AwsServer

_TYPES = {
    "INTEGER": "integer", "BIGINT": "bigint", "HUGEINT": "bigint", "SMALLINT": "smallint", "DOUBLE": "double",
    "FLOAT": "real", "VARCHAR": "varchar", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
    "INTERVAL": "interval day to second", '"NULL"': "unknown",
}  # fmt: skip
_HIVE = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT", "double": "DOUBLE", "boolean": "BOOLEAN"}
_HIVE |= {"date": "DATE", "timestamp": "TIMESTAMP"}


class Failed(Exception):
    """A query ended without a result, with the reason that Athena leaves."""

    def __init__(self, reason: str, *, is_cancelled: bool = False) -> None:
        super().__init__(reason)
        self.is_cancelled = is_cancelled


@dataclass(frozen=True)
class Ran:
    """Columns (name, type of Athena), rows as text, and the bytes of the files that were read."""

    columns: list[tuple[str, str]]
    rows: list[list[str | None]]
    scanned: int


class Engine:
    """Runs queries over one AWS server's catalogue; each query looks its tables up anew."""

    def __init__(self, aws: AwsServer, database: str = "nba") -> None:
        self._aws, self._database = aws, database
        self.extra_bytes = 0
        self.on_start: Callable[[threading.Event], None] = lambda _: None
        self._glue, self._s3 = aws.client("glue"), aws.client("s3")
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute(f"LOAD '{_extension()}'")
        parts = urlsplit(aws.url)
        self._connection.execute(
            f"CREATE SECRET (TYPE s3, KEY_ID 'testing', SECRET 'testing', REGION '{REGION}', "
            f"ENDPOINT '{parts.netloc}', URL_STYLE 'path', USE_SSL false)"
        )

    def run(self, sql: str, cutoff: int | None, ended: threading.Event) -> Ran:
        """The result of a query; `ended` stops it."""
        self.on_start(ended)
        prefix, text = _explained(sql)
        tree = parsed(text)
        tables = {
            table.name: self._glue.get_table(DatabaseName=self._database, Name=table.name)["Table"]
            for table in tree.find_all(exp.Table)
            if table.name not in {cte.alias for cte in tree.find_all(exp.CTE)} and self._has(table.name)
        }
        trino_rules.check(tree.copy(), tables, Failed)
        files = {name: self._files(table) for name, table in tables.items()}
        scanned = 0 if prefix else sum(size for found in files.values() for _, size in found)
        scanned += self.extra_bytes
        if cutoff is not None and scanned > cutoff:
            raise Failed("Query cancelled! : Bytes scanned limit was exceeded", is_cancelled=True)
        cursor = self._connection.cursor()
        with contextlib.closing(cursor), _stopping(cursor, ended):
            for name, table in tables.items():
                cursor.execute(_view(name, table, [path for path, _ in files[name]]))
            return _result(cursor, prefix + in_duckdb(tree), scanned, ended)

    def _has(self, name: str) -> bool:
        try:
            self._glue.get_table(DatabaseName=self._database, Name=name)
        except self._glue.exceptions.EntityNotFoundException:
            raise Failed(
                f"TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.nba.{name}' does not exist"
            ) from None
        return True

    def _files(self, table: dict[str, Any]) -> list[tuple[str, int]]:
        places = [table["StorageDescriptor"]["Location"]]
        if table["PartitionKeys"]:
            pages = self._glue.get_paginator("get_partitions").paginate(
                DatabaseName=self._database, TableName=table["Name"]
            )
            places = [one["StorageDescriptor"]["Location"] for page in pages for one in page["Partitions"]]
        return [found for place in places for found in self._listed(place)]

    def _listed(self, place: str) -> Iterator[tuple[str, int]]:
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        for one in self._s3.list_objects_v2(Bucket=bucket, Prefix=prefix + "/").get("Contents", ()):
            yield f"s3://{bucket}/{one['Key']}", one["Size"]


@contextlib.contextmanager
def _stopping(cursor: duckdb.DuckDBPyConnection, ended: threading.Event) -> Iterator[None]:
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            if ended.is_set():
                cursor.interrupt()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _explained(sql: str) -> tuple[str, str]:
    for prefix in ("EXPLAIN ANALYZE ", "EXPLAIN "):
        if sql.startswith(prefix):
            return prefix, sql.removeprefix(prefix)
    return "", sql


def parsed(sql: str) -> exp.Expr:
    """A statement of Trino's."""
    try:
        return sqlglot.parse_one(sql, dialect="trino")
    except SqlglotError:
        raise Failed("SYNTAX_ERROR: line 1:1: mismatched input") from None


def in_duckdb(tree: exp.Expr) -> str:
    """It, as DuckDB computes the same."""
    for part in tree.find_all(exp.Extract):
        if part.name.upper() == "DOW":  # in Trino, Monday is 1
            part.set("this", exp.var("ISODOW"))
    return tree.sql(dialect="duckdb")


def _view(name: str, table: dict[str, Any], files: list[str]) -> str:
    columns = [*table["StorageDescriptor"]["Columns"], *table["PartitionKeys"]]
    if not files:
        empty = ", ".join(f'CAST(NULL AS {_HIVE[c["Type"]]}) AS "{c["Name"]}"' for c in columns)
        return f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT {empty} WHERE FALSE'
    named = ", ".join(f'CAST("{c["Name"]}" AS {_HIVE[c["Type"]]}) AS "{c["Name"]}"' for c in columns)
    hive = ", hive_partitioning = true, hive_types_autocast = false" if table["PartitionKeys"] else ""
    return f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT {named} FROM read_parquet({files!r}{hive})'


def _result(cursor: duckdb.DuckDBPyConnection, sql: str, scanned: int, ended: threading.Event) -> Ran:
    try:
        cursor.execute(sql)
        columns = [(c[0], _kind(str(c[1]))) for c in cursor.description or ()]
        rows = [[_text(value) for value in row] for row in cursor.fetchall()]
    except duckdb.InterruptException:
        assert ended.is_set()
        raise Failed("Query cancelled by user", is_cancelled=True) from None
    except duckdb.Error as error:
        raise Failed(_in_athenas_words(error)) from None
    return Ran(columns, rows, scanned)


def _kind(duck: str) -> str:
    if duck.endswith("]"):
        return "array"
    return "decimal" if duck.startswith("DECIMAL") else _TYPES[duck]


def _text(value: Any) -> str | None:
    return None if value is None else _shown(value)


def _shown(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float() if not math.isfinite(value):
            return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}[str(value)]
        case dt.datetime():
            return value.isoformat(" ", "milliseconds")
        case dt.timedelta():
            hours, rest = divmod(value.seconds, 3_600)
            return f"{value.days} {hours:02}:{rest // 60:02}:{rest % 60:02}.{value.microseconds // 1_000:03}"
        case list():
            return "[" + ", ".join(str(_text(one)) for one in value) + "]"
    return str(value)


def _in_athenas_words(error: duckdb.Error) -> str:
    told = str(error).splitlines()[0].partition(": ")[2]
    match error:
        case duckdb.CatalogException():
            return f"FUNCTION_NOT_FOUND: line 1:8: {told}"
        case duckdb.BinderException():
            return f"COLUMN_NOT_FOUND: line 1:8: {told}"
        case duckdb.ConversionException():
            return f"INVALID_CAST_ARGUMENT: {told}"
        case duckdb.OutOfMemoryException():
            return "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded per-node memory limit of 1GB"
    return f"GENERIC_USER_ERROR: {told}"
