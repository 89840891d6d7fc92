"""A report of checks as Markdown, JSON and HTML: one file that opens anywhere, without a network."""

import json
import os
from collections.abc import Sequence
from datetime import UTC
from html import escape
from pathlib import Path

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.health.catalogue import sections
from nba_mcp_synthesis.operations.health.check import HealthCheck, HealthReport

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # whatever is in it, it loads and runs nothing
NAME = "deployment-validation"  # the files in reports/ are called so, whenever they were written


class NotWritten(NbaMcpError):
    """The operator makes the folder writable, or names another one."""


def write(report: HealthReport, folder: Path) -> list[Path]:
    """Writes the three files, each at one stroke, over those of the last time; gives their paths."""
    told = json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n"
    pages = {"md": markdown(report), "html": html(report), "json": told}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_put(folder / f"{NAME}.{kind}", text) for kind, text in pages.items()]
    except OSError as error:
        raise NotWritten(
            f"The report cannot be written to {folder}: {error.strerror}.", "--folder names another place."
        ) from None


def _put(path: Path, text: str) -> Path:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text, "utf-8")
    return new.replace(path)


def limits(one: HealthCheck) -> tuple[str, str]:
    """Number and threshold as people read them, with the unit."""
    number, threshold = _number(one.number), _number(one.threshold)
    return f"{number} {one.unit}" if number else "", threshold


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}".removesuffix(".0")


def by_section(report: HealthReport) -> list[tuple[str, list[HealthCheck]]]:
    """The checks below their headings, in the order of the headings."""
    found = [
        (title, [one for one in report.checks if one.section == name]) for name, title in sections().items()
    ]
    return [(title, checks) for title, checks in found if checks]


def markdown(report: HealthReport) -> str:
    """The report as a page of Markdown."""
    lines = [
        "# Validation of the deployment",
        "",
        _cell(f"{_when(report)}, context {report.context}, {report.place}."),
        "",
        f"**{_cell(report.summary)}**",
    ]
    for title, checks in by_section(report):
        lines += ["", f"## {title}", "", "| check | result | number | threshold | what it found | from |"]
        lines += ["| --- | --- | --- | --- | --- | --- |", *map(_row, checks)]
        details = [(one.name, line) for one in checks for line in one.details]
        lines += ["", *(f"- {name}: {_cell(line)}" for name, line in details)] if details else []
    return "\n".join(lines) + "\n"


def _when(report: HealthReport) -> str:
    return f"{report.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _row(one: HealthCheck) -> str:
    cells = (one.name, _result(one), *limits(one), one.message, one.where)
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Text that stays in its cell and is text: no line breaks, no column, no tag, no link."""
    plain = " ".join(text.split())
    for sign in "\\`*_|[]<>":
        plain = plain.replace(sign, f"\\{sign}" if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return plain


def _result(one: HealthCheck) -> str:
    return "away" if one.away else one.result


def html(report: HealthReport) -> str:
    """The report as a page of HTML. Everything in it is escaped, and it loads nothing."""
    when = _when(report)
    about = f"{when}, context {report.context}, {report.place}."
    style = Path(__file__).with_name("page.css").read_text("utf-8")
    parts = "".join(f"<h2>{escape(title)}</h2>{_list(checks)}" for title, checks in by_section(report))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>Validation of {escape(when)}: {report.result}</title>
<style>{style}</style></head>
<body><main><h1>Validation of the deployment</h1>
<p>{escape(about)}</p>
<p class="summary {report.result}">{escape(report.summary)}</p>
{parts}</main></body></html>
"""


def _list(checks: Sequence[HealthCheck]) -> str:
    return f"<ul>{''.join(map(_item, checks))}</ul>"


def _item(one: HealthCheck) -> str:
    number, threshold = limits(one)
    held = f" (threshold {threshold})" if threshold else ""
    figure = f'<p class="figure">{escape(number + held)}</p>' if number else ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in one.details)
    details = f"<details><summary>Each</summary><ol>{lines}</ol></details>" if lines else ""
    return (
        f'<li class="{one.result}"><h3>{escape(one.name)} <span>{escape(_result(one))}</span></h3>{figure}'
        f"<p>{escape(one.message)}</p>"
        f'<p class="where">{escape(one.where)}, {one.seconds:.1f} s</p>{details}</li>'
    )
