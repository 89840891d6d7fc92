"""The final output of a conversation: how it is given, and how it is falsified."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from servers.models.replies import Answer, Call, Reply, Usage, calls, says
from servers.models.seen import Seen

WORKING_TOOLS = frozenset({"find", "query_stats", "query_sql", "describe"})
PER_TURN = Usage(100, 20)
Kinds = tuple[type, ...]


def output_tool(seen: Seen) -> str | None:
    """The tool that takes the final output: the one that does no work, whatever the client calls it."""
    others = [name for name in seen.tools if name not in WORKING_TOOLS]
    return next((name for name in others if name.startswith("final_result")), others[0] if others else None)


def finishes(seen: Seen, fields: Mapping[str, Any], usage: Usage = PER_TURN, text: str = "") -> Reply:
    """The final output: by its tool, or as JSON where the client wants it as the text."""
    name = output_tool(seen)
    if name is None:
        return says(json.dumps(fields), usage=usage)
    return calls((name, fields), text=text, usage=usage)


def with_output(reply: Reply, seen: Seen, change: Callable[[Any], Any]) -> Reply:
    """The reply with its final output changed, if it has one."""
    if not isinstance(reply.what, Answer):
        return reply
    answer, name = reply.what, output_tool(seen)
    if name is None and not answer.calls:
        new = change(json.loads(answer.text))
        return replace(reply, what=replace(answer, text=new if isinstance(new, str) else json.dumps(new)))
    made = (_replaced(one, change) if one.name == name else one for one in answer.calls)
    return replace(reply, what=replace(answer, calls=tuple(made)))


def _replaced(call: Call, change: Callable[[Any], Any]) -> Call:
    return replace(call, arguments=change(call.arguments))


def changed(
    value: Any, change: Callable[[Any], Any], only: frozenset[str] | None, kinds: Kinds = (int, float)
) -> Any:
    """The same data with every number changed, or every value of other kinds; below the keys of `only`."""
    if isinstance(value, Mapping):
        return {key: changed(one, change, _below(key, only), kinds) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [changed(one, change, only, kinds) for one in value]
    return change(value) if only is None and type(value) in kinds else value


def _below(key: str, only: frozenset[str] | None) -> frozenset[str] | None:
    return None if only and key in only else only


def repeating(fields: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The same fields, but every text among them is this one."""
    return {key: text if isinstance(one, str) else one for key, one in fields.items()}
