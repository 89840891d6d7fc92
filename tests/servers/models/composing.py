"""From a neutral reply to the bytes of one provider."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

from servers.models.dialects import Wire, anthropic, bedrock, google, openai_chat, openai_responses, wording
from servers.models.faults import Vendor
from servers.models.http import Request, Response
from servers.models.replies import Answer, Fault, Reply
from servers.models.seen import Dialect, Seen

WIRES: dict[Dialect, Wire] = {
    "openai_chat": openai_chat,
    "openai_responses": openai_responses,
    "anthropic": anthropic,
    "google": google,
    "bedrock": bedrock,
}

_ENDINGS: dict[str, Dialect] = {
    "/chat/completions": "openai_chat",
    "/responses": "openai_responses",
    "/messages": "anthropic",
    ":generateContent": "google",
    ":streamGenerateContent": "google",
    "/converse": "bedrock",
    "/converse-stream": "bedrock",
}

_VENDORS: dict[Dialect, Vendor] = {
    "openai_chat": "openai",
    "openai_responses": "openai",
    "anthropic": "anthropic",
    "google": "google",
    "bedrock": "bedrock",
}


def understand(request: Request, peer: str, number: int, vendor: Vendor | None) -> Seen:
    """The neutral view of a request; the address says whose format it is."""
    path = urlsplit(request.target).path
    dialect = next((one for ending, one in _ENDINGS.items() if path.endswith(ending)), None)
    if dialect is None:
        raise LookupError(f"no model answers at {path}")
    body = json.loads(request.body)
    speaker = vendor if vendor and dialect == "openai_chat" else _VENDORS[dialect]
    talk = WIRES[dialect].read(body, path)
    return Seen(peer, speaker, number, dialect, path, request.headers, body, talk)


def compose(reply: Reply, seen: Seen) -> Response:
    """The response that says what the reply says, as this provider would."""
    wire, what = WIRES[seen.dialect], settled(reply, seen)
    if isinstance(what, Fault):
        return _error(wire, what, seen, reply)
    if not seen.streaming:
        body = json.dumps(wire.whole(what, seen)).encode()
        return _sent(200, {"content-type": "application/json"}, (body,), reply)
    events = wire.stream(what, seen)
    if reply.midway:
        events = [*events[: max(1, len(events) // 2)], wire.error_event(reply.midway, seen)]
    return replace(_sent(200, {"content-type": wire.STREAM_TYPE}, tuple(events), reply), streamed=True)


def settled(reply: Reply, seen: Seen) -> Fault | Answer:
    """An answer, or the fault that this provider sends in its place."""
    if reply.midway and not seen.streaming:
        return reply.midway
    # A prompt that is not let through is an error everywhere but at Google and in Bedrock's guardrails.
    if not isinstance(reply.what, Fault) and reply.what.finish == "blocked" and seen.dialect not in _TELLING:
        return Fault("blocked")
    return reply.what


_TELLING = ("google", "bedrock")


def _error(wire: Wire, fault: Fault, seen: Seen, reply: Reply) -> Response:
    body, headers = wire.error(fault, seen)
    told = {"content-type": "application/json", **headers, **fault.headers}
    if fault.retry_after is not None:
        told["retry-after"] = f"{fault.retry_after:g}"
    return _sent(wording(fault, seen)[0], told, (json.dumps(body).encode(),), reply)


def _sent(status: int, headers: dict[str, str], pieces: tuple[bytes, ...], reply: Reply) -> Response:
    if reply.manner.garbled:
        whole = len(pieces) // 2
        pieces = (*pieces[:whole], *(piece.replace(b"{", b"{#", 1) for piece in pieces[whole:]))
    return Response(status, headers, pieces, manner=reply.manner)
