"""The families of events, by which people search logs: see docs/logging.md.

access    who came, and who was let in to what
auth      logins, and credentials that were none
request   HTTP requests
api       calls of tools and the queries in them
error     what failed and should not have
security  attempts at what nobody may do, and doors that stand open
service   the rest: the server itself and what it needs
"""

from collections.abc import Mapping
from typing import Any

FAMILIES = ("access", "auth", "request", "api", "error", "security", "service")
_OF_EVENT: Mapping[str, str] = {
    "access": "access",
    "elicitation": "api",
    "error": "error",
    "progress": "api",
    "query": "api",
    "request": "request",
    "tool_call": "api",
}
_BAD = frozenset({"error", "critical", "exception"})


def with_family(_logger: Any, method: str, event: Any) -> Any:
    """The event with its family: the one that it names, else `error` where it failed, else by its kind."""
    if "family" not in event:
        known = _OF_EVENT.get(event.get("event", ""), "service")
        event["family"] = "error" if method in _BAD else known
    return event
