"""OpenAI's responses."""

from collections.abc import Mapping
from typing import Any

from servers.models.dialects import openai_chat, sse
from servers.models.dialects.arguments import as_text
from servers.models.replies import Answer, Fault, Usage
from servers.models.seen import Result, Seen, Talk, Tool, plain

STREAM_TYPE = "text/event-stream; charset=utf-8"

_INCOMPLETE = {"length": "max_output_tokens", "filtered": "content_filter"}

error = openai_chat.error


def read(body: Mapping[str, Any], path: str) -> Talk:
    """The conversation, a list of items of several kinds; a reply of the model's may be several items."""
    given = body["input"]
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    names = {one["call_id"]: one["name"] for one in items if one.get("type") == "function_call"}
    systems = [plain(one["content"]) for one in items if one.get("role") in ("system", "developer")]
    return Talk(
        model=body["model"],
        system="\n".join(filter(None, [body.get("instructions"), *systems])),
        users=tuple(plain(one["content"]) for one in items if one.get("role") == "user"),
        tools={one["name"]: _tool(one) for one in body.get("tools") or () if one["type"] == "function"},
        results=tuple(_result(one, names) for one in items if one.get("type") == "function_call_output"),
        turns=_turns(items),
        must_call=body.get("tool_choice") not in (None, "auto", "none"),
        output_schema=((body.get("text") or {}).get("format") or {}).get("schema"),
        streaming=bool(body.get("stream")),
    )


def _tool(tool: Mapping[str, Any]) -> Tool:
    return Tool(tool["name"], tool.get("description") or "", tool.get("parameters") or {})


def _result(item: Mapping[str, Any], names: Mapping[str, str]) -> Result:
    return Result(names.get(item["call_id"], ""), item["call_id"], plain(item["output"]))


def _turns(items: list[dict[str, Any]]) -> int:
    mine = [one.get("role") == "assistant" or one.get("type") == "function_call" for one in items]
    return sum(now and not before for before, now in zip([False, *mine], mine, strict=False))


def whole(answer: Answer, seen: Seen) -> dict[str, Any]:
    """One `response`, with all its output."""
    reason = _INCOMPLETE.get(answer.finish)
    return {
        **_frame(answer, seen),
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "output": _output(answer, seen),
        "usage": _usage(answer.usage),
    }


def stream(answer: Answer, seen: Seen) -> list[bytes]:
    """The events by which a response grows, each with its number."""
    done = whole(answer, seen)
    begun = {**_frame(answer, seen), "status": "in_progress", "output": [], "usage": None}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    for index, item in enumerate(done["output"]):
        events += _message(index, item) if item["type"] == "message" else _call(index, item)
    events.append({"type": f"response.{done['status']}", "response": done})
    return [sse.named({**one, "sequence_number": number}) for number, one in enumerate(events)]


def error_event(fault: Fault, seen: Seen) -> bytes:
    """An event of type `error`."""
    told = openai_chat.error(fault, seen)[0]["error"]
    return sse.named({**told, "type": "error", "sequence_number": 99})


def _frame(answer: Answer, seen: Seen) -> dict[str, Any]:
    return {
        "id": seen.identity("resp"),
        "object": "response",
        "created_at": openai_chat.CREATED,
        "error": None,
        "incomplete_details": None,
        "instructions": seen.body.get("instructions"),
        "metadata": {},
        "model": answer.model or seen.model,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": seen.body.get("tool_choice", "auto"),
        "tools": seen.body.get("tools") or [],
        "top_p": 1.0,
    }


def _output(answer: Answer, seen: Seen) -> list[dict[str, Any]]:
    output: list[dict[str, Any]] = []
    if answer.text and answer.finish != "filtered":
        part: dict[str, Any] = {"type": "output_text", "text": answer.text, "annotations": [], "logprobs": []}
        if answer.finish == "refused":
            part = {"type": "refusal", "refusal": answer.text}
        output.append(
            {
                "id": seen.identity("msg"),
                "type": "message",
                "status": "completed",
                "role": "assistant",
                "content": [part],
            }
        )
    return [*output, *(_function_call(answer, seen, index) for index in range(len(answer.calls)))]


def _function_call(answer: Answer, seen: Seen, index: int) -> dict[str, Any]:
    call = answer.calls[index]
    return {
        "id": seen.identity("fc", index),
        "type": "function_call",
        "status": "completed",
        "call_id": seen.identity("call", index),
        "name": call.name,
        "arguments": as_text(call),
    }


def _message(index: int, item: dict[str, Any]) -> list[dict[str, Any]]:
    part = item["content"][0]
    kind, field = ("refusal", "refusal") if part["type"] == "refusal" else ("output_text", "text")
    where = {"item_id": item["id"], "output_index": index, "content_index": 0}
    logprobs: dict[str, Any] = {} if kind == "refusal" else {"logprobs": []}
    deltas = [
        {"type": f"response.{kind}.delta", **where, "delta": word, **logprobs}
        for word in sse.words(part[field])
    ]
    return [
        _added(index, {**item, "status": "in_progress", "content": []}),
        {"type": "response.content_part.added", **where, "part": {**part, field: ""}},
        *deltas,
        {"type": f"response.{kind}.done", **where, field: part[field], **logprobs},
        {"type": "response.content_part.done", **where, "part": part},
        _finished(index, item),
    ]


def _call(index: int, item: dict[str, Any]) -> list[dict[str, Any]]:
    where = {"item_id": item["id"], "output_index": index}
    kind = "response.function_call_arguments"
    return [
        _added(index, {**item, "status": "in_progress", "arguments": ""}),
        *({"type": f"{kind}.delta", **where, "delta": one} for one in sse.halves(item["arguments"])),
        {"type": f"{kind}.done", **where, "name": item["name"], "arguments": item["arguments"]},
        _finished(index, item),
    ]


def _added(index: int, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def _finished(index: int, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.done", "output_index": index, "item": item}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.input + usage.output,
    }
