"""The commands about what the service keeps of itself: `nba-mcp answers …` and `nba-mcp state …`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson

if TYPE_CHECKING:
    from nba_mcp_synthesis.app import App

answers = typer.Typer(help="See the answers that were given, with their evidence.", no_args_is_help=True)
state = typer.Typer(help="Look after the database of answers, keys and audit log.", no_args_is_help=True)
_LISTED = ("id", "asked_at", "door", "status", "question", "cost_usd", "simulated", "cached")


@answers.command("list")
def answers_list(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most answers.")] = 20, as_json: AsJson = False
) -> None:
    """List the newest answers."""
    from nba_mcp_synthesis import terminal

    found = settled().state.newest_answers(limit)
    shown = [{name: row[name] for name in _LISTED} for row in found]
    terminal.show(found, terminal.records(shown, "No answer is recorded yet."), as_json=as_json)


@answers.command("show")
def answers_show(
    answer_id: Annotated[str, typer.Argument(metavar="ID", help="Of `nba-mcp answers list`.")],
    as_json: AsJson = False,
) -> None:
    """Show one answer with its evidence and voices."""
    from nba_mcp_synthesis import terminal

    found = settled().records.answer(answer_id)
    terminal.show(found, terminal.recorded_answer(found), as_json=as_json)


@answers.command("replay")
def answers_replay(
    answer_id: Annotated[str, typer.Argument(metavar="ID", help="Of `nba-mcp answers list`.")],
    as_json: AsJson = False,
) -> None:
    """Run the queries of an answer again, and say what has changed since."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    found = settled().records.replay(answer_id)
    terminal.show({**asdict(found), "same": found.is_same}, terminal.replay(found), as_json=as_json)


@state.command("migrate")
def state_migrate() -> None:
    """Bring the state database to today's layout; all rows are kept, and twice at once is fine."""
    _product().state.migrate()
    typer.echo("The state database has today's layout.")


def settled() -> "App":
    """The product, when all answers of ended commands are in its database."""
    from nba_mcp_synthesis.state.draining import drain

    product = _product()
    drain(product.journal, product.state)
    return product


def _product() -> "App":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.telemetry.logs import configure_logs

    settings = load_settings()
    configure_logs(sys.stderr, "error" if settings.log_level == "info" else settings.log_level)
    return App(settings)
