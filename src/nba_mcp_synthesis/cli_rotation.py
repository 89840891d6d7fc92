"""`nba-mcp secrets rotate` and `migrate`. They print names, steps and digests, and never a value."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_secrets import Context, loaded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from nba_mcp_synthesis.rotation_witness import LoggedWitness
    from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
    from nba_mcp_synthesis.secrets.manifest import Spec
    from nba_mcp_synthesis.secrets.migration.copying import Migration
    from nba_mcp_synthesis.secrets.rotation.plan import Plan, Planned
    from nba_mcp_synthesis.secrets.rotation.run import Rotations, Run
    from nba_mcp_synthesis.settings import Settings


def secrets_rotate(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SECRET]...", help="Without: all that needs nobody.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    due: Annotated[bool, typer.Option("--due", help="Only what is older than its period.")] = False,
    even_in_use: Annotated[
        bool,
        typer.Option(
            "--even-in-use",
            help="Rotate a login though its other role has sessions, or had its turn just now.",
        ),
    ] = False,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Replace secrets in AWS: staged, set, tested, switched to; the old one works until the next turn."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import load_settings

    rotations, witness = _rotations(context, names or (), even_in_use)
    settings = load_settings()
    where = {"audit_log": _audit_log(settings)}
    if dry_run:
        plan = rotations.plan(names or (), due_only=due)
        terminal.show({**plan.as_dict(), **where}, _told(_plan(plan), settings), as_json=as_json)
        return
    with _progress() as on_step:
        run = rotations.run(names or (), due_only=due, on_step=on_step)
    untold = _remind(witness, run) if not names else []
    shown = {**run.as_dict(), "not_told": untold, **where}
    terminal.show(shown, _told(_run(run, untold), settings), as_json=as_json)
    raise typer.Exit(run.exit_code)


def secrets_migrate(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be copied, and do nothing.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare both sides by digests; nothing is copied.")
    ] = False,
    replace: Annotated[
        list[str] | None, typer.Option(help="A secret of which AWS has another value that is to go.")
    ] = None,
    kms_key: Annotated[
        str | None, typer.Option(help="KMS key of the AWS secret; AWS's own when left out.")
    ] = None,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Copy the secrets of variables and files into AWS Secrets Manager, or verify that they are there."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import load_settings

    migration, settings = _migration(context), load_settings()
    where = {"audit_log": _audit_log(settings)}
    if verify:
        found = migration.verify()
        listed = _records(found.as_dict()["secrets"], found.told)
        terminal.show({**found.as_dict(), **where}, _told(listed, settings), as_json=as_json)
        raise typer.Exit(found.exit_code)
    plan = migration.plan(replace or ())
    if not dry_run:
        migration.carry_out(plan, kms_key)
    listed = _records(plan.as_dict()["secrets"], plan.told(done=not dry_run))
    shown = {**plan.as_dict(), "done": not dry_run, **where}
    terminal.show(shown, _told(listed, settings), as_json=as_json)
    raise typer.Exit(plan.exit_code)


def _rotations(
    context: str | None, names: "Sequence[str]", even_in_use: bool
) -> "tuple[Rotations, LoggedWitness]":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.caller_keys import CallerKeys
    from nba_mcp_synthesis.rotating import Kept, kinds_of
    from nba_mcp_synthesis.rotation_witness import LoggedWitness
    from nba_mcp_synthesis.secrets.names import naming
    from nba_mcp_synthesis.secrets.rotation.run import Rotations
    from nba_mcp_synthesis.secrets.versions import VersionedSecret

    manager, settings = _of_process(context)
    for name in names:  # a misspelt one is told before anybody is asked
        manager.manifest.spec(name)
    app = App(settings)
    secret = VersionedSecret(naming(manager.project, manager.report.context))
    witness = LoggedWitness(lambda: app.state, manager)
    paste = _paste if names and sys.stdin.isatty() else None
    kept = Kept(CallerKeys(lambda: app.api_keys), lambda: app.state)
    kinds = kinds_of(settings, secret, manager.manifest, kept, paste, even_in_use=even_in_use)
    return Rotations(secret, manager.manifest, kinds, witness), witness


def _migration(context: str | None) -> "Migration":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.rotating import opening
    from nba_mcp_synthesis.secrets.migration.copying import Migration
    from nba_mcp_synthesis.secrets.names import naming
    from nba_mcp_synthesis.secrets.versions import VersionedSecret

    manager, settings = _of_process(context)
    app = App(settings)
    secret = VersionedSecret(naming(manager.project, manager.report.context))
    return Migration(
        manager.local(),
        secret,
        manager.manifest,
        app.state.rotations,
        lambda spec: opening(spec.name, spec, settings),
    )


def _of_process(context: str | None) -> "tuple[UnifiedSecretsManager, Settings]":
    """Secrets and settings of one context: databases and audit log are those of the settings."""
    from nba_mcp_synthesis.errors import UsageError
    from nba_mcp_synthesis.settings import load_settings

    manager, settings = loaded(context), load_settings()
    asked = manager.report.context
    if asked != settings.context:
        raise UsageError(
            f"This process belongs to {settings.context}: its variables, databases and audit log are not "
            f"those of {asked}. Nothing was changed.",
            f"Set NBA_MCP_CONTEXT={asked}, and NBA_MCP_STATE_URL as the servers of {asked} have it.",
        )
    return manager, settings


def _paste(spec: "Spec") -> "SecretStr":
    """Asks on the terminal, without showing what is typed."""
    import getpass

    from pydantic import SecretStr

    print(f"{spec.name}: {spec.about}. Its owner is {spec.owner}.", file=sys.stderr)
    return SecretStr(getpass.getpass(f"New {spec.name} (it is not shown): "))


def _progress() -> Any:
    """Says on a terminal which step is done; gives the function that hears of it."""
    import contextlib

    @contextlib.contextmanager
    def told() -> Any:
        shown = sys.stderr.isatty()
        yield lambda name, step: print(f"{name}: {step} done", file=sys.stderr) if shown else None

    return told()


def _audit_log(settings: "Settings") -> str:
    """Where the audit log is; a server is not named, since its host may be a secret."""
    path = settings.state_path()
    return str(path.absolute()) if path else "in the database of NBA_MCP_STATE_URL"


def _told(shown: Any, settings: "Settings") -> Any:
    """And where the entries of rotations are: elsewhere a rotation is unknown that is only in a file here."""
    from rich.console import Group
    from rich.text import Text

    place = Text(f"The audit log is {_audit_log(settings)}.")
    if settings.context == "production" and settings.state_path():
        more = " It is a file of this machine: where servers have NBA_MCP_STATE_URL, set the same here."
        place.append(more, style="yellow")
    return Group(shown, place)


def _remind(witness: "LoggedWitness", run: "Run") -> list[str]:
    """Reminds people of what is due and waits for them; gives who could not be told."""
    due = [one for one in run.plan.by_hand if one.due]
    if not due:
        return []
    listed = ", ".join(f"{one.name} ({one.owner})" for one in due)
    return witness.remind(f"{listed}: older than their period, and a person has to bring new ones.")


def _plan(plan: "Plan") -> Any:
    from rich.console import Group
    from rich.text import Text

    lines = [Text(f"AWS secret {plan.secret}. Nothing is changed by this.")]
    if plan.begun:
        lines.append(Text(f"A rotation of {plan.begun} was begun and is completed first.", style="yellow"))
    for one in plan.unattended:
        lines.append(Text(f"{one.name}, {_age(one)}:", style="bold"))
        lines += [Text(f"  {step}: {what}.") for step, what in one.steps.items()]
    if not plan.unattended:
        lines.append(Text("Nothing would be rotated."))
    return Group(*lines, *_by_hand(plan))


_HOW = {
    True: "has its new value, and its turn is not over",
    False: "was not rotated",
    None: "may have its new value; the next run tells",
}


def _run(run: "Run", untold: list[str]) -> Any:
    from rich.console import Group
    from rich.text import Text

    lines = []
    for done in run.done:
        how = "completed" if done.resumed else "rotated"
        lines.append(Text(f"{done.name} was {how} (version {done.version}).", style="green"))
        lines += [Text(f"  {sentence}", style="yellow") for sentence in done.untold]
    for failed in run.failed:
        lines.append(Text(f"{failed.name} {_HOW[failed.switched]}: {failed.error}", style="red"))
    if not lines:
        lines.append(Text("Nothing was to be rotated."))
    return Group(*lines, *(Text(sentence, style="yellow") for sentence in untold), *_by_hand(run.plan))


def _by_hand(plan: "Plan") -> list[Any]:
    from rich.text import Text

    if not plan.by_hand:
        return []
    lines = [Text("These need a person:", style="bold")]
    return lines + [
        Text(f"  {one.name} ({one.owner}), {_age(one)}: {one.why}", style="yellow" if one.due else "")
        for one in plan.by_hand
    ]


def _age(one: "Planned") -> str:
    due = f"due {'since' if one.due else 'on'} {one.due_on:%Y-%m-%d}" if one.due_on else "without a period"
    return f"of {one.since:%Y-%m-%d}, {due}"


def _records(found: list[dict[str, Any]], told: str) -> Any:
    from rich.console import Group
    from rich.text import Text

    from nba_mcp_synthesis import terminal

    return Group(terminal.records(found, "No secret is held."), Text(told))
