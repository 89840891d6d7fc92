"""What a collector of traces hears: requests of OTLP over HTTP, decoded as the protocol has them."""

import gzip
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from servers.listeners import Heard


@dataclass(frozen=True)
class Told:
    """One span as a collector got it; `raw` is all of it, as text."""

    name: str
    scope: str
    trace_id: str
    id: str
    parent: str
    attributes: dict[str, Any]
    raw: str


def spans(heard: list[Heard]) -> list[Told]:
    """The spans of all requests to /v1/traces, in the order in which they ended."""
    found: list[Told] = []
    for request in heard:
        assert request.path == "/v1/traces"
        assert request.headers["content-type"] == "application/x-protobuf"
        packed = request.headers.get("content-encoding") == "gzip"
        body = gzip.decompress(request.body) if packed else request.body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                found += [_told(span, scope.scope.name) for span in scope.spans]
    return found


def _told(span: Any, scope: str) -> Told:
    attributes = {one.key: _value(one.value) for one in span.attributes}
    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
    return Told(span.name, scope, *ids, attributes, str(span))


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))
