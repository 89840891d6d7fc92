"""The commands about callers' keys: `nba-mcp keys …`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson

if TYPE_CHECKING:
    from nba_mcp_synthesis.state.api_keys import ApiKeys

keys = typer.Typer(help="Make, list and revoke keys of callers (AUTH=keys).", no_args_is_help=True)


@keys.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who will use it; two keys may have one name.")],
    scope: Annotated[list[str], typer.Option(help="Such as nba:read; may be given several times.")],
    expires_days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Without it, never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown this once: only a hash of it is kept."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.server.access.key_format import new_key

    made = new_key(name, scope, expires_days)
    _keys().add(made.row)
    if as_json:
        terminal.show({**made.row.as_dict(), "key": made.text}, "", as_json=True)
        return
    print(made.text)  # alone on standard output, so that it can go straight to where it is kept
    print(f"Key {made.row.id} of {name}. It is not shown again.", file=sys.stderr)


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List all keys, without their secrets."""
    from nba_mcp_synthesis import terminal

    found = [key.as_dict() for key in _keys().all()]
    shown = [{**key, "scopes": " ".join(key["scopes"])} for key in found]
    terminal.show(found, terminal.records(shown, "There are no keys."), as_json=as_json)


@keys.command("rotate")
def rotate(
    which: Annotated[str, typer.Argument(metavar="ID_OR_NAME", help="Of `nba-mcp keys list`.")],
    overlap_days: Annotated[
        int, typer.Option(min=1, max=365, help="For so long the old keys of its name stay good.")
    ] = 7,
    as_json: AsJson = False,
) -> None:
    """Make a new key with name, scopes and end of another; the old ones end some days later."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.caller_keys import CallerKeys

    made, ending = CallerKeys(_keys).replace(which, overlap_days)
    shown = {**made.row.as_dict(), "key": made.text, "ending": [key.as_dict() for key in ending]}
    if as_json:
        terminal.show(shown, "", as_json=True)
        return
    print(made.text)  # alone on standard output, as of `create`
    old = ", ".join(key.id for key in ending) or "none"
    ends = f" It ends on {made.row.expires_at:%Y-%m-%d}, as the old one would." if made.row.expires_at else ""
    print(
        f"Key {made.row.id} of {made.row.name}. It is not shown again.{ends} "
        f"Ending in {overlap_days} days: {old}.",
        file=sys.stderr,
    )


@keys.command("revoke")
def revoke(
    which: Annotated[str, typer.Argument(metavar="ID_OR_NAME", help="A name revokes all keys of it.")],
    as_json: AsJson = False,
) -> None:
    """Revoke a key, or all keys of a name; servers refuse them within a second."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.server.access.key_format import id_of

    found = [key.as_dict() for key in _keys().revoke(id_of(which) or which)]
    shown = [{name: key[name] for name in ("id", "name", "revoked_at")} for key in found]
    terminal.show(found, terminal.records(shown, ""), as_json=as_json)


def _keys() -> "ApiKeys":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.telemetry.logs import configure_logs

    settings = load_settings()
    configure_logs(sys.stderr, "error" if settings.log_level == "info" else settings.log_level)
    return App(settings).api_keys
