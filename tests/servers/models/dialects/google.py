"""Google's generateContent."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from servers.models.dialects import sse, wording
from servers.models.dialects.arguments import as_data
from servers.models.replies import Answer, Fault, Usage
from servers.models.seen import Result, Seen, Talk, Tool, plain

STREAM_TYPE = "text/event-stream"

_FINISH = {"length": "MAX_TOKENS", "filtered": "SAFETY", "refused": "PROHIBITED_CONTENT"}
_RATING = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}


def read(body: Mapping[str, Any], path: str) -> Talk:
    """The conversation; the model and the wish for a stream are in the address."""
    parts = [(one.get("role"), part) for one in body["contents"] for part in one["parts"]]
    settings = body.get("generationConfig") or {}
    choice = ((body.get("toolConfig") or {}).get("functionCallingConfig") or {}).get("mode")
    return Talk(
        model=unquote(path.rsplit("/", 1)[1].rpartition(":")[0]),
        system=plain((body.get("systemInstruction") or {}).get("parts")),
        users=tuple(part["text"] for role, part in parts if role == "user" and "text" in part),
        tools={one["name"]: _tool(one) for group in body.get("tools") or () for one in _declared(group)},
        results=tuple(_result(part["functionResponse"]) for _, part in parts if "functionResponse" in part),
        turns=sum(one.get("role") == "model" for one in body["contents"]),
        must_call=choice == "ANY",
        output_schema=_either(settings, "responseJsonSchema", "response_json_schema", "responseSchema"),
        streaming=path.endswith(":streamGenerateContent"),
    )


def _declared(group: Mapping[str, Any]) -> list[dict[str, Any]]:
    return group.get("functionDeclarations") or []


def _tool(tool: Mapping[str, Any]) -> Tool:
    schema = _either(tool, "parametersJsonSchema", "parameters_json_schema", "parameters")
    return Tool(tool["name"], tool.get("description") or "", schema or {})


def _either(told: Mapping[str, Any], *names: str) -> Any:
    """What stands under the first of these names: Google takes both spellings, and its SDK sends both."""
    return next((told[name] for name in names if told.get(name)), None)


def _result(response: Mapping[str, Any]) -> Result:
    found = response["response"]
    # What is no object is wrapped by the client under one of these names.
    inner = next(
        (found[name] for name in ("return_value", "result", "output") if list(found) == [name]), found
    )
    text = inner if isinstance(inner, str) else json.dumps(inner)
    return Result(response["name"], response.get("id") or "", text, "error" in found or "call_error" in found)


def whole(answer: Answer, seen: Seen) -> dict[str, Any]:
    """One `GenerateContentResponse`."""
    if answer.finish == "blocked":
        return {"promptFeedback": {"blockReason": "SAFETY"}, **_frame(answer, seen)}
    return {"candidates": [_candidate(answer, _parts(answer, seen), _finish(answer))], **_frame(answer, seen)}


def stream(answer: Answer, seen: Seen) -> list[bytes]:
    """The same object again and again, each with the next parts; calls are not divided."""
    if answer.finish == "blocked":
        return [_event(whole(answer, seen))]
    pieces = [[{"text": word}] for word in sse.words(answer.text)] if _speaks(answer) else []
    pieces += [[part] for part in _parts(answer, seen) if "functionCall" in part]
    pieces = pieces or [[]]
    *first, last = pieces
    frame = _frame(answer, seen)
    events = [_event({"candidates": [_candidate(answer, one, None)], **frame}) for one in first]
    return [*events, _event({"candidates": [_candidate(answer, last, _finish(answer))], **frame})]


def error(fault: Fault, seen: Seen) -> tuple[dict[str, Any], dict[str, str]]:
    """A `google.rpc.Status`; when to come again is said in its details."""
    return {"error": _error(fault, seen)}, {}


def error_event(fault: Fault, seen: Seen) -> bytes:
    """The same object in the place of a piece."""
    return _event({"error": _error(fault, seen)})


def _error(fault: Fault, seen: Seen) -> dict[str, Any]:
    status, code, message = wording(fault, seen)
    told: dict[str, Any] = {"code": status, "message": message, "status": code}
    if details := _details(fault):
        told["details"] = details
    return told


def _details(fault: Fault) -> list[dict[str, Any]]:
    details: list[dict[str, Any]] = []
    if fault.kind == "unauthorized":
        details.append({"@type": _type("ErrorInfo"), "reason": "API_KEY_INVALID", "domain": "googleapis.com"})
    if fault.kind in ("rate_limited", "out_of_credit"):
        span = "Day" if fault.kind == "out_of_credit" else "Minute"
        quota = {"quotaId": f"GenerateRequestsPer{span}PerProjectPerModel-FreeTier", "quotaValue": "10"}
        details.append({"@type": _type("QuotaFailure"), "violations": [quota]})
    if fault.retry_after is not None:
        details.append({"@type": _type("RetryInfo"), "retryDelay": f"{fault.retry_after:g}s"})
    return details


def _type(name: str) -> str:
    return f"type.googleapis.com/google.rpc.{name}"


def _event(data: dict[str, Any]) -> bytes:
    return sse.event(data, end="\r\n\r\n")


def _frame(answer: Answer, seen: Seen) -> dict[str, Any]:
    return {
        "usageMetadata": _usage(answer.usage),
        "modelVersion": answer.model or seen.model,
        "responseId": seen.identity("resp"),
    }


def _candidate(answer: Answer, parts: list[dict[str, Any]], finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0}
    if parts:
        candidate["content"] = {"role": "model", "parts": parts}
    if finish:
        candidate["finishReason"] = finish
    if finish in ("SAFETY", "PROHIBITED_CONTENT"):
        candidate["safetyRatings"] = [_RATING]
    return candidate


def _parts(answer: Answer, seen: Seen) -> list[dict[str, Any]]:
    if not _speaks(answer):
        return []
    parts: list[dict[str, Any]] = [{"text": answer.text}] if answer.text else []
    for index, call in enumerate(answer.calls):
        told = {"name": call.name, "args": as_data(call), "id": seen.identity("call", index)}
        parts.append({"functionCall": told})
    return parts


def _speaks(answer: Answer) -> bool:
    return _finish(answer) in ("STOP", "MAX_TOKENS")


def _finish(answer: Answer) -> str:
    # Arguments that are no JSON never leave Google: it says so in their place.
    if any(not isinstance(as_data(call), dict) for call in answer.calls):
        return "MALFORMED_FUNCTION_CALL"
    return _FINISH.get(answer.finish, "STOP")


def _usage(usage: Usage) -> dict[str, Any]:
    told: dict[str, Any] = {
        "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output,
        "totalTokenCount": usage.input + usage.output,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.input}],
    }
    return {**told, "cachedContentTokenCount": usage.cached} if usage.cached else told
