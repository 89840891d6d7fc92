"""Server-sent events, and how a text comes in pieces."""

import json
import re
from collections.abc import Mapping
from typing import Any


def event(data: Mapping[str, Any], *, name: str = "", end: str = "\n\n") -> bytes:
    """One event of JSON, with its name where a provider gives one."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data)}{end}".encode()


def named(data: Mapping[str, Any]) -> bytes:
    """An event whose name is the `type` of its data."""
    return event(data, name=data["type"])


def words(text: str) -> list[str]:
    """The text, word by word; together they are the text again."""
    return re.findall(r"\s*\S+\s*$|\s*\S+|\s+", text)


def halves(text: str) -> list[str]:
    """The text in two pieces that are no JSON alone."""
    middle = (len(text) + 1) // 2
    return [piece for piece in (text[:middle], text[middle:]) if piece]
