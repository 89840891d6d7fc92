"""What tests do with the page, and what they look for every time."""

import json
from typing import Any

from browser import Browser
from running import Running

LEADER = "who led the league in total points"
BACK = "how many points did sample score"
REFUSED = "who will win the title next year"
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "isMobile": True, "hasTouch": True}


def ask(browser: Browser, question: str, state: str = "answered") -> None:
    """Types a question, sends it by Enter and waits for what it comes to."""
    browser.do("fill", selector="#question", text=question)
    browser.do("press", key="Enter")
    browser.do("wait", selector="#answer:is(.answered, .refused, .asked_back, .failed)")
    assert browser.do("evaluate", code="document.getElementById('answer').className") == state


def text(browser: Browser, selector: str) -> str:
    """All that is written in what the selector finds."""
    return " ".join(browser.do("texts", selector=selector))


def check_clean(browser: Browser, server: Running, *, failing: bool = False) -> None:
    """No error, no other host, nothing against the policy, no jump, not much sent."""
    noted = browser.do("noted")
    ours = [line for line in noted["errors"] if not (failing and line.startswith("Failed to load resource"))]
    assert ours == []
    assert noted["violations"] == []
    assert noted["hosts"] == [server.url.removeprefix("http://")]
    assert noted["shift"] < 0.05
    assert noted["bytes"] < 300_000


def check_accessible(browser: Browser) -> None:
    """Nothing serious or critical for axe, and no scrolling sideways."""
    assert browser.do("axe") == []
    assert browser.do("evaluate", code="document.documentElement.scrollWidth <= innerWidth")


def problem(status: int, retry_after: int | None = None) -> dict[str, Any]:
    """A reply as the server words its errors."""
    told = {"title": "Too much at once.", "detail": "Too much at once. Wait a little.", "status": status}
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return {
        "status": status,
        "headers": headers,
        "contentType": "application/problem+json",
        "body": json.dumps(told),
    }
