"""Makes statements from parts that are served and parts that are not, and says which are in them."""

import random
from dataclasses import dataclass

_SERVED = ('"order"', "main.games", "nba.main.games", "games", "players", "Players")
_OTHERS = (
    "app_secrets", "memory.main.games", "sqlite_master", "duckdb_tables", "information_schema.tables",
    "'secret.csv'", '"secret.parquet"', "staged.games", "pg_catalog.pg_class", "pragma_database_list",
)  # fmt: skip
_GENERATORS = ("range(3)", "generate_series(1, 3)", "unnest([1, 2])", "(VALUES (1), (2))", "json_each('[1]')")
_OTHER_GENERATORS = (
    "read_text('/etc/passwd')", "duckdb_settings()", "query('SELECT 1')", "glob('*')", "enable_logging()",
    "checkpoint()", "repeat_row(1, num_rows = 5)", "pragma_version()", "main.read_csv('secret.csv')",
    "range(99999999999)", "json_execute_serialized_sql('{}')", "\"read_blob\"('secret.csv')",
)  # fmt: skip
_VALUES = (
    "1", "'a'", "NULL", "length('abc')", "'it''s; DROP TABLE games -- '", "[1, 2][1]",
    "{'a': 1}.a", "1 + 2 * 3",
    "CASE WHEN 1 = 1 THEN 2 END", "CAST('1' AS INTEGER)", "DATE '2025-01-01'",
    "[x + 1 FOR x IN [1, 2] IF x > 1]",
    "list_sum(list_transform([1, 2], lambda x: x * 2))", "repeat('x', 3)", "random() < 2", "'a' LIKE 'b%'",
    "TRY(1 / 0)", "current_date", "printf('%3d', 5)", "map {'a': 1}", "'{\"a\": 1}'::JSON ->> 'a'",
)  # fmt: skip
_OTHER_VALUES = (
    "current_setting('threads')", "getvariable('x')", "nextval('tickets')", "pg_sleep(0)", "current_user",
    "setseed(0.5)", "write_log('x')", "txid_current()", "json_structure('[]')", "version()",
    "repeat('x', 99999)",
    "main.current_setting('threads')", "[1].list_transform(lambda x: setseed(0.1))", "$1", "1::VARIANT",
    "list_aggregate([1], 'setseed')", "printf('%99999d', 1)", "\"nextval\"('tickets')", "x.getvariable()",
)  # fmt: skip
_OTHER_STATEMENTS = (
    "INSERT INTO games VALUES (9, 'x')", "CREATE TEMP TABLE t AS SELECT 1", "SET threads = 3",
    "CALL range(3)",
    "ATTACH ':memory:' AS m", "COPY games TO 'out.csv'", "PRAGMA database_list",
    "CREATE TEMP MACRO lower(x) AS 1",
    "SET VARIABLE x = 1", "PREPARE p AS SELECT 1", "BEGIN", "DROP TABLE games", "SHOW ALL TABLES",
    "USE memory",
    "PIVOT games ON name USING count(*)", "EXPLAIN ANALYZE DELETE FROM games", "LOAD httpfs", "CHECKPOINT",
)  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """A statement and whether everything in it is allowed."""

    sql: str
    is_allowed: bool


class Maker:
    """Makes statements; `risk` is the chance of each part to be one that is not allowed."""

    def __init__(self, seed: int, risk: float) -> None:
        self._random = random.Random(seed)
        self._risk = risk
        self._is_allowed = True

    def statement(self) -> Statement:
        """The next one."""
        self._is_allowed = True
        sql = self._prefixed(self._query(2, ()))
        if self._random.random() < self._risk:
            self._is_allowed = False
            other = self._random.choice(_OTHER_STATEMENTS)
            sql = self._random.choice((other, f"{sql}; {other}", f"{other}; {sql}"))
        return Statement(sql, self._is_allowed)

    def _prefixed(self, sql: str) -> str:
        prefix = self._random.choice(("",) * 12 + ("EXPLAIN ", "EXPLAIN ANALYZE ", "SUMMARIZE ", "DESCRIBE "))
        return self._random.choice(("", "", " ", "/* SELECT 1; */ ", "-- ;\n")) + prefix + sql

    def _part(self, allowed: tuple[str, ...], others: tuple[str, ...]) -> str:
        if self._random.random() < self._risk:
            self._is_allowed = False
            return self._random.choice(others)
        return self._random.choice(allowed)

    def _query(self, depth: int, names: tuple[str, ...]) -> str:
        """A query in which `names` are those that WITH has defined around it."""
        form = self._random.randrange(8) if depth else 0
        if form == 1:
            name = self._random.choice(("t", "sqlite_master", "duckdb_tables", "games", '"secret.csv"'))
            inner = self._query(depth - 1, names)
            return f"(WITH {name} AS ({inner}) FROM {self._query(depth - 1, (*names, name))})"
        if form == 2:
            return f"(SELECT 1 FROM ({self._query(depth - 1, names)}) UNION ALL {self._one(names)})"
        if form == 3:
            return f"(FROM (PIVOT {self._one(names)} ON one IN (1) USING count(*)))"
        if form == 4:
            return f"(FROM (DESCRIBE {self._query(depth - 1, names)}))"
        value, relation = self._value(depth, names), self._relation(depth, names)
        return f"(SELECT {value} AS v FROM {relation}{self._rest(names)})"

    def _one(self, names: tuple[str, ...]) -> str:
        return f"(SELECT 1 AS one FROM {self._relation(0, names)})"

    def _rest(self, names: tuple[str, ...]) -> str:
        form = self._random.choice(
            ("", "", " LIMIT 2", " WHERE ({}) IS NOT NULL", " ORDER BY {}", " QUALIFY ({}) IS NULL")
        )
        return form.format(self._value(0, names)) if "{}" in form else form

    def _relation(self, depth: int, names: tuple[str, ...]) -> str:
        form = self._random.randrange(6)
        if form == 0 and depth:
            return f"({self._query(depth - 1, names)})"
        if form == 1:
            return self._part(_GENERATORS, _OTHER_GENERATORS)
        if form == 2 and names:
            return self._random.choice(names)
        # A name that WITH has taken is no longer the catalogue's.
        others = tuple(o for o in _OTHERS if o.replace("'", '"') not in names)
        return self._part(_SERVED, others)

    def _value(self, depth: int, names: tuple[str, ...]) -> str:
        form = self._random.randrange(8)
        if form == 0 and depth:
            return f"(SELECT count(*) FROM {self._query(depth - 1, names)})"
        if form == 1 and depth:
            return f"coalesce({self._value(depth - 1, names)}, NULL)"
        return self._part(_VALUES, _OTHER_VALUES)
