"""What Athena's errors mean to whoever asked, without a value from the data in them."""

import contextlib
import re
from collections.abc import Iterator

from nba_mcp_synthesis.connectors.aws import explain_aws
from nba_mcp_synthesis.errors import Busy, LimitExceeded, NbaMcpError, QueryFailed, WarehouseDown
from nba_mcp_synthesis.warehouse.limits import Limits

_HINTS = {
    "permission": "The identity needs athena:StartQueryExecution, GetQueryExecution, "
    "GetQueryResults, StopQueryExecution and GetWorkGroup, glue:GetDatabase, GetTable and GetPartitions, "
    "and the right to read the lake and to write results.",
    "login": "See to the AWS credentials, then try again.",
    "name": "Set AWS_REGION.",
    "not found": "Publish with NBA_MCP_GLUE_DATABASE set, or name another workgroup in the URL.",
}
# They speak of the statement, and are raised before any row is read.
_OF_STATEMENTS = re.compile(
    r"(COLUMN_NOT_FOUND|TABLE_NOT_FOUND|FUNCTION_NOT_FOUND|SYNTAX_ERROR|TYPE_MISMATCH|MISSING_GROUP_BY|"
    r"EXPRESSION_NOT_AGGREGATE|EXPRESSION_NOT_SCALAR|AMBIGUOUS_NAME|INVALID_FUNCTION_ARGUMENT_COUNT): "
)
_TOO_MUCH = re.compile(r"EXCEEDED_(LOCAL_|GLOBAL_)?MEMORY_LIMIT|exhausted resources", re.IGNORECASE)
_CUTOFF = re.compile(r"bytes scanned limit", re.IGNORECASE)
# A value stands in quotation marks or behind a colon; an address in angle brackets or as a URL.
_VALUE = re.compile(r"[\"'«“].*|: .*", re.DOTALL)
_ADDRESS = re.compile(r"\bs3a?://\S+|\barn:\S+")


def unreachable(error: BaseException, place: str) -> NbaMcpError:
    """A call of Athena or Glue that failed."""
    fault = explain_aws(_beneath(error), place)
    if fault.kind == "throttled":
        return Busy(fault.message, "Try again in a moment.")
    return WarehouseDown(fault.message, _HINTS.get(str(fault.kind), "Try again in a while."))


@contextlib.contextmanager
def told(place: str) -> Iterator[None]:
    """Errors of the client library inside the block are told in our words."""
    try:
        yield
    except NbaMcpError:
        raise
    except Exception as error:
        if type(error).__module__.startswith("pyathena"):
            raise unreachable(error, place) from error
        raise


def _beneath(error: BaseException) -> BaseException:
    """The error of the call itself; the client library wraps it."""
    cause = error.__cause__
    return _beneath(cause) if isinstance(cause, Exception) else error


def failed(reason: str | None, bounds: Limits) -> NbaMcpError:
    """Why a query that was started gave no result, by the words that Athena left."""
    told = " ".join((reason or "").split())
    if _CUTOFF.search(told):
        return LimitExceeded(
            "The query was stopped by its workgroup: it read more bytes than one query may.",
            "Filter on season and season_type, or name fewer columns.",
        )
    if _TOO_MUCH.search(told):
        return bounds.out_of_memory()
    if not told:
        return QueryFailed("The query could not be run: Athena gives no reason.")
    return QueryFailed(f"The query could not be run: {_words(told)}")


def cancelled(reason: str | None, bounds: Limits) -> NbaMcpError:
    """Somebody stopped the query, and it was not its deadline: its workgroup, or a person."""
    if _CUTOFF.search(reason or ""):
        return failed(reason, bounds)
    return QueryFailed("The query was cancelled in Athena.", "Ask who did; send it again.")


def _words(told: str) -> str:
    told = _ADDRESS.sub("…", told)
    return told if _OF_STATEMENTS.search(told) else _VALUE.sub(" …", told)


def refused(error: BaseException) -> NbaMcpError | None:
    """A statement that Athena did not start; None for other faults."""
    answer = getattr(_beneath(error), "response", None)
    told = answer.get("Error", {}) if isinstance(answer, dict) else {}
    if told.get("Code") != "InvalidRequestException":
        return None
    message = str(told.get("Message", ""))
    if "output location" in message.lower():
        return WarehouseDown(
            "Athena has no place for results: the workgroup names none, and the URL names none.",
            "Add ?output=s3://BUCKET/PREFIX to NBA_MCP_WAREHOUSE_URL, or set it in the workgroup.",
        )
    return QueryFailed(f"The query could not be run: {_words(message)}")
