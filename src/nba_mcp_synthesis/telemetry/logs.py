"""Logs: one JSON line an event, with the request it belongs to.

Each event is of a family (`families.py`), so that it can be searched for. Lines go to stderr when stdout
carries the protocol (stdio), and to stdout under HTTP.
"""

import contextlib
import logging
import re
import uuid
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, TextIO

import structlog
from pydantic_core import to_json

from nba_mcp_synthesis.telemetry.families import with_family

_trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# W3C Trace Context: version, trace, span, flags. Later versions may have more behind them.
_TRACEPARENT = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)
# Their own lines repeat what ours say, or speak of every step; botocore's have secrets in them.
_QUIET = (
    "asyncio",
    "boto3",
    "botocore",
    "fastmcp",
    "httpx",
    "mcp",
    "psycopg",
    "sse_starlette",
    "urllib3",
    "uvicorn.access",
)


def configure_logs(stream: TextIO, level: str = "info", **facts: str) -> None:
    """Sends every event of this process, other libraries' included, to `stream` as JSON lines.

    `facts` are on every line.
    """
    shared = _configure_ours(stream, level, facts)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(max(logging.WARNING, root.level))


def configure_if_alone(stream: TextIO) -> None:
    """Sends our events to `stream` where nobody has said where they go: in a script that imports a part.

    What the script does with its own logs is left alone.
    """
    if not structlog.is_configured():
        _configure_ours(stream, "warning", {})


def _configure_ours(stream: TextIO, level: str, facts: dict[str, str]) -> list[Any]:
    """Sends our own events to `stream`; gives the steps that other libraries' events share."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        lambda _logger, _method, event: {**facts, **event},
        structlog.stdlib.add_log_level,
        with_family,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # They go straight to the stream: the way through the standard library takes four times as long.
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    return shared


def _json(event: Any, **_: Any) -> str:
    return to_json(event, fallback=repr).decode()


def get_logger() -> Any:
    """The logger; `get_logger().info("tool_call", tool="find")`."""
    return structlog.get_logger()


@contextlib.contextmanager
def request_context(given: str | None = None, **facts: str) -> Iterator[str]:
    """Marks every event inside with a request id.

    It is the one already in force, else the caller's where that is well-formed, else a new one.
    """
    in_force = structlog.contextvars.get_contextvars().get("request_id")
    usable = given if given and _GIVEN_ID.fullmatch(given) else None
    request_id = str(in_force or usable or uuid.uuid4().hex)
    with structlog.contextvars.bound_contextvars(request_id=request_id, **facts):
        yield request_id


def trace_id_of(traceparent: object) -> str | None:
    """The trace id of a `traceparent` (W3C Trace Context); None for what is none, which is to be ignored."""
    found = _TRACEPARENT.fullmatch(traceparent) if isinstance(traceparent, str) else None
    if found is None or (found[1] == "00" and found[3]):
        return None
    return found[2]


@contextlib.contextmanager
def trace_context(traceparent: object) -> Iterator[None]:
    """Marks every event inside with the trace that the caller names, if he names one."""
    trace_id = trace_id_of(traceparent)
    if trace_id is None:
        yield
        return
    with within_trace(trace_id):
        yield


@contextlib.contextmanager
def within_trace(trace_id: str) -> Iterator[None]:
    """Marks every event inside with this trace."""
    token = _trace_id.set(trace_id)
    try:
        with structlog.contextvars.bound_contextvars(trace_id=trace_id):
            yield
    finally:
        _trace_id.reset(token)


def current_trace() -> str | None:
    """The id of the trace that this runs in: looked up for every time that is measured, so by itself."""
    return _trace_id.get()


def in_force() -> dict[str, Any]:
    """The facts of the request that this runs for, such as `request_id` and `caller`; none outside of one."""
    return structlog.contextvars.get_contextvars()
