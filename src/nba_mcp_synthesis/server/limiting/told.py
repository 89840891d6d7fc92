"""Every limit on callers in force, told before it is met: /v1/policy shows them."""

from typing import Any

from nba_mcp_synthesis.server.limiting.rates import rates_of
from nba_mcp_synthesis.server.limiting.turns import bounds_of
from nba_mcp_synthesis.settings import PREFIX, Settings

Told = dict[str, Any]


def limits_told(settings: Settings) -> list[Told]:
    """A row a limit: what it bounds, for whom, its number and unit, and the setting that it comes from."""
    return [*_rates(settings), *_places(settings), *_money(settings), *_sizes(settings)]


def _rates(settings: Settings) -> list[Told]:
    return [
        _told(f"rate_{rate.name}", "caller", rate.number, f"{rate.what} a minute", rate.setting)
        for rate in rates_of(settings).values()
    ]


def _places(settings: Settings) -> list[Told]:
    found = []
    for lane, bounds in bounds_of(settings).items():
        places = "ASK_CONCURRENCY" if lane == "ask" else "CALL_CONCURRENCY"
        found += [
            _told(f"places_{lane}", "server process", bounds.places, "calls at a time", places),
            _told(f"places_{lane}", "caller", bounds.caller_places, "calls at a time", "CALLER_SHARE"),
        ]
    return [
        *found,
        _told("queue", "server process", settings.call_queue, "waiting calls of each kind", "CALL_QUEUE"),
        _told("queue", "caller", settings.caller_queue, "waiting calls of each kind", "CALLER_QUEUE"),
        _told("wait", "call", settings.call_wait_seconds, "seconds for a place", "CALL_WAIT_SECONDS"),
    ]


def _money(settings: Settings) -> list[Told]:
    if not settings.models:
        return []
    found = [
        _told("budget", "question", settings.budget_usd, "dollars", "BUDGET_USD"),
        _told("budget_day", "all callers", settings.budget_day_usd, "dollars a day (UTC)", "BUDGET_DAY_USD"),
    ]
    most = settings.caller_budget_day_usd
    own = _told("budget_day", "caller", most, "dollars a day (UTC)", "CALLER_BUDGET_DAY_USD")
    return [*found, own] if most else found


def _told(limit: str, of: str, number: float, unit: str, setting: str) -> Told:
    return {"limit": limit, "of": of, "number": number, "unit": unit, "setting": PREFIX + setting}


def _sizes(settings: Settings) -> list[Told]:
    return [
        _told("body", "request", settings.http_body_kb, "KB", "HTTP_BODY_KB"),
        _told("head", "request", settings.http_header_kb, "KB", "HTTP_HEADER_KB"),
        _told("sending", "request", settings.http_request_seconds, "seconds", "HTTP_REQUEST_SECONDS"),
        _told("reading", "response", settings.http_stall_seconds, "seconds for 16 KB", "HTTP_STALL_SECONDS"),
        _told("idle", "connection", settings.http_idle_seconds, "seconds", "HTTP_IDLE_SECONDS"),
    ]
