"""The audit of access: who called what, how often, what was refused, and what that cost."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Document, Section, Table
from nba_mcp_synthesis.operations.reports.outcomes import kind_of
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.entries import MOST_STRANGERS
from nba_mcp_synthesis.state.usage import Callers, callers_between
from nba_mcp_synthesis.telemetry.metrics import catalogue

MOST_CALLERS = 200
_MANY, _LARGE_SHARE = 20, 0.5
_DOORS = frozenset({"not_authenticated", "not_allowed"})


def audit(state: StateDatabase, period: Period) -> Document:
    """The report; raises Unavailable where the state database is away."""
    found = callers_between(state, period.begin, period.end)
    callers = _callers(found)
    noticed = _noticed(callers)
    total, refused = sum(one.count for one in found), sum(one["refused"] for one in callers)
    summary = (
        f"{words.plural(total, 'call')} of {words.plural(len(callers), 'caller')}; "
        f"{refused:,} were refused, {sum(one['failed'] for one in callers):,} failed."
    )
    return Document(
        f"access-{period.name}",
        f"Access, {period}",
        [summary, *_cut(found), *(f"Needs a person: {told}" for told in noticed)],
        [
            Section("By caller", [_table(callers), *_rest(callers)]),
            Section("What was refused", [_refused(found)]),
            Section("What they called", [_tools(found)]),
        ],
        {
            "period": {"begin": period.begin.isoformat(), "end": period.end.isoformat()},
            "calls": total,
            "refused": refused,
            "callers": callers,
            "noticed": noticed,
        },
    )


def _cut(found: Sequence[Callers]) -> list[str]:
    """Strangers cannot fill the audit log, so their refusals may be more than are in it."""
    if sum(one.count for one in found if one.outcome == "not_authenticated") < MOST_STRANGERS:
        return []
    told = f"Of callers whom nobody knows, each server writes down at most {MOST_STRANGERS} refusals a minute"
    return [f"{told}: there may have been more. {catalogue()['auth_failures']['name']} counts all of them."]


def _callers(found: Sequence[Callers]) -> list[dict[str, Any]]:
    """A row a caller, who called most first."""
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        row = rows.setdefault(
            one.caller,
            {
                "caller": one.caller,
                "calls": 0,
                "refused": 0,
                "failed": 0,
                "unlet": 0,
                "cost_usd": 0.0,
                "tools": Counter(),
                "last": "",
            },
        )
        row["calls"] += one.count
        row["refused"] += one.count * (kind_of(one.outcome) == "refused")
        row["failed"] += one.count * (kind_of(one.outcome) == "failed")
        row["unlet"] += one.count * (one.outcome in _DOORS)
        row["cost_usd"] += one.cost_usd
        row["tools"][one.tool] += one.count
        row["last"] = max(row["last"], one.newest.isoformat())
    ranked = sorted(rows.values(), key=lambda row: (-row["calls"], row["caller"]))
    return [{**row, "tools": dict(row["tools"].most_common())} for row in ranked]


def _noticed(callers: Sequence[dict[str, Any]]) -> list[str]:
    told = []
    for row in callers:
        if row["unlet"] >= _MANY:
            told.append(f"{row['caller']} was not let in {row['unlet']:,} times.")
        elif row["refused"] >= _MANY and row["refused"] > _LARGE_SHARE * row["calls"]:
            told.append(
                f"{row['caller']} is refused {words.share(row['refused'] / row['calls'])} of the time."
            )
    return told


def _table(callers: Sequence[dict[str, Any]]) -> Table:
    rows = [
        (
            row["caller"],
            f"{row['calls']:,}",
            f"{row['refused']:,}",
            f"{row['failed']:,}",
            words.dollars(row["cost_usd"]),
            ", ".join(f"{tool} {count:,}" for tool, count in list(row["tools"].items())[:4]),
            row["last"][:16].replace("T", " "),
        )
        for row in callers[:MOST_CALLERS]
    ]
    columns = ("caller", "calls", "refused", "failed", "cost", "mostly", "last")
    return Table(columns, rows, frozenset({1, 2, 3, 4}), "Nobody called.")


def _rest(callers: Sequence[dict[str, Any]]) -> list[str]:
    left = len(callers) - MOST_CALLERS
    return [f"{left:,} callers more are in the JSON of this report."] if left > 0 else []


def _refused(found: Sequence[Callers]) -> Table:
    counts: Counter[tuple[str, str]] = Counter()
    for one in found:
        if kind_of(one.outcome) == "refused":
            counts[one.outcome, one.tool] += one.count
    rows = [(outcome, tool, f"{count:,}") for (outcome, tool), count in counts.most_common(50)]
    return Table(("why", "tool", "calls"), rows, frozenset({2}), "Nothing was refused.")


def _tools(found: Sequence[Callers]) -> Table:
    calls: Counter[str] = Counter()
    callers: dict[str, set[str]] = {}
    for one in found:
        calls[one.tool] += one.count
        callers.setdefault(one.tool, set()).add(one.caller)
    rows = [(tool, f"{count:,}", f"{len(callers[tool]):,}") for tool, count in calls.most_common()]
    return Table(("tool", "calls", "callers"), rows, frozenset({1, 2}), "Nothing was called.")
