"""The arguments of a tool call, which some providers send as text and some as data."""

import json
from collections.abc import Mapping
from typing import Any

from servers.models.replies import Call


def as_text(call: Call) -> str:
    """JSON, or what the test gave in its place."""
    return call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments)


def as_data(call: Call) -> Any:
    """Data; text that is no JSON stays text, which is the nearest thing a provider of data can send."""
    if isinstance(call.arguments, Mapping):
        return dict(call.arguments)
    try:
        return json.loads(call.arguments)
    except ValueError:
        return call.arguments
