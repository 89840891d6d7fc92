"""Amazon Bedrock's Converse and ConverseStream."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from servers.models.dialects import event_stream, sse, wording
from servers.models.dialects.arguments import as_data, as_text
from servers.models.replies import Answer, Fault, Usage
from servers.models.seen import Result, Seen, Talk, Tool, plain

STREAM_TYPE = "application/vnd.amazon.eventstream"

_FINISH = {
    "stop": "end_turn",
    "length": "max_tokens",
    "filtered": "content_filtered",
    "refused": "content_filtered",
    "blocked": "guardrail_intervened",
}


def read(body: Mapping[str, Any], path: str) -> Talk:
    """The conversation; the model and the wish for a stream are in the address."""
    messages = body["messages"]
    blocks = [(one["role"], block) for one in messages for block in one["content"]]
    uses = [block["toolUse"] for _, block in blocks if "toolUse" in block]
    names = {use["toolUseId"]: use["name"] for use in uses}
    config = body.get("toolConfig") or {}
    tools = [one["toolSpec"] for one in config.get("tools") or () if "toolSpec" in one]
    choice = config.get("toolChoice") or {}
    return Talk(
        model=unquote(path.split("/model/")[1].rsplit("/", 1)[0]),
        system=plain(body.get("system")),
        users=tuple(block["text"] for role, block in blocks if role == "user" and "text" in block),
        tools={one["name"]: _tool(one) for one in tools},
        results=tuple(_result(block["toolResult"], names) for _, block in blocks if "toolResult" in block),
        turns=sum(one["role"] == "assistant" for one in messages),
        must_call="any" in choice or "tool" in choice,
        output_schema=_schema(body),
        streaming=path.endswith("-stream"),
    )


def _schema(body: Mapping[str, Any]) -> Any:
    wanted = ((body.get("outputConfig") or {}).get("textFormat") or {}).get("structure") or {}
    schema = (wanted.get("jsonSchema") or {}).get("schema")
    return json.loads(schema) if isinstance(schema, str) else schema


def _tool(spec: Mapping[str, Any]) -> Tool:
    return Tool(spec["name"], spec.get("description") or "", spec["inputSchema"]["json"])


def _result(result: Mapping[str, Any], names: Mapping[str, str]) -> Result:
    texts = [part["text"] if "text" in part else json.dumps(part.get("json")) for part in result["content"]]
    call = result["toolUseId"]
    return Result(names.get(call, ""), call, "\n".join(texts), result.get("status") == "error")


def whole(answer: Answer, seen: Seen) -> dict[str, Any]:
    """One reply of Converse, which does not say what model made it."""
    content: list[dict[str, Any]] = [{"text": answer.text}] if answer.text else []
    for index, call in enumerate(answer.calls):
        told = {"toolUseId": seen.identity("tooluse", index), "name": call.name, "input": as_data(call)}
        content.append({"toolUse": told})
    return {
        "metrics": {"latencyMs": 1},
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": _finish(answer),
        "usage": _usage(answer.usage),
    }


def stream(answer: Answer, seen: Seen) -> list[bytes]:
    """The reply in messages of AWS's own framing."""
    events: list[bytes] = [_event("messageStart", {"role": "assistant"})]
    words = [_delta(0, {"text": word}) for word in sse.words(answer.text)]
    if words:
        events += [*words, _event("contentBlockStop", {"contentBlockIndex": 0})]
    for number, call in enumerate(answer.calls):
        index = number + bool(words)
        start = {"toolUse": {"toolUseId": seen.identity("tooluse", number), "name": call.name}}
        events.append(_event("contentBlockStart", {"contentBlockIndex": index, "start": start}))
        events += [_delta(index, {"toolUse": {"input": piece}}) for piece in sse.halves(as_text(call))]
        events.append(_event("contentBlockStop", {"contentBlockIndex": index}))
    told = {"usage": _usage(answer.usage), "metrics": {"latencyMs": 1}}
    return [*events, _event("messageStop", {"stopReason": _finish(answer)}), _event("metadata", told)]


def error(fault: Fault, seen: Seen) -> tuple[dict[str, Any], dict[str, str]]:
    """The message in the body, the kind of error in a header."""
    _, code, message = wording(fault, seen)
    return {"message": message}, {"x-amzn-ErrorType": code, "x-amzn-RequestId": seen.identity("req")}


def error_event(fault: Fault, seen: Seen) -> bytes:
    """A message of type `exception`, whose name begins with a small letter there."""
    _, code, message = wording(fault, seen)
    headers = {
        ":exception-type": code[0].lower() + code[1:],
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return event_stream.message(headers, json.dumps({"message": message}).encode())


def _event(kind: str, data: dict[str, Any]) -> bytes:
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return event_stream.message(headers, json.dumps(data).encode())


def _delta(index: int, delta: dict[str, Any]) -> bytes:
    return _event("contentBlockDelta", {"contentBlockIndex": index, "delta": delta})


def _finish(answer: Answer) -> str:
    return _FINISH.get(answer.finish) or ("tool_use" if answer.calls else "end_turn")


def _usage(usage: Usage) -> dict[str, Any]:
    # As at Anthropic, what came from the cache is counted beside the input.
    return {
        "inputTokens": usage.input - usage.cached,
        "outputTokens": usage.output,
        "totalTokens": usage.input + usage.output,
        "cacheReadInputTokens": usage.cached,
        "cacheWriteInputTokens": 0,
    }
