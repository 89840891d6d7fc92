"""What people see on a terminal: answers, tables, progress. Plain text when piped."""

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from textwrap import indent
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from nba_mcp_synthesis.facts import Answer, Result, Row, Tell, tell_nobody

if TYPE_CHECKING:
    from nba_mcp_synthesis.basketball.stats.stats import StatResult
    from nba_mcp_synthesis.server.clients import Connection
    from nba_mcp_synthesis.synthesis.replay import Replay
    from nba_mcp_synthesis.warehouse.catalog import TableInfo
    from nba_mcp_synthesis.warehouse.checks import CheckSummary
    from nba_mcp_synthesis.warehouse.loading import LoadReport
    from nba_mcp_synthesis.warehouse.status import DataStatus

MOST_ROWS_SHOWN = 200
PIPED_WIDTH = 160
MOST_FAILURES_SHOWN = 5
_SIMULATED = "simulated: an invented league, not real NBA results"


def show(as_data: Any, for_people: RenderableType, *, as_json: bool) -> None:
    """Prints JSON or the picture for people."""
    if as_json:
        print(json.dumps(as_data, ensure_ascii=False, default=str))
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(for_people, crop=False)


@contextlib.contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr while the block runs; gives the function that moves it."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextlib.contextmanager
def stages(*, shown: bool) -> Iterator[Tell]:
    """A line on stderr with how far a question has come, on a terminal; gives the function that writes it."""
    console = Console(stderr=True, highlight=False)
    if not shown or not console.is_terminal:
        yield tell_nobody
        return
    with console.status(Text("Asking")) as line:
        yield lambda progress: line.update(Text(progress.text))


@contextlib.contextmanager
def working() -> Iterator[Callable[[str], None]]:
    """A line on stderr with what goes on, on a terminal; gives the function that writes it."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(Text("Working")) as line:
        yield lambda told: line.update(Text(told))


def group(parts: Sequence[RenderableType]) -> RenderableType:
    """One below the other."""
    return Group(*(Text(part) if isinstance(part, str) else part for part in parts))


def stats(found: "StatResult") -> RenderableType:
    """Rows of a request, what was assumed, what is doubtful, and the SQL."""
    lines = [f"Assumed: {line}" for line in found.assumed]
    lines += [f"Definition: {line}" for line in found.definitions]
    notes = [Text(f"Note: {line}", style="red") for line in found.notes]
    shown = rows(found.result.columns, found.result.rows)
    return Group(shown, *(Text(line) for line in lines), *notes, Text(found.result.sql, style="dim"))


def answer(found: Answer, *, explain: bool = False) -> RenderableType:
    """An answer: sentence, table, assumptions, definitions, SQL, and which data it speaks about."""
    parts: list[RenderableType] = [Text(found.text, style="bold")]
    if len(found.rows) > 1 or len(found.columns) > 2:
        parts.append(rows(found.columns, found.rows))
    parts += [Text(f"Read: {line}", style="dim") for line in found.explained if explain]
    parts += [Text(f"Assumed: {line}") for line in found.assumptions]
    parts += [Text(f"Definition: {line}") for line in found.definitions]
    parts += [Text(f"Dissent: {line}") for line in found.dissent]
    if len(found.voices) > 1:
        parts += [_voices(found), Text(f"Confidence {found.confidence:g}: {found.confidence_means}")]
    parts += [Text(f"Caution: {line}", style="red") for line in found.cautions]
    for evidence in found.evidence:
        parts += [Text(f"SQL ({evidence.id}):"), Text(indent(evidence.sql, "  "), style="cyan")]
    parts.append(_provenance(found.data_as_of, simulated=found.simulated))
    return Group(*parts)


def _voices(found: Answer) -> RenderableType:
    """Who was asked, what became of it, and what it cost."""
    heard = [(v.name, v.outcome, f"${v.cost_usd:.6f}", v.tokens, f"{v.seconds:.2f} s") for v in found.voices]
    return rows(("voice", "outcome", "cost", "tokens", "time"), heard)


def recorded_answer(found: dict[str, Any]) -> RenderableType:
    """An answer as it was recorded: when and by which door, the text, what it cost, and its evidence."""
    when = f"{found['asked_at']} · {found['door']} · {found['caller']} · {found['status']}"
    parts: list[RenderableType] = [Text(when, style="dim"), Text(found["question"])]
    parts.append(Text(found["text"], style="bold"))
    if found["table"]["rows"]:
        parts.append(rows(found["table"]["columns"], [tuple(row) for row in found["table"]["rows"]]))
    for evidence in found["evidence"]:
        told = f"SQL ({evidence['id']}, {evidence['engine']}, {evidence['row_count']:,} rows):"
        parts += [Text(told), Text(indent(evidence["sql"], "  "), style="cyan")]
    parts.append(records(found["voices"], "No voice was heard."))
    as_of = found["data_as_of"]
    parts.append(_provenance(as_of, simulated=found["simulated"], more=f"snapshot {found['snapshot']}"))
    return Group(*parts)


def replay(found: "Replay") -> RenderableType:
    """What came of an answer's queries today."""
    told = "Every query returns what it did." if found.is_same else "Something has changed since."
    queries = [asdict(query) for query in found.evidence]
    return Group(
        Text(found.question),
        Text(told, style="bold"),
        records(found.values, "The answer gave no values."),
        records(queries, "The answer has no queries."),
        Text(f"snapshot {found.snapshot_then} then, {found.snapshot_now} now", style="dim"),
    )


def result(found: Result) -> RenderableType:
    """The rows of a query, its notes, and which data they are from."""
    parts: list[RenderableType] = [rows(found.columns, found.rows)]
    parts += [Text(f"Note: {note}") for note in found.notes]
    took = f"{len(found.rows):,} rows in {found.elapsed_ms:.1f} ms"
    parts.append(_provenance(found.data_as_of, simulated=found.simulated, more=took))
    return Group(*parts)


def rows(columns: Sequence[str], values: Sequence[Row]) -> RenderableType:
    """A table; says how many rows it leaves out when there are very many."""
    table = Table()
    for name in columns:
        table.add_column(Text(name), overflow="fold")
    for row in values[:MOST_ROWS_SHOWN]:
        table.add_row(*(Text(_cell(value)) for value in row))
    left = len(values) - MOST_ROWS_SHOWN
    if left <= 0:
        return table
    return Group(table, Text(f"… and {left:,} more rows; --json prints all of them."))


def records(found: Sequence[dict[str, Any]], nothing: str) -> RenderableType:
    """A table of records with the same keys, or the sentence `nothing` when there are none."""
    if not found:
        return Text(nothing)
    return rows(tuple(found[0]), [tuple(record.values()) for record in found])


def tables(found: Sequence["TableInfo"]) -> RenderableType:
    """The list of tables."""
    return rows(("table", "rows", "about"), [(t.name, t.rows, t.comment) for t in found])


def columns(found: "TableInfo") -> RenderableType:
    """The columns of one table."""
    listed = rows(("column", "type", "about"), [(c.name, c.type, c.comment) for c in found.columns])
    return Group(Text(f"{found.name}: {found.comment} {found.rows:,} rows."), listed)


def connections(found: Sequence["Connection"]) -> RenderableType:
    """Connection lines, client by client; the lines themselves can be pasted."""
    parts: list[RenderableType] = []
    for one in found:
        parts += [
            Text(f"{one.title} ({one.where}):", style="bold"),
            Text(one.lines, no_wrap=True, overflow="ignore"),
            Text(""),
        ]
    return Group(*parts[:-1])


def load_report(report: "LoadReport", place: str) -> RenderableType:
    """The closing table of a load, what was left out and why, and what the checks found."""
    from nba_mcp_synthesis.warehouse.loading import UNKNOWN_FORMAT

    parts: list[RenderableType] = [_by_source(report)]
    failed = report.with_status("failed")
    parts += [Text(f"Failed: {f.label}: {f.reason}", style="red") for f in failed]
    parts += [
        Text(f"Rejected in {f.label}: {n} × {why}") for f in report.files for why, n in f.rejected.items()
    ]
    outside = Counter(f.reason.capitalize() for f in report.with_status("outside"))
    parts += [Text(f"{why}: {n} {'file' if n == 1 else 'files'}", style="dim") for why, n in outside.items()]
    unknown = [f for f in report.with_status("not loaded") if f.reason == UNKNOWN_FORMAT]
    if unknown:
        parts.append(Text(f"Not loaded, {len(unknown)} files of formats that this program does not load:"))
        parts.append(Text(", ".join(f.label for f in unknown), style="dim"))
    waiting = [f for f in report.with_status("not loaded") if f.reason != UNKNOWN_FORMAT]
    parts += [Text(f"Not loaded: {f.reason}") for f in waiting]
    parts.append(checks(report.checks))
    parts.append(Text(f"The warehouse is {place} ({report.seconds:.1f} s)."))
    return Group(*parts)


def _by_source(report: "LoadReport") -> Table:
    table = Table("source", "files", "rows read", "loaded", "rejected", "rows/s")
    taken = [f for f in report.files if f.status in ("loaded", "unchanged")]
    for source in sorted({f.source for f in taken}):
        files = [f for f in taken if f.source == source]
        read = sum(f.rows_read for f in files)
        seconds = sum(f.seconds for f in files)
        unchanged = sum(f.status == "unchanged" for f in files)
        table.add_row(
            source,
            f"{len(files)}" + (f" ({unchanged} unchanged)" if unchanged else ""),
            f"{read:,}",
            f"{sum(f.rows_loaded for f in files):,}",
            f"{sum(sum(f.rejected.values()) for f in files):,}",
            f"{read / seconds:,.0f}" if seconds else "",
        )
    return table


def checks(found: Sequence["CheckSummary"]) -> RenderableType:
    """Checks that do not hold with their first findings, and how many hold."""
    lines: list[RenderableType] = []
    for check in found:
        if check.failures:
            told = (
                f"Check {check.name}: {len(check.failures)} of {check.compared:,} do not hold. {check.about}"
            )
            lines.append(Text(told, style="red"))
            lines += [Text(f"  {failure}") for failure in check.failures[:MOST_FAILURES_SHOWN]]
    held = [c for c in found if not c.failures and c.compared]
    lines.append(Text(f"{len(held)} checks hold over {sum(c.compared for c in held):,} comparisons."))
    return Group(*lines)


def status(found: "DataStatus") -> RenderableType:
    """Coverage by season, season type and table, and the checks that do not hold."""
    parts: list[RenderableType] = [records(found.coverage, "No seasons are loaded.")]
    parts += [
        Text(f"Finding: {f['check_name']}, {f['season']} {f['season_type']}, {f['subject']}: {f['detail']}")
        for f in found.findings
    ]
    held = sum(bool(check["passed"]) for check in found.checks)
    parts.append(Text(f"{held} of {len(found.checks)} checks hold. Snapshot {found.snapshot}, {found.path}."))
    parts.append(_provenance(found.data_as_of, simulated=found.simulated))
    return Group(*parts)


def _provenance(as_of: str | None, *, simulated: bool, more: str = "") -> Text:
    facts = [f"Data as of {as_of}" if as_of else "No games are loaded"]
    facts += [_SIMULATED] if simulated else []
    facts += [more] if more else []
    return Text(" · ".join(facts), style="dim")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) >= 0.001 or not value else f"{value:.4g}"
    return str(value)
