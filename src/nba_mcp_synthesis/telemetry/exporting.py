"""What leaves the process as a trace: attributes that are known to hold no content, and one log line a turn.

Our own spans, those of the protocol's library and of the models' library all come through here. Only listed
attributes pass, since a later version of a library may add others.
"""

import logging
import os
from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from nba_mcp_synthesis.telemetry.logs import get_logger

_SERVICE = "nba-mcp-synthesis"
_TIMEOUT_SECONDS = 5.0
_QUIET = ("opentelemetry", "urllib3")
ALLOWED = frozenset(
    {
        "db.operation.name",
        "db.response.returned_rows",
        "db.system.name",
        "error.type",
        "exception.type",
        "fastmcp.component.type",
        "fastmcp.server.name",
        "gen_ai.agent.name",
        "gen_ai.operation.name",
        "gen_ai.output.type",
        "gen_ai.provider.name",
        "gen_ai.request.max_tokens",
        "gen_ai.request.model",
        "gen_ai.request.temperature",
        "gen_ai.response.finish_reasons",
        "gen_ai.response.id",
        "gen_ai.response.model",
        "gen_ai.system",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "mcp.method.name",
        "mcp.protocol.version",
        "nba.answer.by",
        "nba.outcome",
        "operation.cost",
        "rpc.response.status_code",
        "server.address",
        "server.port",
    }
)
# The name of a tool is the caller's word where it is not one of our own spans.
_OWN = ALLOWED | {"gen_ai.tool.name"}
_OURS = "nba_mcp_synthesis"


def provider_of(version: str, context: str, *, content: bool) -> TracerProvider:
    """The provider of all spans of this process, which the libraries use as well."""
    for name in _QUIET:  # each attempt would be told; `Checked` tells of turns
        logging.getLogger(name).setLevel(logging.CRITICAL)
    named = {"service.version": version, "deployment.environment.name": context}
    if "OTEL_SERVICE_NAME" not in os.environ:
        named["service.name"] = _SERVICE
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    exporter = Checked(OTLPSpanExporter(timeout=_TIMEOUT_SECONDS), content=content)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


class Checked(SpanExporter):
    """Exports spans without their content, unless that is wanted; tells when the collector goes and comes."""

    def __init__(self, exporter: SpanExporter, *, content: bool) -> None:
        self._exporter, self._content = exporter, content
        self._reaches: bool | None = None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Exports them; what the collector does not take is lost, and the server does not wait for it."""
        sent = spans if self._content else [without_content(span) for span in spans]
        try:
            result = self._exporter.export(sent)
        except Exception as error:  # noqa: BLE001 - whatever it is, traces must not end the thread that sends them
            self._turn(reaches=False, error=type(error).__name__)
            return SpanExportResult.FAILURE
        self._turn(reaches=result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        """Ends it."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Everything was sent already."""
        return self._exporter.force_flush(timeout_millis)

    def _turn(self, *, reaches: bool, error: str | None = None) -> None:
        if reaches != self._reaches:
            log = get_logger().info if reaches else get_logger().warning
            log("traces", collector="there" if reaches else "away", **({"reason": error} if error else {}))
        self._reaches = reaches


def without_content(span: ReadableSpan) -> ReadableSpan:
    """The span with listed attributes; what a caller named, and texts of errors, are not among them."""
    scope = span.instrumentation_scope
    ours = scope is not None and scope.name == _OURS
    allowed = _OWN if ours else ALLOWED
    events = [
        Event(
            event.name, {k: v for k, v in (event.attributes or {}).items() if k in ALLOWED}, event.timestamp
        )
        for event in span.events
    ]
    return ReadableSpan(
        name=span.name if ours else span.name.partition(" ")[0],
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={k: v for k, v in (span.attributes or {}).items() if k in allowed},
        events=events,
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=scope,
    )
