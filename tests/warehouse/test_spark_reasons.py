"""What errors of Spark mean that no server here can be made to give: memory, file systems, who is refused."""

from types import SimpleNamespace

import pytest

from nba_mcp_synthesis.errors import LimitExceeded, NbaMcpError, QueryFailed, WarehouseDown
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.spark import reasons


class Told(Exception):
    """An error as the client library gives it."""

    def __init__(self, text: str, condition: str = "", state: str = "", status: str = "INTERNAL") -> None:
        super().__init__(text)
        self._condition, self._state, self._status = condition, state, status

    def getCondition(self) -> str | None:  # noqa: N802 - the library's names
        """The name of the error."""
        return self._condition or None

    def getSqlState(self) -> str | None:  # noqa: N802
        """Its class."""
        return self._state or None

    def getGrpcStatusCode(self) -> SimpleNamespace:  # noqa: N802
        """How the call ended."""
        return SimpleNamespace(name=self._status)


LOST = (
    "Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times, most recent failure: Lost task 0.0"
)
CASES = [
    (Told("(java.lang.OutOfMemoryError) Java heap space"), LimitExceeded, False),
    (
        Told(f"{LOST} in stage 1.0 (TID 3) (h executor 1): java.lang.OutOfMemoryError: x"),
        LimitExceeded,
        False,
    ),
    (
        Told(
            "Job aborted due to stage failure: Total size of serialized results of 9 tasks (1 GiB) is bigger "
            "than spark.driver.maxResultSize"
        ),
        LimitExceeded,
        False,
    ),
    (Told("[X] y", "UNABLE_TO_ACQUIRE_MEMORY", "53200"), LimitExceeded, False),
    (Told("Received message larger than max", status="RESOURCE_EXHAUSTED"), LimitExceeded, False),
    (
        Told('(org.apache.hadoop.fs.UnsupportedFileSystemException) No FileSystem for scheme "s3a"'),
        WarehouseDown,
        False,
    ),
    (
        Told(
            "(java.lang.RuntimeException) java.lang.ClassNotFoundException: Class "
            "org.apache.hadoop.fs.s3a.S3AFileSystem not found"
        ),
        WarehouseDown,
        False,
    ),
    (Told("(java.nio.file.AccessDeniedException) s3a://b/k: getFileStatus"), WarehouseDown, False),
    (Told("[PATH_NOT_FOUND] s3a://b/k", "PATH_NOT_FOUND", "42K03"), WarehouseDown, False),
    (Told("Invalid token", status="UNAUTHENTICATED"), WarehouseDown, True),
    (Told("not here", status="PERMISSION_DENIED"), WarehouseDown, True),
    (Told("failed to connect", status="UNAVAILABLE"), WarehouseDown, True),
    (Told("Deadline Exceeded", status="DEADLINE_EXCEEDED"), WarehouseDown, True),
    (
        Told("[INVALID_HANDLE.SESSION_CLOSED] x", "INVALID_HANDLE.SESSION_CLOSED", "HY000"),
        WarehouseDown,
        True,
    ),
    (ValueError("Cannot invoke RPC on closed channel!"), WarehouseDown, True),
    (Told("[NO_ACTIVE_SESSION] No active Spark session found.", "NO_ACTIVE_SESSION"), WarehouseDown, True),
    (
        Told("[INVALID_HANDLE.OPERATION_ABANDONED] x", "INVALID_HANDLE.OPERATION_ABANDONED", "HY000"),
        QueryFailed,
        False,
    ),
    # what a caller wrote, or what stands in the data
    (Told("[UNRESOLVED_COLUMN] `UNAVAILABLE`", "UNRESOLVED_COLUMN", "42703"), QueryFailed, False),
    (Told("[CAST_INVALID_INPUT] 'OutOfMemory'", "CAST_INVALID_INPUT", "22018"), QueryFailed, False),
    (Told('(java.lang.NumberFormatException) For input string: "Forbidden s3a://x: "'), QueryFailed, False),
    (Told(f"{LOST} (TID 3) (h): java.lang.X: (java.lang.OutOfMemoryError)"), QueryFailed, False),
]


@pytest.mark.parametrize(("error", "kind", "lost"), CASES)
def test_an_error_is_judged_by_what_the_server_says_of_it(
    error: Exception, kind: type[NbaMcpError], lost: bool
) -> None:
    """And the session of everybody ends only where it is of no use any more."""
    assert type(reasons.translated(error, Limits(), "spark://here:1")) is kind
    assert reasons.is_lost(error) is lost
