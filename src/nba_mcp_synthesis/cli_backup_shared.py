"""What the commands of backups share: the desk, a line that says what goes on, one turn for each database."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.interrupting import ended_by_signals

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.databases import Database
    from nba_mcp_synthesis.operations.backup.desk import Backups

BackupId = Annotated[
    str | None, typer.Argument(metavar="ID", help="Of `nba-mcp ops backup list`; the newest, if left out.")
]


def opened_desk() -> "Backups":
    """All that backups need, by the settings; its log lines go to standard error."""
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.telemetry.logs import configure_logs

    settings = load_settings()
    configure_logs(sys.stderr, settings.log_level if settings.log_level != "info" else "error")
    return App(settings).backups


@contextlib.contextmanager
def saying() -> Iterator[Callable[[str], None]]:
    """A line on a terminal with what goes on; what ends the command from outside ends that as well."""
    from nba_mcp_synthesis import terminal

    with ended_by_signals(), terminal.working() as say:
        yield say


def each(
    desk: "Backups",
    name: str | None,
    work: "Callable[[Database, Callable[[str], None]], dict[str, Any] | None]",
    as_json: bool,
    backup_id: str | None = None,
    nothing: str = "",
) -> None:
    """Does it for each database. One that fails keeps no other from its turn; its error ends the command.

    With the ID of a backup it is for those that have it. `nothing` is said where there was nothing to do.
    """
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.errors import NbaMcpError

    found: list[dict[str, Any]] = []
    errors: list[NbaMcpError] = []
    with saying() as say:
        for one in desk.chosen(name, backup_id):
            try:
                done = work(one, say)
            except NbaMcpError as error:
                errors.append(error)
            else:
                found += [done] if done else []
    if found or as_json or not errors:
        terminal.show(found, terminal.records(found, nothing), as_json=as_json)
    for other in errors[1:]:
        typer.echo(f"nba-mcp: {other}", err=True)
    if errors:
        raise errors[0]


def check_alone(option: str, others: dict[str, Any]) -> None:
    """UsageError where an option was given that has no meaning beside this one."""
    from nba_mcp_synthesis.errors import UsageError

    if given := [name for name, value in others.items() if value is not None]:
        raise UsageError(
            f"{option} is about RDS, and {' and '.join(given)} about dumps.", "Say one of them alone."
        )


def rounded(found: dict[str, Any]) -> dict[str, Any]:
    """The same with numbers to the thousandth."""
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in found.items()}
