"""The report of a drill, for people as Markdown and for programs as JSON."""

import json
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.operations.backup.drill import Report


def as_dict(report: Report) -> dict[str, Any]:
    """For JSON; durations are in seconds, times in UTC."""
    return {"holds": report.holds, **asdict(report)}


def write(report: Report, folder: Path) -> Path:
    """Writes both files, and gives the path of the Markdown one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"backup-drill-{report.at.astimezone(UTC):%Y%m%d-%H%M%S}.md"
    path.write_text(markdown(report), "utf-8")
    told = json.dumps(as_dict(report), default=str, indent=1, ensure_ascii=False)
    path.with_suffix(".json").write_text(told + "\n", "utf-8")
    return path


def markdown(report: Report) -> str:
    """The report as a page."""
    verdict = (
        "Everything came back, with the same answers." if report.holds else "**Not everything came back.**"
    )
    recovered, served = spoken(report.rto_seconds), spoken(report.server_seconds)
    lines = [
        f"# Recovery drill of {report.at:%Y-%m-%d %H:%M} UTC",
        "",
        verdict,
        "",
        f"- Time to recover (RTO): {recovered}, {served} of it for a server",
        f"- Data that would have been lost (RPO): what came in during {spoken(report.rpo_seconds)}",
        f"- Restored onto {report.server}",
        "",
        "| database | backup | its age | restored in | tables | rows | questions | answered otherwise |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {one.database} | {one.backup} | {spoken(one.lost_seconds)} | {spoken(one.restore_seconds)} | "
        f"{one.tables} "
        f"| {one.rows:,} | {one.asked} | {len(one.faults)} |"
        for one in report.databases
    ]
    notes = [f"- {one.database}: {one.note}" for one in report.databases if one.note]
    faults = [f"- {one.database}: {fault}" for one in report.databases for fault in one.faults]
    for title, told in (("## Notes", notes), ("## Answered otherwise", faults)):
        lines += ["", title, "", *told] if told else []
    return "\n".join(lines) + "\n"


def spoken(seconds: float) -> str:
    """A duration in the unit that people would say."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"
