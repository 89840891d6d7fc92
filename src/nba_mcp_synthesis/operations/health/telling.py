"""A report of checks as people see it on a terminal, or in a mail."""

from datetime import UTC

from rich.console import Group, RenderableType
from rich.text import Text

from nba_mcp_synthesis.operations.health.catalogue import sections
from nba_mcp_synthesis.operations.health.check import HealthCheck, HealthReport
from nba_mcp_synthesis.operations.health.pages import by_section, limits

_MARKS = {"pass": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red"), "skip": ("-", "dim")}
_MOST_DETAILS = 10


def shown(report: HealthReport) -> Group:
    """Every check on a line, below the heading of its section, and the summary."""
    parts: list[RenderableType] = []
    for title, checks in by_section(report):
        parts += [Text(title, style="bold"), *map(_line, checks)]
    return Group(*parts, _summary(report), Text(f"Context {report.context}, {report.place}.", style="dim"))


def daily(report: HealthReport) -> Group:
    """The five numbered sections of the daily check, between its head and its end."""
    parts = [
        Text("=== NBA MCP Synthesis Daily Health Check ===", style="bold"),
        Text(f"Date: {report.at.astimezone(UTC):%a %b %d %H:%M:%S} UTC {report.at:%Y}"),
        Text(f"Context {report.context}, {report.place}."),
    ]
    found = dict(by_section(report))
    for number, title in enumerate(sections().values(), 1):
        parts += [Text(f"{number}. {title}:", style="bold"), *_with_details(found.get(title, []))]
    return Group(*parts, _summary(report), Text("=== Health Check Complete ===", style="bold"))


def _with_details(checks: list[HealthCheck]) -> list[Text]:
    lines = []
    for one in checks:
        lines.append(_line(one))
        lines += [Text(f"      {detail}", style="dim") for detail in one.details[:_MOST_DETAILS]]
        if more := len(one.details) - _MOST_DETAILS:
            lines += [Text(f"      and {more} more", style="dim")] if more > 0 else []
    return lines or [Text("  Nothing of this was chosen.")]


def _line(one: HealthCheck) -> Text:
    mark, style = _MARKS[one.result]
    number, threshold = limits(one)
    figure = f" [{number}{f', threshold {threshold}' if threshold else ''}]" if number else ""
    away = " (away)" if one.away else ""
    where = " (in the pod)" if one.where == "pod" else ""
    told = Text.assemble(
        "  ", (mark, style), " ", (one.name, "bold"), f"{where}{away}{figure}: ", one.message
    )
    told.no_wrap, told.overflow = True, "ignore"  # one line a check, for grep and mail; a terminal wraps it
    return told


def _summary(report: HealthReport) -> Text:
    _, style = _MARKS[report.result]
    told = f"Summary: {report.result.upper()}. {report.summary}"
    return Text(told, style=f"bold {style}", no_wrap=True, overflow="ignore")
