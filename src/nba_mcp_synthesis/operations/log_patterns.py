"""What errors in a log have in common: the same words, whatever ids, numbers and times are in them."""

import re
from typing import Any

_MOST_CHARACTERS = 200
_VARIABLE = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?"), "TIME"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE), "ID"),
    (re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b", re.IGNORECASE), "ID"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"), "ADDRESS"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "N"),
)
# What says what went wrong, in the order in which it is told; the rest says to whom and when.
_TOLD = ("failed", "outcome", "reason", "path", "status", "error", "exception", "message", "secret", "voice")


def pattern_of(event: dict[str, Any]) -> str:
    """The pattern of an error: event and what says what went wrong, without what differs each time."""
    told = [str(event["event"])]
    for name in _TOLD:
        value = event.get(name)
        if value not in (None, "", "ok"):
            told.append(f"{name}={_last_line(str(value))}")
    return normalised(" ".join(told))


def normalised(text: str) -> str:
    """The text with words in place of what differs each time."""
    for variable, word in _VARIABLE:
        text = variable.sub(word, text[:2_000])
    return " ".join(text.split())[:_MOST_CHARACTERS]


def _last_line(text: str) -> str:
    """Of a traceback the line that names the error."""
    return text.strip().rpartition("\n")[2]
