"""The program of a worker: it opens the warehouse, gives up its rights, and answers statement by statement.

It is started by process.py with the number of its socket and of its lifeline. It imports what it needs for
that and no more: its start is part of the first answer. What it cannot handle ends it, which the server
tells its caller.
"""

import os
import socket
import sys
from typing import Any

import duckdb

from nba_mcp_synthesis.warehouse.reasons import reason
from nba_mcp_synthesis.warehouse.workers import confinement, protocol
from nba_mcp_synthesis.warehouse.workers.encoding import RowTooLargeError, encode

_KINDS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
_MOST_REASON = 2_000


class Worker:
    """One engine over one state of the warehouse.

    The file lies behind a name that nobody knows, hidden from the engine's own catalogues; what is served
    are views of the tables by their plain names. So nothing else of the file can be named, whatever the
    gate let through.
    """

    def __init__(self, path: str, relations: list[str], memory_mb: int) -> None:
        self._secret = f"w{os.urandom(16).hex()}"
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "threads": 1,
                "memory_limit": f"{memory_mb}MB",
                "temp_directory": "",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
            },
        )
        quoted = path.replace("'", "''")
        self._connection.execute(f"ATTACH '{quoted}' AS {self._secret} (READ_ONLY, HIDDEN)")
        for relation in relations:
            self._serve(relation)
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def _serve(self, relation: str) -> None:
        try:
            self._connection.execute(f"CREATE VIEW {relation} AS FROM {self._secret}.main.{relation}")
        except duckdb.CatalogException:
            return  # an older warehouse does not have every table of today

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The head and the rows that answer one request."""
        # A connection of its own: temporary tables, variables and transactions end with it.
        cursor = self._connection.cursor()
        try:
            return self._run(cursor, request)
        except RowTooLargeError:
            return {"outcome": "row_too_large"}, b""
        except (duckdb.OutOfMemoryException, MemoryError):
            # What the engine keeps of the memory would be missing to the next caller.
            return {"outcome": "out_of_memory", "spent": True}, b""
        except duckdb.Error as error:
            return self._failed(reason(error)), b""
        except (ValueError, OverflowError, RecursionError) as error:
            return self._failed(f"a value of the result cannot be shown ({error})"), b""
        finally:
            cursor.close()

    def _run(
        self, cursor: duckdb.DuckDBPyConnection, request: dict[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        statements = cursor.extract_statements(request["sql"])
        if len(statements) != 1 or statements[0].type not in _KINDS:
            return self._failed("it is not one query"), b""
        is_plan = statements[0].type != duckdb.StatementType.SELECT
        if is_plan:
            # EXPLAIN ANALYZE runs what it explains, whatever that is.
            cursor.execute("BEGIN TRANSACTION READ ONLY")
        cursor.execute(statements[0])
        columns = [column[0] for column in cursor.description or ()]
        found = encode(cursor, request["rows"], request["bytes"], request["skip"])
        head = {
            "outcome": "ok",
            "columns": columns,
            "count": found.rows,
            "cut": found.cut,
            # A plan shows the file's hidden name in pieces: the next caller gets another worker.
            "spent": is_plan,
        }
        return head, found.text.replace(self._secret.encode(), b"nba")

    def _failed(self, why: str) -> dict[str, Any]:
        return {"outcome": "failed", "reason": why.replace(self._secret, "nba")[:_MOST_REASON]}


def main() -> None:
    """Answers until the server closes the socket."""
    channel, lifeline = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    confinement.die_with(lifeline)
    opening, _ = protocol.receive(channel)
    before = _identity(opening["path"])
    worker = Worker(opening["path"], opening["relations"], opening["memory_mb"])
    confinement.confine(opening["memory_mb"])
    # A file that was replaced meanwhile may be the old or the new one: then it is neither.
    protocol.send(channel, {"identity": before if before == _identity(opening["path"]) else None})
    while True:
        request, _ = protocol.receive(channel)
        confinement.allow_seconds(request["seconds"])
        protocol.send(channel, *worker.answer(request))


def _identity(path: str) -> list[int]:
    stat = os.stat(path)  # noqa: PTH116 - pathlib is not needed for anything else here
    return [stat.st_dev, stat.st_ino, stat.st_mtime_ns]


if __name__ == "__main__":
    try:
        main()
    except (OSError, protocol.BrokenMessageError):
        os._exit(0)  # the server is gone, and nobody is left to tell
