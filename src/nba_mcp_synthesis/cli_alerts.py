"""The commands about alerts: `nba-mcp ops alerts …`."""

from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_ops import span_of

if TYPE_CHECKING:
    from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector

alerts = typer.Typer(help="See, test and silence alerts, through Alertmanager.", no_args_is_help=True)


@alerts.command("list")
def alerts_list(
    severity: Annotated[list[str] | None, typer.Option(help="P1 to P4; may be repeated.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Silenced and inhibited ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the alerts that are on, the worst first."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.monitoring.silences import listed

    found = [listed(alert) for alert in _door().alerts()]
    found = [one for one in found if everything or one["state"] == "active"]
    if severity:
        wanted = {one.upper() for one in severity}
        if unknown := wanted - {"P1", "P2", "P3", "P4"}:
            raise typer.BadParameter(f"{min(unknown)} is none of P1, P2, P3, P4", param_hint="--severity")
        found = [one for one in found if one["severity"] in wanted]
    found.sort(key=lambda one: (one["severity"] or "P9", one["since"]))
    terminal.show(found, terminal.records(found, "No alert is on."), as_json=as_json)


@alerts.command("test")
def alerts_test(
    severity: Annotated[str, typer.Option(help="P1 or P2 (PagerDuty and Slack), P3 or P4 (Slack).")] = "P1",
    wait: Annotated[int, typer.Option(min=1, max=600, help="Seconds to wait for delivery.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Send a test alert the way of real ones; exit code 1 when it was not delivered. It rings nobody."""
    from dataclasses import asdict

    from rich.console import Group
    from rich.text import Text

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.monitoring.delivery import deliver

    with terminal.progress("Waiting for PagerDuty and Slack", wait) as advance_to:
        found = deliver(_door(), severity.upper(), wait, advance_to)
    where = ", ".join(found.receivers) or "nowhere"
    told = f"Test {found.test} ({found.severity}) went to {where} and has been ended; {found.seconds:.1f} s."
    shown = Group(terminal.records([asdict(way) for way in found.ways], ""), Text(told))
    terminal.show(found.as_dict(), shown, as_json=as_json)
    raise typer.Exit(0 if found.ok else 1)


@alerts.command("silence")
def alerts_silence(
    matchers: Annotated[list[str], typer.Argument(help="Such as NbaMcpPodCpuHigh, pod=~nba-mcp.*.")],
    span: Annotated[str, typer.Option("--for", help="90s, 15m, 2h or 7d.")],
    comment: Annotated[str, typer.Option(help="Why, for whoever looks at it later.")],
    by: Annotated[str | None, typer.Option(help="Who; else the user of this machine.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep the alerts back that fit every matcher, for a time; others still come."""
    import getpass

    from rich.text import Text

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.monitoring import silences

    door = _door()
    parsed = [silences.matcher(told) for told in matchers]
    silence = silences.silence(parsed, span_of(span, "--for"), by or getpass.getuser(), comment)
    on = [silences.listed(alert)["alert"] for alert in door.alerts([silences.as_filter(m) for m in parsed])]
    made = {"silence": door.silence(silence), "until": silence["endsAt"], "alerts_on": sorted(on)}
    names = ", ".join(sorted(set(on))) or "none"
    told = (
        f"Silence {made['silence']} until {silence['endsAt']:.16}Z. Alerts on that it keeps back: {names}. "
        f"End it: nba-mcp ops alerts unsilence {made['silence']}"
    )
    terminal.show(made, Text(told), as_json=as_json)


@alerts.command("unsilence")
def alerts_unsilence(
    silence: Annotated[str, typer.Argument(help="The id that `silence` or `list --all` tells.")],
    as_json: AsJson = False,
) -> None:
    """End a silence before its time."""
    from rich.text import Text

    from nba_mcp_synthesis import terminal

    _door().end_silence(silence)
    terminal.show({"ended": silence}, Text(f"Silence {silence} is ended."), as_json=as_json)


def _door() -> "AlertmanagerConnector":
    from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector
    from nba_mcp_synthesis.settings import load_settings

    return AlertmanagerConnector(load_settings().alertmanagers())
