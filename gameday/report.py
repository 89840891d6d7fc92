"""The report of drills: a score for each, its times and what was run, as Markdown and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from gameday.drill import Outcome
from gameday.stack import HOLD, WINDOW

# Points: all of them up to the first figure of seconds, none from the second on, evenly in between.
DETECTED = (50, 15.0, 90.0)
RECOVERED = (50, 30.0, 600.0)


def points(scale: tuple[int, float, float], seconds: float | None) -> int:
    """The points that a time is worth."""
    most, full, none = scale
    if seconds is None:
        return 0
    return round(most * min(1.0, max(0.0, (none - seconds) / (none - full))))


def score(outcome: Outcome) -> int:
    """0 to 100: how soon it was known, and how soon after that it was mended. 0 where it was not mended."""
    if not outcome.is_good or outcome.paged is None or outcome.recovered is None:
        return 0
    return points(DETECTED, outcome.paged) + points(RECOVERED, outcome.recovered - outcome.paged)


def as_dict(outcome: Outcome) -> dict[str, Any]:
    """One drill, for programs."""
    return {
        "fault": outcome.fault.name,
        "title": outcome.fault.title,
        "alert": outcome.fault.alert,
        "severity": outcome.severity,
        "score": score(outcome),
        "good": outcome.is_good,
        "failure": outcome.failure,
        "seconds": {"paged": outcome.paged, "recovered": outcome.recovered, "resolved": outcome.resolved},
        "rule_waits": outcome.waits,
        "mended_by": "the page's commands" if outcome.followed else "somebody",
        "other_alerts": outcome.others,
        "ran": [{k: v for k, v in asdict(one).items() if k != "printed"} for one in outcome.ran],
    }


def markdown(outcomes: Sequence[Outcome], when: datetime) -> str:
    """The report as a page."""
    lines = [
        f"# Game day of {when:%Y-%m-%d %H:%M} UTC",
        "",
        f"Seconds since the fault began. Rules wait {HOLD} s here and look back {WINDOW}; in production",
        "the page comes later by what the rule waits there.",
        "",
        "| fault | alert | score | paged | recovered | end told | the rule waits |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(one) for one in outcomes),
    ]
    for one in outcomes:
        lines += ["", *_details(one)]
    return "\n".join(lines) + "\n"


def _row(one: Outcome) -> str:
    times = " | ".join("–" if t is None else f"{t:.1f}" for t in (one.paged, one.recovered, one.resolved))
    page = f"[{one.fault.alert}](../docs/runbooks/alerts/{one.fault.alert}.md)"
    return f"| {one.fault.name} | {one.severity} {page} | {score(one)} | {times} | {one.waits} |"


def _details(one: Outcome) -> list[str]:
    told = one.failure or "Mended by " + ("the page's commands" if one.followed else "somebody") + "."
    also = [f"Also told: {', '.join(one.others)}."] if one.others else []
    ran = [f"{r.where}, exit code {r.code}, {r.seconds} s:\n\n```sh\n{r.command}\n```\n" for r in one.ran]
    return [f"## {one.fault.name}: {one.fault.title}", "", told, *also, *([""] if ran else []), *ran]


def write(folder: Path, outcomes: Sequence[Outcome], when: datetime) -> Path:
    """Both reports, under the names of the moment at which it began; gives the Markdown one."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"gameday-{when:%Y%m%dT%H%M%SZ}"
    found = {
        "at": when.isoformat(),
        "hold": f"{HOLD}s",
        "window": WINDOW,
        "drills": [as_dict(o) for o in outcomes],
    }
    (folder / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n")
    page = folder / f"{name}.md"
    page.write_text(markdown(outcomes, when))
    return page
