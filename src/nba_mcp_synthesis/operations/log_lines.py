"""Lines of the log as they come: bare, or with what `kubectl logs` puts before them, or cut, or of others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from pydantic_core import from_json

# A longer line is none of ours; only its beginning is held.
MOST_BYTES = 1_000_000
# `--prefix` writes [pod/NAME/CONTAINER], `--timestamps` a time in RFC 3339, in this order.
_BEFORE = re.compile(
    rb"\s*(?:\[(?P<pod>[^\]\s]{1,500})\]\s+)?(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)\s+)?"
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: `event` is its JSON, None where it is no event of ours; `text` is then how it begins."""

    event: dict[str, Any] | None
    text: str
    pod: str = ""


def lines_of(stream: IO[bytes]) -> Iterator[LogLine]:
    """The lines of a stream that are not empty, one at a time."""
    while raw := stream.readline(MOST_BYTES):
        if not raw.endswith(b"\n"):
            _skip_rest(stream, raw)
        if raw.strip():
            yield _read(raw)


def time_of(event: dict[str, Any]) -> datetime | None:
    """When it happened; None where it does not say so."""
    try:
        at = datetime.fromisoformat(event["timestamp"])
    except (KeyError, TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _skip_rest(stream: IO[bytes], raw: bytes) -> None:
    """Up to the end of a line that is too long."""
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(MOST_BYTES)


def _read(raw: bytes) -> LogLine:
    before = _BEFORE.match(raw)
    told = raw[before.end() :] if before else raw
    pod = (before["pod"] or b"").decode("utf-8", "replace") if before else ""
    try:
        found = from_json(told)
    except ValueError:
        found = None
    if isinstance(found, dict) and isinstance(found.get("event"), str):
        return LogLine(found, "", pod)
    return LogLine(None, told[:500].decode("utf-8", "replace").strip(), pod)
