"""The report of a drill, for people as Markdown and for programs as JSON."""

import json
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.operations.backup.drill import Report
from nba_mcp_synthesis.operations.backup.manifest import DRILLS
from nba_mcp_synthesis.operations.backup.store import BackupStore

_VERDICTS = {
    "same answers": "Everything came back, with the same answers.",
    "other answers": "**Not everything came back: answers are others than at the time of the backup.**",
    "not asked": "Everything came back: the same rows and objects. Not every database was asked anything; "
    "the notes say why.",
}


def as_dict(report: Report) -> dict[str, Any]:
    """For JSON; durations are in seconds, times in UTC."""
    return {"holds": report.holds, "verdict": report.verdict, **asdict(report)}


def write(report: Report, folder: Path) -> Path:
    """Writes both files, and gives the path of the Markdown one."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, text in _files(report).items():
        path = folder / f"{_named(report)}{suffix}"
        path.write_text(text, "utf-8")
    return path.with_suffix(".md")


def keep(report: Report, store: BackupStore) -> str:
    """Writes both files beside the backups, since the folder of a job goes with it; gives the key of one."""
    for suffix, text in _files(report).items():
        store.write(f"{DRILLS}{_named(report)}{suffix}", text.encode())
    return f"{DRILLS}{_named(report)}.md"


def _named(report: Report) -> str:
    return f"backup-drill-{report.at.astimezone(UTC):%Y%m%d-%H%M%S}"


def _files(report: Report) -> dict[str, str]:
    told = json.dumps(as_dict(report), default=str, indent=1, ensure_ascii=False)
    return {".json": told + "\n", ".md": markdown(report)}


def markdown(report: Report) -> str:
    """The report as a page."""
    recovered, served = spoken(report.rto_seconds), spoken(report.server_seconds)
    lines = [
        f"# Recovery drill of {report.at:%Y-%m-%d %H:%M} UTC",
        "",
        _VERDICTS[report.verdict],
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
