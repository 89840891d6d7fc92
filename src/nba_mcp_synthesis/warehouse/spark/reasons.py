"""What Spark's errors mean to whoever asked, without a value from the data in them."""

import re

from nba_mcp_synthesis.errors import NbaMcpError, QueryFailed, WarehouseDown
from nba_mcp_synthesis.warehouse.limits import Limits

# They speak of the statement, and are raised before any row is read.
_OF_STATEMENTS = ("42", "0A")
_CONDITION = re.compile(r"^\s*(?:\([\w.$]+\)\s*)?\[(?P<condition>[A-Z][A-Z0-9_.]*)\]\s*")
_BEHIND = re.compile(
    r"\s*(?:SQLSTATE:|; line \d|== SQL|JVM stacktrace|Search path:| on search path|If you did not qualify).*",
    re.DOTALL,
)
_CANCELLED = ("OPERATION_CANCELED", "OPERATION_ABANDONED")
_LOST = ("INVALID_HANDLE", "SESSION_")
_FILES = ("FAILED_READ_FILE", "PATH_NOT_FOUND", "FILE_NOT_EXIST", "UNSUPPORTED_FILE_SYSTEM")
_MEMORY = re.compile(r"OutOfMemory|OUT_OF_MEMORY|exceeds? .*maxResultSize|Cannot grow BufferHolder")
_FILE_SYSTEM = re.compile(r"No FileSystem for scheme|ClassNotFoundException|AccessDenied|Forbidden")


def translated(error: BaseException, bounds: Limits, place: str) -> NbaMcpError:
    """An error of the client library as the product's own."""
    text, condition = str(error), _condition(error)
    if _MEMORY.search(text):
        return bounds.out_of_memory()
    if condition.startswith(_CANCELLED):
        return QueryFailed("The query was cancelled in Spark.", "Ask who did; send it again.")
    return _of_server(error, place) or QueryFailed(f"The query could not be run: {_reason(error, condition)}")


def _of_server(error: BaseException, place: str) -> WarehouseDown | None:
    """What is wrong with the server, whatever was asked; None for nothing."""
    text, condition = str(error), _condition(error)
    if "UNAUTHENTICATED" in text or "PERMISSION_DENIED" in text:
        return WarehouseDown(
            f"{place} does not accept who calls.", "Check user and token in NBA_MCP_WAREHOUSE_URL."
        )
    if condition.startswith(_LOST):
        return WarehouseDown(f"{place} ended the session.", "Try again: the next call opens a new one.")
    if condition.startswith(_FILES) or _FILE_SYSTEM.search(text):
        return WarehouseDown(
            f"{place} cannot read the files of the lake.",
            "It must reach NBA_MCP_LAKE_URL under the same address: the same folder, or S3 by s3a with "
            "credentials of its own.",
        )
    if _is_silent(error):
        return WarehouseDown(
            f"{place} does not answer.", "Is Spark Connect running there? The next call tries again."
        )
    return None


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


def _is_silent(error: BaseException) -> bool:
    """Whether nobody answered, by the transport's words."""
    text = str(error)
    return any(
        word in text for word in ("UNAVAILABLE", "DEADLINE_EXCEEDED", "RETRIES_EXCEEDED", "channel is closed")
    )
