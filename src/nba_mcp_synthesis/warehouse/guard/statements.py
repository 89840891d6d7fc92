"""What a statement may begin with, for those who ask; what decides are the lists of each gate."""

STATEMENTS = {
    "duckdb": (
        *("SELECT", "WITH", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT", "DESCRIBE", "SUMMARIZE"),
        *("SHOW TABLES", "EXPLAIN", "EXPLAIN ANALYZE"),
    ),
    "postgres": ("SELECT", "WITH", "VALUES", "TABLE", "SHOW TABLES", "EXPLAIN", "EXPLAIN ANALYZE"),
}
DIALECTS = {"duckdb": "DuckDB's", "postgres": "PostgreSQL's"}
