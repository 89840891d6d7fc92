"""Steps that read the log of the server's pods."""

import re

from nba_mcp_synthesis.operations.checklists.cluster_checks import recent_events
from nba_mcp_synthesis.operations.checklists.findings import Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import MOST_LINES, Ground
from nba_mcp_synthesis.operations.log_summary import LogSummary
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Table

_DAY, _WEEK = "24h", "168h"
_MANY_REFUSALS = 100
_SECURITY = re.compile(r"security|forbidden|denied|unauthori[sz]ed|violat", re.IGNORECASE)


def errors(ground: Ground) -> Finding:
    """Errors of a day, by what they have in common."""
    return _errors(ground.log(_DAY))


def errors_of_a_week(ground: Ground) -> Finding:
    """The same of seven days."""
    return _errors(ground.log(_WEEK))


def _errors(found: LogSummary) -> Finding:
    told = _read(found)
    number = found.errors.total()
    if not number:
        return Finding(f"{told}, and no error.", figures={"errors": 0})
    rows = [(str(one["count"]), one["name"]) for one in found.errors.shown(20)]
    table = Table(("count", "error"), rows, frozenset({0}))
    return judged(
        f"{told}, {words.plural(number, 'error')} of {words.plural(len(rows), 'kind')}.",
        f"The most frequent: {rows[0][1]}",
        table=table,
        figures={"errors": number},
    )


def access(ground: Ground) -> Finding:
    """Who called, and how often somebody was refused."""
    found = ground.log(_DAY)
    refused, calls = found.refused.total(), found.callers.total()
    rows = [("caller", one["name"], str(one["count"])) for one in found.callers.shown(15)]
    rows += [("refused", one["name"], str(one["count"])) for one in found.refused.shown(15)]
    table = Table(("what", "name", "count"), rows, frozenset({2}), "Nobody called.")
    person = f"{refused} refusals: see who, by `nba-mcp ops access`." if refused > _MANY_REFUSALS else ""
    told = f"{_read(found)}, {words.plural(calls, 'call')}, {words.plural(refused, 'refusal')}."
    return judged(told, person, table=table, figures={"calls": calls, "refused": refused})


def security_events(ground: Ground) -> Finding:
    """What the cluster and the server say about attempts at what nobody may do."""
    found = [
        one for one in recent_events(ground) if _SECURITY.search(f"{one.get('reason')} {one.get('message')}")
    ]
    families = {one["name"]: one["count"] for one in ground.log(_DAY).families.shown(50)}
    number = families.get("security", 0)
    rows = [(one.get("reason", ""), one.get("message", "")[:200]) for one in found]
    told = f"{words.plural(len(found), 'event')} of the cluster, {number:,} of the server."
    person = "Look at each: somebody tries what nobody may do." if found or number else ""
    return judged(told, person, table=Table(("reason", "message"), rows, nothing="The cluster has none."))


def _read(found: LogSummary) -> str:
    bound = f" (of each pod the newest {MOST_LINES:,})" if found.lines >= MOST_LINES else ""
    return f"{words.plural(found.lines, 'line')}{bound}"
