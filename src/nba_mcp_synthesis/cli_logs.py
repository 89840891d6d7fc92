"""`nba-mcp ops logs`: what a stream of log lines comes to."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_ops import ago

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from nba_mcp_synthesis.operations.log_lines import LogLine

_TITLES = {
    "errors": "Errors, by what they have in common",
    "refused": "Refused",
    "slowest": "Slowest",
    "callers": "Calls by caller",
    "tools": "Calls by tool",
    "families": "Events by family",
    "pods": "Lines by pod",
    "other_lines": "Lines that are no events of the server",
}


def ops_logs(
    file: Annotated[str, typer.Argument(help="A file; - reads what is piped in.")] = "-",
    since: Annotated[
        str | None, typer.Option(help="Leave out what is older than 90s, 15m, 1h or 7d.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Most rows of each kind.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Summarise log lines: errors, refusals, the slowest calls, callers; exit code 1 where there are errors.

    Takes what the server writes, also by way of `kubectl logs`, with --timestamps and --prefix.
    """
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.log_lines import lines_of
    from nba_mcp_synthesis.operations.log_summary import LogSummary

    begin = ago(since) if since else None
    with ExitStack() as stack:
        stream = sys.stdin.buffer if file == "-" else stack.enter_context(_opened(file))
        if stream.isatty():
            raise typer.BadParameter("nothing is piped in; name a file", param_hint="FILE")
        found = LogSummary().take(_told(lines_of(stream)), begin)
    told = found.as_dict(limit)
    terminal.show(told, _shown(told), as_json=as_json)
    raise typer.Exit(1 if found.errors.total() else 0)


def _opened(file: str) -> Any:
    from nba_mcp_synthesis.errors import UsageError

    try:
        return Path(file).open("rb")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", "Name a file of log lines.") from None


def _told(lines: "Iterator[LogLine]") -> "Iterator[LogLine]":
    """The lines, with their number on a terminal while it grows for more than a moment."""
    from nba_mcp_synthesis import terminal

    return terminal.counted(lines, "lines read")


def _shown(told: dict[str, Any]) -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    from nba_mcp_synthesis import terminal

    if not told["lines"]:
        return Text("There are no lines.")
    span = f", from {told['first']} to {told['last']}" if told["first"] else ""
    head = f"{told['lines']:,} lines: {told['events']:,} events, {told['no_events']:,} others{span}."
    parts: list[Any] = [Text(head)]
    for key, title in _TITLES.items():
        if told[key]:
            parts += [Text(f"\n{title}", style="bold"), terminal.records(told[key], "")]
    return Group(*parts)
