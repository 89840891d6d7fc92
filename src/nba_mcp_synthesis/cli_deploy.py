"""`nba-mcp ops deploy` and `nba-mcp ops push`: a version goes to the registry, to the cluster, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_secrets import Context, loaded

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.deploy.desk import Desk
    from nba_mcp_synthesis.operations.deploy.report import Report
    from nba_mcp_synthesis.terminal_steps import Steps

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
_OVERLAY, _CHANGELOG = Path("k8s/overlays/production"), Path("docs/changelog.md")


def ops_deploy(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[TAG|REVISION]", help="A tag, or TAG@DIGEST; with --rollback, a revision."),
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Go back to a revision, else the last good one.")
    ] = False,
    through_zero: Annotated[
        bool, typer.Option("--through-zero", help="With --rollback: end all pods first. An outage.")
    ] = False,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Change the image alone; TAG is emergency-YYYYmmdd-HHMMSS.")
    ] = False,
    dry_run: DryRun = False,
    break_lock: Annotated[bool, typer.Option("--break-lock", help="Take the lock of who is gone.")] = False,
    all_objects: Annotated[
        bool, typer.Option("--all-objects", help="Apply roles, accounts, quotas and the namespace too.")
    ] = False,
    overlay: Annotated[Path, typer.Option(help="Folder with the kustomization.")] = _OVERLAY,
    no_ingress: Annotated[bool, typer.Option("--no-ingress", help="Do not ask through the ingress.")] = False,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Deploy a tag, or go back; exit code 1 when it failed or was rolled back, 3 when something is down."""
    from nba_mcp_synthesis.operations.deploy.deploying import Order, deploy
    from nba_mcp_synthesis.operations.deploy.desk import told_to_the_end
    from nba_mcp_synthesis.operations.deploy.names import check_revision, with_digest
    from nba_mcp_synthesis.operations.deploy.rolling_back import Return, roll_back
    from nba_mcp_synthesis.terminal_steps import steps

    _check_options(what, rollback=rollback, through_zero=through_zero, emergency=emergency)
    revision = check_revision(what) if rollback and what else None
    tag, digest = with_digest(what or "")
    with steps(shown=not as_json) as told:
        desk = _desk(told, context, overlay)
        desk.ingress_is_checked = not no_ingress
        if rollback:
            back = Return(revision, through_zero, dry_run, break_lock)
            report = told_to_the_end(desk, lambda: roll_back(desk, back))
        else:
            order = Order(tag, emergency, dry_run, break_lock, all_objects, digest)
            report = told_to_the_end(desk, lambda: deploy(desk, order))
    _end(report, as_json=as_json)


def ops_push(
    tag: Annotated[str, typer.Argument(help="The tag of the image.")],
    folder: Annotated[Path, typer.Option(help="Folder with the Dockerfile.")] = Path(),
    loaded: Annotated[
        str | None, typer.Option(metavar="IMAGE", help="Build none: push this one, which the engine has.")
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Build the image, push it to ECR and compare its digest; a tag that is there is not pushed over."""
    from nba_mcp_synthesis.connectors.ecr import ECRConnector
    from nba_mcp_synthesis.operations.deploy import names, pushing
    from nba_mcp_synthesis.operations.deploy.report import Report
    from nba_mcp_synthesis.terminal_steps import steps

    with steps(shown=not as_json) as told:
        report = Report(told.step)
        pushing.push(ECRConnector(names.APP), tag, folder, report, dry_run=dry_run, loaded=loaded)
    _end(report, as_json=as_json)


def _check_options(what: str | None, *, rollback: bool, through_zero: bool, emergency: bool) -> None:
    if rollback and emergency:
        raise typer.BadParameter("goes with a tag, not with --rollback", param_hint="--emergency")
    if through_zero and not rollback:
        raise typer.BadParameter("goes with --rollback", param_hint="--through-zero")
    if not rollback and not what:
        raise typer.BadParameter("say which tag to deploy", param_hint="TAG")


def _desk(told: "Steps", context: str | None, overlay: Path) -> "Desk":
    """The doors by the settings; what is done is told on the terminal."""
    from nba_mcp_synthesis.connectors.ecr import ECRConnector
    from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
    from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
    from nba_mcp_synthesis.connectors.slack import SlackConnector
    from nba_mcp_synthesis.doors import required
    from nba_mcp_synthesis.operations.deploy.desk import Desk
    from nba_mcp_synthesis.operations.deploy.names import APP
    from nba_mcp_synthesis.operations.deploy.notices import Notices
    from nba_mcp_synthesis.operations.deploy.report import Report
    from nba_mcp_synthesis.settings import load_settings

    settings, manager = load_settings(), loaded(context)
    slack = SlackConnector(required(lambda: manager, "SLACK_WEBHOOK_URL"))
    pagerduty = PagerDutyConnector(required(lambda: manager, "PAGERDUTY_ROUTING_KEY"))
    return Desk(
        KubectlConnector(settings.kube_namespace, settings.kube_context),
        ECRConnector(APP),
        Notices(_CHANGELOG, slack, pagerduty),
        settings,
        Report(told.step),
        overlay,
        settings.public_url,
        settings.oncall_folder / "contacts.toml",
        tell=told.under_way,
    )


def _end(report: "Report", *, as_json: bool) -> None:
    """Prints how it ended, and ends with the exit code of that."""
    from rich.text import Text

    from nba_mcp_synthesis import terminal

    style = "bold" if report.exit_code == 0 else "bold red"
    terminal.show(report.as_dict(), Text(report.summary, style=style), as_json=as_json)
    raise typer.Exit(report.exit_code)
