"""OpenAI's chat completions, which DeepSeek, Ollama and many others speak too."""

from collections.abc import Mapping
from typing import Any

from servers.models.dialects import sse, wording
from servers.models.dialects.arguments import as_text
from servers.models.replies import Answer, Fault, Usage
from servers.models.seen import Result, Seen, Talk, Tool, plain

STREAM_TYPE = "text/event-stream; charset=utf-8"
CREATED = 1767225600

_FINISH = {"stop": "stop", "length": "length", "filtered": "content_filter", "refused": "stop"}
_TYPES = {400: "invalid_request_error", 401: "invalid_request_error", 404: "invalid_request_error"}


def read(body: Mapping[str, Any], path: str) -> Talk:
    """The conversation; a tool's answer names its call only, so the names come from the calls."""
    messages = body["messages"]
    names = {call["id"]: call["function"]["name"] for one in messages for call in one.get("tool_calls") or ()}
    return Talk(
        model=body["model"],
        system="\n".join(plain(one["content"]) for one in messages if one["role"] in ("system", "developer")),
        users=tuple(plain(one["content"]) for one in messages if one["role"] == "user"),
        tools={one["function"]["name"]: _tool(one["function"]) for one in body.get("tools") or ()},
        results=tuple(_result(one, names) for one in messages if one["role"] == "tool"),
        turns=sum(one["role"] == "assistant" for one in messages),
        must_call=body.get("tool_choice") not in (None, "auto", "none"),
        output_schema=((body.get("response_format") or {}).get("json_schema") or {}).get("schema"),
        streaming=bool(body.get("stream")),
    )


def _tool(function: Mapping[str, Any]) -> Tool:
    return Tool(function["name"], function.get("description") or "", function.get("parameters") or {})


def _result(message: Mapping[str, Any], names: Mapping[str, str]) -> Result:
    call = message["tool_call_id"]
    return Result(names.get(call, ""), call, plain(message["content"]))


def whole(answer: Answer, seen: Seen) -> dict[str, Any]:
    """One `chat.completion`."""
    refused = answer.finish == "refused"
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if refused or answer.finish == "filtered" else answer.text or None,
        "refusal": answer.text if refused else None,
    }
    if answer.calls:
        message["tool_calls"] = _calls(answer, seen)
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(answer)}
    return {
        **_frame(answer, seen, "chat.completion"),
        "choices": [choice],
        "usage": _usage(answer.usage, seen),
    }


def stream(answer: Answer, seen: Seen) -> list[bytes]:
    """`chat.completion.chunk`s; the usage only where it was asked for."""
    deltas = [{"role": "assistant", "content": "", "refusal": None}, *_text_deltas(answer)]
    for index, call in enumerate(_calls(answer, seen)):
        deltas += _call_deltas(index, call)
    frame = {**_frame(answer, seen, "chat.completion.chunk"), "usage": None}
    events = [sse.event({**frame, "choices": [_choice(delta)]}) for delta in deltas]
    events.append(sse.event({**frame, "choices": [_choice({}, _finish(answer))]}))
    if (seen.body.get("stream_options") or {}).get("include_usage"):
        events.append(sse.event({**frame, "choices": [], "usage": _usage(answer.usage, seen)}))
    return [*events, b"data: [DONE]\n\n"]


def error(fault: Fault, seen: Seen) -> tuple[dict[str, Any], dict[str, str]]:
    """`{"error": {...}}`, with the id of the request in a header, and the wait in milliseconds too."""
    headers = {"x-request-id": seen.identity("req")}
    if fault.retry_after is not None and seen.vendor == "openai":
        headers["retry-after-ms"] = f"{fault.retry_after * 1000:.0f}"
    return {"error": _error(fault, seen)}, headers


def error_event(fault: Fault, seen: Seen) -> bytes:
    """The same object, in the place of a chunk."""
    return sse.event({"error": _error(fault, seen)})


def _error(fault: Fault, seen: Seen) -> dict[str, Any]:
    status, code, message = wording(fault, seen)
    kind = _TYPES.get(status, "server_error" if status >= 500 else "requests")
    if fault.kind in ("out_of_credit", "overloaded") and seen.vendor == "openai":
        kind = code
    if seen.vendor == "ollama":
        kind = {400: "invalid_request_error", 404: "not_found_error"}.get(status, "api_error")
    if seen.vendor == "deepseek":
        kind = {401: "authentication_error", 400: "invalid_request_error"}.get(status, "unknown_error")
    return {"message": message, "type": kind, "param": None, "code": code or None}


def _frame(answer: Answer, seen: Seen, kind: str) -> dict[str, Any]:
    return {
        "id": seen.identity("chatcmpl"),
        "object": kind,
        "created": CREATED,
        "model": answer.model or seen.model,
        "service_tier": "default",
        "system_fingerprint": "fp_ollama" if seen.vendor == "ollama" else "fp_44709d6fcb",
    }


def _calls(answer: Answer, seen: Seen) -> list[dict[str, Any]]:
    return [
        {
            "id": seen.identity("call", index),
            "type": "function",
            "function": {"name": call.name, "arguments": as_text(call)},
        }
        for index, call in enumerate(answer.calls)
    ]


def _text_deltas(answer: Answer) -> list[dict[str, Any]]:
    if answer.finish == "filtered":
        return []
    field = "refusal" if answer.finish == "refused" else "content"
    return [{field: word} for word in sse.words(answer.text)]


def _call_deltas(index: int, call: dict[str, Any]) -> list[dict[str, Any]]:
    name, arguments = call["function"]["name"], call["function"]["arguments"]
    first = {**call, "index": index, "function": {"name": name, "arguments": ""}}
    rest = [{"index": index, "function": {"arguments": piece}} for piece in sse.halves(arguments)]
    return [{"tool_calls": [one]} for one in (first, *rest)]


def _choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _finish(answer: Answer) -> str:
    return _FINISH.get(answer.finish) or ("tool_calls" if answer.calls else "stop")


def _usage(usage: Usage, seen: Seen) -> dict[str, Any]:
    told: dict[str, Any] = {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
    }
    if seen.vendor != "ollama":
        told["prompt_tokens_details"] = {"cached_tokens": usage.cached}
    if seen.vendor == "openai":
        told["completion_tokens_details"] = {"reasoning_tokens": 0}
    if seen.vendor == "deepseek":
        told["prompt_cache_hit_tokens"] = usage.cached
        told["prompt_cache_miss_tokens"] = usage.input - usage.cached
    return told
