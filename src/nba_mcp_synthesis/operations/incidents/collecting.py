"""Collects what can be seen of the service now: every source at once, each with an end, what is away said."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from nba_mcp_synthesis.connectors.faults import fault_of
from nba_mcp_synthesis.deadlines import together, within
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.incidents.redaction import Redactor

Look = Callable[[], str]
File = Literal["system-state", "logs"]
_MOST = 2_000_000  # characters of one part: the newest, which are the last


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to look at, and the file that it goes to."""

    name: str
    look: Look
    file: File = "system-state"


@dataclass(frozen=True, slots=True)
class Found:
    """What was seen, without secrets; or why nothing was."""

    name: str
    file: File
    ok: bool
    text: str
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For programs; the text stands in its file."""
        told = {"part": self.name, "ok": self.ok, "file": self.file, "seconds": round(self.seconds, 2)}
        return told if self.ok else {**told, "reason": self.text}


class Partly(Exception):
    """A source that answered in part: what there was, and what was not."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(reason)
        self.text, self.reason = text, reason


def collect(
    parts: Sequence[Part], redact: Redactor, seconds: float, tell: Callable[[str], None]
) -> list[Found]:
    """All parts, in their order, after so many seconds at the latest."""
    ends = time.monotonic() + seconds
    return together([partial(_one, part, redact, ends, tell) for part in parts], at_once=len(parts) or 1)


def _one(part: Part, redact: Redactor, ends: float, tell: Callable[[str], None]) -> Found:
    started = time.monotonic()
    try:
        ok, text = True, within(max(ends - started, 0.1), part.look)
    except Partly as error:
        ok, text = False, f"{error.reason}\n\n{error.text}"
    except TimeoutError:
        ok, text = False, "It did not answer in time."
    except NbaMcpError as error:
        ok, text = False, error.message
    except Exception as error:  # noqa: BLE001 - a source that fails costs its part and nothing else
        ok, text = False, fault_of(error, part.name).message
    tell(f"{part.name}: {'collected' if ok else 'not all of it'}")
    return Found(part.name, part.file, ok, redact(_cut(text)), time.monotonic() - started)


def _cut(text: str) -> str:
    return (
        text
        if len(text) <= _MOST
        else f"… {len(text) - _MOST:,} characters before this are left out.\n{text[-_MOST:]}"
    )


def as_text(found: Sequence[Found], file: File, head: str) -> str:
    """The parts of a file, one below the other."""
    return "\n".join([head, "", *_sections(one for one in found if one.file == file)])


def _sections(found: Iterator[Found]) -> Iterator[str]:
    for one in found:
        mark = "" if one.ok else " (NOT COMPLETE)"
        yield f"===== {one.name}{mark} =====\n{one.text.rstrip() or 'Nothing.'}\n"


def lines(found: Sequence[Found], files: Mapping[str, str], at: datetime) -> list[str]:
    """What the report says of it."""
    complete = [one.name for one in found if one.ok]
    lacking = [one for one in found if not one.ok]
    told = [
        f"- {at:%Y-%m-%d %H:%M:%S} UTC: {', '.join(complete) or 'nothing'}; in {', '.join(files.values())}."
    ]
    return [
        *told,
        *(f"- Not complete: {one.name}. {one.text.splitlines()[0] if one.text else ''}" for one in lacking),
    ]
