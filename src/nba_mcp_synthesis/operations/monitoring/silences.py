"""Alerts as people list them, and silences as people write them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from nba_mcp_synthesis.errors import UsageError

_MATCHER = re.compile(r"([a-zA-Z_][a-zA-Z0-9_]*)(=~|!~|!=|=)(.*)", re.DOTALL)
_LONGEST = timedelta(days=30)


def listed(alert: dict[str, Any]) -> dict[str, Any]:
    """An alert of the API as one line of a list."""
    labels, notes, status = alert["labels"], alert["annotations"], alert["status"]
    shown = {k: v for k, v in labels.items() if k not in ("alertname", "severity", "service", "source")}
    return {
        "severity": labels.get("severity", ""),
        "alert": labels.get("alertname", ""),
        "state": _state(status),
        "since": alert["startsAt"],
        "about": notes.get("description") or notes.get("summary", ""),
        "labels": ", ".join(f"{name}={value}" for name, value in sorted(shown.items())),
        "runbook": notes.get("runbook_url", ""),
    }


def _state(status: dict[str, Any]) -> str:
    """`active`, or what keeps it back."""
    if status["silencedBy"]:
        return f"silenced by {', '.join(status['silencedBy'])}"
    return "inhibited" if status["inhibitedBy"] else str(status["state"])


def matcher(told: str) -> dict[str, Any]:
    """`name=value`, `name!=value`, `name=~regex` or `name!~regex`; a word alone is the name of an alert."""
    text = told if re.search(r"[=~]", told) else f"alertname={told}"
    found = _MATCHER.fullmatch(text)
    if not found or not told:
        raise UsageError(f"{told!r} is no matcher.", "Write alertname=NbaMcpDatabaseDown or pod=~nba-mcp.*")
    name, sign, value = found.groups()
    value = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    return {"name": name, "value": value, "isRegex": "~" in sign, "isEqual": not sign.startswith("!")}


def as_filter(found: dict[str, Any]) -> str:
    """The matcher as the API filters by it."""
    sign = ("=" if found["isEqual"] else "!") + ("~" if found["isRegex"] else "" if found["isEqual"] else "=")
    value = found["value"].replace("\\", "\\\\").replace('"', '\\"')
    return f'{found["name"]}{sign}"{value}"'


def silence(matchers: list[dict[str, Any]], span: timedelta, by: str, comment: str) -> dict[str, Any]:
    """A silence from now on, as the API takes it; UsageError where it would hide too much."""
    if not any(found["isEqual"] for found in matchers):
        raise UsageError(
            "These matchers would silence everything else.", "Name at least one thing to silence."
        )
    if not timedelta() < span <= _LONGEST:
        raise UsageError("A silence lasts up to 30 days.", "Mend the cause, or change the rule.")
    if not comment.strip():
        raise UsageError("A silence wants a reason.", "Say it with --comment.")
    now = datetime.now(UTC)
    return {
        "matchers": matchers,
        "startsAt": now.isoformat(),
        "endsAt": (now + span).isoformat(),
        "createdBy": by,
        "comment": comment,
    }
