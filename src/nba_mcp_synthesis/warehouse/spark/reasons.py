"""What Spark's errors mean to whoever asked, without a value from the data in them.

They are judged by condition, SQLSTATE and the status of the call. An error's text quotes the statement, so it
is looked into only where there is nothing else, and from its beginning, where the server's own words stand.
"""

import re

from nba_mcp_synthesis.errors import NbaMcpError, QueryFailed, WarehouseDown
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.spark.calls import CLOSED

# They speak of the statement, and are raised before any row is read.
_OF_STATEMENTS = ("42", "0A")
_CONDITION = re.compile(r"^\s*(?:\([\w.$]+\)\s*)?\[(?P<condition>[A-Z][A-Z0-9_.]*)\]\s*")
_BEHIND = re.compile(
    r"\s*(?:SQLSTATE:|; line \d|== SQL|JVM stacktrace|Search path:| on search path|If you did not qualify).*",
    re.DOTALL,
)
_CANCELLED = ("OPERATION_CANCELED", "INVALID_HANDLE.OPERATION_")
_LOST = ("INVALID_HANDLE.SESSION_", "SESSION_", "NO_ACTIVE_SESSION")
_FILES = ("FAILED_READ_FILE", "PATH_NOT_FOUND", "FILE_NOT_EXIST", "UNSUPPORTED_FILE_SYSTEM")
_MEMORY = (
    "UNABLE_TO_ACQUIRE_MEMORY",
    "AGGREGATE_OUT_OF_MEMORY",
    "POINTER_ARRAY_OUT_OF_MEMORY",
    "SPILL_OUT_OF_MEMORY",
    "INTERNAL_ERROR_MEMORY",
)
# Statuses of calls, by name: who calls is not let in, and nobody answers.
_NOT_LET_IN = ("UNAUTHENTICATED", "PERMISSION_DENIED")
_SILENT = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED")
# Errors without a condition.
_MEMORY_TEXT = re.compile(
    r"\(java\.lang\.OutOfMemoryError\)|Cannot grow BufferHolder by size|"
    r"Job aborted due to stage failure: (?:Total size of serialized results|"
    r"[^:]*most recent failure: Lost task[^:]*: java\.lang\.OutOfMemoryError)"
)
_FILE_SYSTEM_TEXT = re.compile(
    r"(?:\([\w.$]+\) )?(?:[\w.$]+Exception: )*"
    r"(?:No FileSystem for scheme|Class org\.apache\.hadoop\.fs\.|s3a://\S+: .*?(?:AccessDenied|Forbidden))|"
    r"\((?:java\.nio\.file\.AccessDeniedException|org\.apache\.hadoop\.security\.AccessControlException)\)"
)


def is_of_client(error: BaseException) -> bool:
    """Whether the client library raised it."""
    of_library = type(error).__module__.partition(".")[0] in ("pyspark", "grpc")
    return of_library or _is_of_closed(error)


def is_lost(error: BaseException) -> bool:
    """Whether the session is of no use any more: it ended, or nobody answers there."""
    return _has_ended(error) or _status(error) in (*_NOT_LET_IN, *_SILENT)


def translated(error: BaseException, bounds: Limits, place: str) -> NbaMcpError:
    """An error of the client library as the product's own."""
    condition = _condition(error)
    if condition.startswith(_FILES) or (not condition and _FILE_SYSTEM_TEXT.match(str(error))):
        return WarehouseDown(
            f"{place} cannot read the files of the lake.",
            "It must reach NBA_MCP_LAKE_URL under the same address: the same folder, or S3 by s3a with "
            "credentials of its own.",
        )
    if _sql_state(error).startswith(_OF_STATEMENTS):
        return QueryFailed(f"The query could not be run: {_reason(error, condition)}")
    if condition.startswith(_MEMORY) or _status(error) == "RESOURCE_EXHAUSTED":
        return bounds.out_of_memory()
    if not condition and _MEMORY_TEXT.match(str(error)):
        return bounds.out_of_memory()
    if condition.startswith(_CANCELLED):
        return QueryFailed("The query was cancelled in Spark.", "Ask who did; send it again.")
    return _of_server(error, place) or QueryFailed(f"The query could not be run: {_reason(error, condition)}")


def silent(place: str) -> WarehouseDown:
    """Nobody answers."""
    return WarehouseDown(
        f"{place} does not answer.", "Is Spark Connect running there? The next call tries again."
    )


def _of_server(error: BaseException, place: str) -> WarehouseDown | None:
    """What is wrong with the server, whatever was asked; None for nothing."""
    if _status(error) in _NOT_LET_IN:
        return WarehouseDown(
            f"{place} does not accept who calls.", "Check user and token in NBA_MCP_WAREHOUSE_URL."
        )
    if _has_ended(error):
        return WarehouseDown(f"{place} ended the session.", "Try again: the next call opens a new one.")
    return silent(place) if _status(error) in _SILENT else None


def _reason(error: BaseException, condition: str) -> str:
    """Spark's own words about the statement; of what comes later only the kind: the rest quotes values."""
    if _sql_state(error).startswith(_OF_STATEMENTS):
        told = _BEHIND.sub("", _CONDITION.sub("", str(error))).strip()
        return " ".join(told.split())[:300]
    words = condition.replace("_", " ").replace(".", ": ").lower()
    return words or f"{type(error).__name__}"


def _condition(error: BaseException) -> str:
    told = getattr(error, "getCondition", lambda: None)()
    found = _CONDITION.match(str(error))
    return str(told or (found["condition"] if found else ""))


def _sql_state(error: BaseException) -> str:
    return str(getattr(error, "getSqlState", lambda: None)() or "")


def _status(error: BaseException) -> str:
    """The status of the call, by its name; empty where there is none."""
    told = getattr(error, "getGrpcStatusCode", None) or getattr(error, "code", None)
    return str(getattr(told() if callable(told) else told, "name", ""))


def _has_ended(error: BaseException) -> bool:
    return _condition(error).startswith(_LOST) or _is_of_closed(error)


def _is_of_closed(error: BaseException) -> bool:
    return isinstance(error, ValueError) and str(error).startswith(CLOSED)
