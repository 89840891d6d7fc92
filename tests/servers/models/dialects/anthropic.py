"""Anthropic's messages."""

from collections.abc import Mapping
from typing import Any

from servers.models.dialects import sse, wording
from servers.models.dialects.arguments import as_data, as_text
from servers.models.replies import Answer, Fault, Usage
from servers.models.seen import Result, Seen, Talk, Tool, plain

STREAM_TYPE = "text/event-stream; charset=utf-8"

_FINISH = {"stop": "end_turn", "length": "max_tokens", "filtered": "refusal", "refused": "refusal"}


def read(body: Mapping[str, Any], path: str) -> Talk:
    """The conversation; what tools answered comes inside the user's messages."""
    messages = body["messages"]
    blocks = [(one["role"], block) for one in messages for block in _blocks(one["content"])]
    names = {block["id"]: block["name"] for _, block in blocks if block["type"] == "tool_use"}
    return Talk(
        model=body["model"],
        system=plain(body.get("system")),
        users=tuple(block["text"] for role, block in blocks if (role, block["type"]) == ("user", "text")),
        tools={one["name"]: _tool(one) for one in body.get("tools") or ()},
        results=tuple(_result(block, names) for _, block in blocks if block["type"] == "tool_result"),
        turns=sum(one["role"] == "assistant" for one in messages),
        must_call=(body.get("tool_choice") or {}).get("type") in ("any", "tool"),
        output_schema=_schema(body),
        streaming=bool(body.get("stream")),
    )


def _blocks(content: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _tool(tool: Mapping[str, Any]) -> Tool:
    return Tool(tool["name"], tool.get("description") or "", tool.get("input_schema") or {})


def _result(block: Mapping[str, Any], names: Mapping[str, str]) -> Result:
    call = block["tool_use_id"]
    return Result(names.get(call, ""), call, plain(block.get("content")), bool(block.get("is_error")))


def _schema(body: Mapping[str, Any]) -> Any:
    wanted = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    return wanted.get("schema")


def whole(answer: Answer, seen: Seen) -> dict[str, Any]:
    """One `message`."""
    content: list[dict[str, Any]] = []
    if answer.text and answer.finish not in ("filtered", "refused"):
        content.append({"type": "text", "text": answer.text})
    content += [_call(answer, seen, index) for index in range(len(answer.calls))]
    return {**_frame(answer, seen), "content": content, **_ending(answer), "usage": _usage(answer.usage)}


def stream(answer: Answer, seen: Seen) -> list[bytes]:
    """A message in events, block by block."""
    message = {**_frame(answer, seen), "content": [], "stop_reason": None, "stop_sequence": None}
    begun = {**message, "usage": {**_usage(answer.usage), "output_tokens": min(1, answer.usage.output)}}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    index = 0
    if answer.text and answer.finish not in ("filtered", "refused"):
        pieces = [{"type": "text_delta", "text": word} for word in sse.words(answer.text)]
        events += _block(0, {"type": "text", "text": ""}, pieces)
        index = 1
    for number, call in enumerate(answer.calls):
        pieces = [
            {"type": "input_json_delta", "partial_json": one} for one in ("", *sse.halves(as_text(call)))
        ]
        events += _block(index + number, {**_call(answer, seen, number), "input": {}}, pieces)
    usage = {"output_tokens": answer.usage.output}
    events += [
        {"type": "message_delta", "delta": _ending(answer), "usage": usage},
        {"type": "message_stop"},
    ]
    return [sse.named(one) for one in events]


def error(fault: Fault, seen: Seen) -> tuple[dict[str, Any], dict[str, str]]:
    """An object of type `error`, with the id of the request in it and in a header."""
    return _error(fault, seen), {"request-id": seen.identity("req")}


def error_event(fault: Fault, seen: Seen) -> bytes:
    """The same object as an event."""
    return sse.named(_error(fault, seen))


def _error(fault: Fault, seen: Seen) -> dict[str, Any]:
    status, kind, message = wording(fault, seen)
    if status == 402:
        kind = "billing_error"
    told = {"type": kind, "message": message}
    return {"type": "error", "error": told, "request_id": seen.identity("req")}


def _frame(answer: Answer, seen: Seen) -> dict[str, Any]:
    return {
        "id": seen.identity("msg"),
        "type": "message",
        "role": "assistant",
        "model": answer.model or seen.model,
    }


def _call(answer: Answer, seen: Seen, index: int) -> dict[str, Any]:
    call = answer.calls[index]
    return {
        "type": "tool_use",
        "id": seen.identity("toolu", index),
        "name": call.name,
        "input": as_data(call),
    }


def _block(index: int, start: dict[str, Any], deltas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def _ending(answer: Answer) -> dict[str, Any]:
    reason = _FINISH.get(answer.finish) or ("tool_use" if answer.calls else "end_turn")
    ending: dict[str, Any] = {"stop_reason": reason, "stop_sequence": None}
    if reason == "refusal":
        ending["stop_details"] = {"type": "refusal", "category": None, "explanation": answer.text}
    return ending


def _usage(usage: Usage) -> dict[str, Any]:
    # Anthropic counts what came from the cache beside the input, not within it.
    return {
        "input_tokens": usage.input - usage.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.output,
        "service_tier": "standard",
    }
