"""Rules of promises: the share of bad events over several windows, and alerts by how fast the budget burns.

The windows and factors are those of Google's Site Reliability Workbook, chapter 5: of a budget
of 30 days burn 2 % in an hour at 14.4 times its pace, 5 % in six hours at 6, 10 % in a day at 3, and 10 % in
three days at 1.
"""

from typing import Any, NamedTuple


class Burn(NamedTuple):
    """How many times the pace that a promise allows, in which windows; the short one ends the alert soon.

    A page is silent while another speaks for it, and for `after` once that has ended: until errors have left
    the short window, but for what the hold still bridges.
    """

    times: float
    long: str
    short: str
    kind: str
    after: str = ""


BURNS = (
    Burn(14.4, "1h", "5m", "page", "10m"),
    Burn(6, "6h", "30m", "page", "35m"),
    Burn(3, "1d", "2h", "ticket"),
    Burn(1, "3d", "6h", "ticket"),
)
# A page waits longer than the P1 of the same errors, which so comes first: more than 5 % over five minutes,
# for five minutes, takes ten at the most. The short window counts as bad for as long as the hold, or faults
# that come in bursts would begin the hold anew each time.
_HOLDS = {"page": "11m", "ticket": "15m"}
_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")


def recording(slo: dict[str, Any]) -> list[dict[str, Any]]:
    """The share of bad events in every window, and how many events there were in the long ones."""
    labels = {"slo": slo["slo"]}
    shares = [
        {"record": _ratio(window), "expr": _share(slo).replace("<<window>>", window), "labels": labels}
        for window in _WINDOWS
    ]
    if "all" not in slo:
        return shares
    counts = [
        {
            "record": _events(burn.long),
            "expr": f"({slo['all'].replace('<<window>>', burn.long)}) * {_seconds(burn.long)}",
            "labels": labels,
        }
        for burn in BURNS
    ]
    return shares + counts


def alerts(slo: dict[str, Any], pages: str) -> list[dict[str, Any]]:
    """An alert for each pace; fast ones are silent while a page of `pages` says the same."""
    return [_alert(slo, burn, pages) for burn in BURNS if burn.kind in slo]


def _alert(slo: dict[str, Any], burn: Burn, pages: str) -> dict[str, Any]:
    name, limit = f'{{slo="{slo["slo"]}"}}', round(burn.times * (1 - slo["objective"]), 6)
    short = f"{_ratio(burn.short)}{name}"
    if burn.kind == "page":
        short = f"max_over_time({short}[{_HOLDS[burn.kind]}])"
    expr = f"{_ratio(burn.long)}{name} > {limit} and {short} > {limit}"
    if "all" in slo:
        expr += f" and {_events(burn.long)}{name} >= {slo['least']}"
    if burn.kind == "page":
        paged = f'ALERTS{{alertname=~"{pages}",alertstate="firing"}}'
        expr = f"({expr}) unless on () present_over_time({paged}[{burn.after}])"
    promise = f"{slo['objective'] * 100:g} %"
    return {
        "alert": slo["alert"],
        "severity": slo[burn.kind],
        "source": "server",
        "dashboard": "nba-mcp-dashboard",
        "for": _HOLDS[burn.kind],
        "expr": expr,
        "labels": {"window": burn.long},
        "summary": f"The error budget of {slo['slo']} burns {burn.times:g} times too fast",
        "description": f"{{{{ $value | humanizePercentage }}}} were bad over {burn.long} "
        f"(limit {limit * 100:g} %). Promised: {promise} of {slo['about']}, over 30 days.",
    }


def _share(slo: dict[str, Any]) -> str:
    return str(slo["share"]) if "share" in slo else f"({slo['bad']}) / (({slo['all']}) > 0)"


def _ratio(window: str) -> str:
    return f"nba_mcp:slo_errors:ratio_rate{window}"


def _events(window: str) -> str:
    return f"nba_mcp:slo_events:increase{window}"


def _seconds(window: str) -> int:
    return int(window[:-1]) * {"m": 60, "h": 3_600, "d": 86_400}[window[-1]]
