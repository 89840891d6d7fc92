"""The status page in a real browser, in both schemes and sizes, over a server that was asked something."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from browser import Browser
from page_steps import PHONE, WIDE, check_accessible, check_clean, text
from running import Running

pytestmark = pytest.mark.system


@pytest.fixture
def asked(small_server: Running) -> Running:
    """The server, after a question, a call that fails, and a path that is none."""
    with httpx.Client(base_url=small_server.url, timeout=30) as client:
        client.post("/v1/ask", json={"question": "who led the league in total points"})
        client.post("/v1/query", json={"sql": "DROP TABLE teams"})
        client.get("/no/such/path")
        # Records reach the database a moment later.
        while not client.get("/status").json()["answers"]["today"]:
            time.sleep(0.05)
    return small_server


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_status_can_be_read_by_everyone(
    browser: Browser, asked: Running, tmp_path: Path, size: dict[str, Any], scheme: str
) -> None:
    """What it depends on, the data, objectives, answers, times and places; nothing against the policy."""
    browser.do("open", url=f"{asked.url}/status", colorScheme=scheme, **size)
    browser.do("wait", selector=".card")
    assert text(browser, "#verdict").startswith("Everything works")
    shown = text(browser, "#overview")
    for told in (
        "warehouse",
        "Simulated: invented demo league",
        "requests that did not fail",
        "answered today",
    ):
        assert told in shown, told
    taken = tmp_path / f"status-{scheme}.png"
    browser.do("screenshot", path=str(taken))
    assert taken.stat().st_size > 10_000
    check_accessible(browser)
    check_clean(browser, asked)


def test_a_server_that_stops_is_said_to_be_away(browser: Browser, asked: Running) -> None:
    """What was last seen stays, and says so."""
    browser.do("open", url=f"{asked.url}/status", **WIDE)
    browser.do("wait", selector=".card")
    browser.do("evaluate", code="(window.fetch = () => Promise.reject(new TypeError('gone')), 0)")
    browser.do("evaluate", code="import('/page/status.js?again')")
    browser.do("wait", selector="#verdict >> text=The server cannot be reached.")
    assert "was true when it last answered" in text(browser, "#told")
    assert browser.do("shown", selector=".card >> nth=0")
