"""Traces over OTLP/HTTP, where the standard variables say where they go; off, they cost nothing.

`OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_TRACES_ENDPOINT`) turns them on, and the other `OTEL_…` variables say
the rest: headers, sampling, the name of the service. The libraries are imported then and not before. What
leaves the process is in `exporting.py`.
"""

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from nba_mcp_synthesis.extras import extra

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_FLUSH_SECONDS = 2.0
Attributes = Mapping[str, str | int | float | bool]
_NOTHING: contextlib.nullcontext[None] = contextlib.nullcontext()
_provider: "TracerProvider | None" = None
_content = False


def are_wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment says where traces go."""
    off = (
        environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
        or environ.get("OTEL_TRACES_EXPORTER") == "none"
    )
    return not off and any(environ.get(name) for name in _ENDPOINTS)


def configure_traces(context: str, *, content: bool = False) -> None:
    """Turns traces on where they are wanted; with `content` they carry questions, SQL and words of models.

    Raises:
        NotInstalled: they are wanted, and the extra `telemetry` is not there.
    """
    global _provider, _content
    if not are_wanted():
        return
    with extra("telemetry"):
        from nba_mcp_synthesis.telemetry.exporting import provider_of  # noqa: PLC0415 - its libraries are an extra
    _provider, _content = provider_of(version("nba-mcp-synthesis"), context, content=content), content


def are_on() -> bool:
    """Whether spans are recorded."""
    return _provider is not None


def with_content() -> bool:
    """Whether they may carry what was asked and said."""
    return _content


def span(
    name: str, attributes: Attributes | None = None, kind: Literal["internal", "client"] = "internal"
) -> "contextlib.AbstractContextManager[Span | None]":
    """A span around the block, below the one in force; None is given where traces are off."""
    if _provider is None:
        return _NOTHING
    return _span(name, attributes or {}, kind)


@contextlib.contextmanager
def _span(name: str, attributes: Attributes, kind: str, parent: Any = None) -> "Iterator[Span]":
    from opentelemetry import trace  # noqa: PLC0415

    tracer = trace.get_tracer("nba_mcp_synthesis", tracer_provider=_provider)
    with tracer.start_as_current_span(
        name, context=parent, kind=trace.SpanKind[kind.upper()], attributes=dict(attributes), end_on_exit=True
    ) as made:
        yield made


def queried(engine: str, sql: str) -> "contextlib.AbstractContextManager[Span | None]":
    """A span around one query of a database that a request asks for; its text where content is wanted."""
    if _provider is None or not _within_span():
        return _NOTHING
    told = {"db.system.name": "postgresql" if engine == "postgres" else engine, "db.operation.name": "SELECT"}
    return _span(f"SELECT {engine}", told | ({"db.query.text": sql[:10_000]} if _content else {}), "client")


def _within_span() -> bool:
    """Whether there is a span above: the server's own looks at its data are no traces of anybody."""
    from opentelemetry.trace import get_current_span  # noqa: PLC0415

    return get_current_span().get_span_context().is_valid


@contextlib.contextmanager
def request_span(headers: Mapping[str, str], method: str, path: str) -> "Iterator[Span]":
    """A span around one HTTP request, in the trace that its headers name; the log has that trace's id."""
    from opentelemetry.propagate import extract  # noqa: PLC0415

    from nba_mcp_synthesis.telemetry.logs import within_trace  # noqa: PLC0415 - commands start sooner without it

    told = {"http.request.method": method, "http.route": path}
    with _span(f"{method} {path}", told, "server", extract(headers)) as made:
        trace_id = f"{made.get_span_context().trace_id:032x}"
        with within_trace(trace_id):
            yield made


def flush() -> None:
    """Sends what waits, for so many seconds at the most."""
    if _provider is None:
        return
    last = threading.Thread(target=_provider.force_flush, name="traces", daemon=True)
    last.start()
    last.join(_FLUSH_SECONDS)
