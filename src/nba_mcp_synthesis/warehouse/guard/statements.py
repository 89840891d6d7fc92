"""What a statement may begin with, for those who ask; what decides are the lists of each gate."""

STATEMENTS = {
    "duckdb": (
        *("SELECT", "WITH", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT", "DESCRIBE", "SUMMARIZE"),
        *("SHOW TABLES", "EXPLAIN", "EXPLAIN ANALYZE"),
    ),
    "postgres": ("SELECT", "WITH", "VALUES", "TABLE", "SHOW TABLES", "EXPLAIN", "EXPLAIN ANALYZE"),
    "athena": ("SELECT", "WITH", "SHOW TABLES", "EXPLAIN", "EXPLAIN ANALYZE"),
    "spark": ("SELECT", "WITH", "SHOW TABLES", "EXPLAIN"),
}
# By the names of engines, and of dialects where they differ.
DIALECTS = {
    "duckdb": "DuckDB's",
    "postgres": "PostgreSQL's",
    "athena": "Trino's (Athena)",
    "trino": "Trino's (Athena)",
    "spark": "Spark's",
}
