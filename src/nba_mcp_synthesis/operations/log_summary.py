"""A summary of a stream of log lines, in memory that does not grow with it."""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nba_mcp_synthesis.operations.log_lines import LogLine, time_of
from nba_mcp_synthesis.operations.log_patterns import normalised, pattern_of

# Different names that one count tells apart; whatever comes beyond is counted together.
MOST_NAMES = 5_000
OTHERS = "(others)"
_SLOWEST = 10
_BAD = frozenset({"error", "critical"})
# Outcomes of calls that ran as they should, or that the caller himself ended.
_WELL = frozenset({"ok", "cancelled", "login", "arrived"})


class Tally:
    """Counts by name, for so many names."""

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()

    def add(self, name: str, number: int = 1) -> None:
        """Counts one more."""
        known = name in self._counts or len(self._counts) < self._most
        self._counts[name if known else OTHERS] += number

    def shown(self, most: int) -> list[dict[str, Any]]:
        """The most frequent, as rows with `name` and `count`; what is left is counted together."""
        ranked = sorted(self._counts.items(), key=lambda item: (item[0] == OTHERS, -item[1], item[0]))
        rest = sum(count for _, count in ranked[most:])
        rows = [{"name": name, "count": count} for name, count in ranked[:most]]
        return [*rows, {"name": OTHERS, "count": rest}] if rest else rows

    def total(self) -> int:
        """How much was counted."""
        return self._counts.total()


@dataclass
class LogSummary:
    """What a stream of lines says; `no_events` are lines that are none of ours, by how they begin."""

    lines: int = 0
    events: int = 0
    first: datetime | None = None
    last: datetime | None = None
    families: Tally = field(default_factory=Tally)
    pods: Tally = field(default_factory=Tally)
    errors: Tally = field(default_factory=Tally)
    refused: Tally = field(default_factory=Tally)
    callers: Tally = field(default_factory=Tally)
    tools: Tally = field(default_factory=Tally)
    no_events: Tally = field(default_factory=Tally)
    _slowest: list[tuple[float, int, dict[str, Any]]] = field(default_factory=list)

    def take(self, lines: Iterable[LogLine], since: datetime | None = None) -> "LogSummary":
        """Takes in lines; events before `since` are left out."""
        for line in lines:
            self._take(line, since)
        return self

    def _take(self, line: LogLine, since: datetime | None) -> None:
        event = line.event
        at = time_of(event) if event else None
        if since and at and at < since:
            return
        self.lines += 1
        if line.pod:
            self.pods.add(line.pod)
        if event is None:
            self.no_events.add(normalised(line.text))
            return
        self.events += 1
        if at:
            self.first, self.last = min(self.first or at, at), max(self.last or at, at)
        self._count(event)

    def _count(self, event: dict[str, Any]) -> None:
        one_of = event.get("one_of")
        number = one_of if isinstance(one_of, int) and 0 < one_of <= 100_000 else 1
        self.families.add(str(event.get("family", "unknown")), number)
        outcome = str(event.get("outcome", "ok"))
        if event.get("level") in _BAD or outcome == "internal_error":
            self.errors.add(pattern_of(event))
        if event["event"] == "tool_call":
            self.tools.add(str(event.get("tool", "unknown")))
            self.callers.add(str(event.get("caller", "unknown")))
        if event["event"] in ("tool_call", "access") and outcome not in _WELL:
            self.refused.add(f"{outcome}: {event.get('tool') or event.get('reason') or event['event']}")
        self._note_slow(event)

    def _note_slow(self, event: dict[str, Any]) -> None:
        seconds = event.get("seconds")
        if event["event"] not in ("tool_call", "request") or not isinstance(seconds, int | float):
            return
        told = {
            "seconds": seconds,
            "what": str(event.get("tool") or f"{event.get('method')} {event.get('path')}"),
            "outcome": str(event.get("outcome") or event.get("status")),
            "caller": str(event.get("caller", "")),
            "request_id": str(event.get("request_id", "")),
            "timestamp": str(event.get("timestamp", "")),
        }
        entry = (float(seconds), self.lines, told)
        if len(self._slowest) < _SLOWEST:
            heapq.heappush(self._slowest, entry)
        elif entry > self._slowest[0]:
            heapq.heapreplace(self._slowest, entry)

    def as_dict(self, most: int = 20) -> dict[str, Any]:
        """For JSON, with so many rows of each kind."""
        return {
            "lines": self.lines,
            "events": self.events,
            "no_events": self.no_events.total(),
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "errors": self.errors.shown(most),
            "refused": self.refused.shown(most),
            "slowest": [told for _, _, told in sorted(self._slowest, key=lambda entry: -entry[0])],
            "callers": self.callers.shown(most),
            "tools": self.tools.shown(most),
            "families": self.families.shown(most),
            "pods": self.pods.shown(most),
            "other_lines": self.no_events.shown(most),
        }
