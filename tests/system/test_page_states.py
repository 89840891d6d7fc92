"""Every state of the page: readable by everyone, calm when something is wrong, with a way on."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import small_league
from browser import Browser
from page_steps import BACK, LEADER, PHONE, REFUSED, WIDE, ask, check_accessible, check_clean, problem, text
from running import COMMAND, Running, running

pytestmark = pytest.mark.system


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_state_can_be_read_by_everyone(
    browser: Browser, small_server: Running, size: dict[str, Any], scheme: str
) -> None:
    """Contrast, names, roles and order by axe, and no sideways scrolling, in both schemes and both sizes."""
    browser.do("open", url=small_server.url, colorScheme=scheme, **size)
    check_accessible(browser)
    ask(browser, "top 4 in total points")
    browser.do("click", selector="button.figure")
    browser.do("click", selector=".opener")
    check_accessible(browser)
    ask(browser, BACK, "asked_back")
    check_accessible(browser)
    ask(browser, REFUSED, "refused")
    check_accessible(browser)
    browser.do("intercept", path="**/v1/ask", reply=problem(503, 1), times=1)
    ask(browser, LEADER, "failed")
    check_accessible(browser)
    for view, ready in (("history", "#history-list li"), ("data", ".season")):
        browser.do("click", selector=f"nav a[data-view={view}]")
        browser.do("wait", selector=ready)
        check_accessible(browser)
    browser.do("click", selector="#key-button")
    check_accessible(browser)
    check_clean(browser, small_server, failing=True)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_in_time(browser: Browser, small_server: Running, status: int) -> None:
    """The button waits as long as Retry-After says, and then asks the same."""
    browser.do("open", url=small_server.url, **WIDE)
    browser.do("intercept", path="**/v1/ask", reply=problem(status, 2), times=1)
    ask(browser, LEADER, "failed")
    assert "Too much at once. Wait a little." in " ".join(text(browser, "#answer").split())
    assert browser.do("evaluate", code="document.querySelector('#answer button').disabled")
    assert browser.do("evaluate", code="document.getElementById('question').value") == LEADER
    browser.do("click", selector="#answer button:enabled")
    browser.do("wait", selector="#answer.answered")
    check_clean(browser, small_server, failing=True)


def test_without_a_network_the_question_is_kept(browser: Browser, small_server: Running) -> None:
    """It says so, and asks again when the network is back."""
    browser.do("open", url=small_server.url, **WIDE)
    browser.do("offline", on=True)
    ask(browser, LEADER, "failed")
    assert "cannot be reached" in text(browser, "#answer")
    browser.do("offline", on=False)
    browser.do("click", selector="#answer button")
    browser.do("wait", selector="#answer.answered")


@pytest.mark.parametrize("address", ["nope", "%E0%A4%A", "..%2F..%2Fhealth", "a/b"])
def test_an_address_of_no_answer_says_so(browser: Browser, small_server: Running, address: str) -> None:
    """Whatever stands there, it is looked for as an id and nothing else."""
    browser.do("open", url=f"{small_server.url}/#answer/{address}", **WIDE)
    browser.do("wait", selector="#answer.failed")
    assert "No answer" in text(browser, "#answer")
    check_clean(browser, small_server, failing=True)


def test_what_no_server_of_ours_would_say_is_told_too(browser: Browser, small_server: Running) -> None:
    """The error page of a proxy, and an answer that is none."""
    browser.do("open", url=small_server.url, **WIDE)
    for status, body, said in ((502, "<h1>Bad</h1>", "answered 502"), (200, "{}", "could not show")):
        reply = {"status": status, "contentType": "application/json", "body": body}
        browser.do("intercept", path="**/v1/ask", reply=reply, times=1)
        ask(browser, LEADER, "failed")
        assert said in text(browser, "#answer")


def test_a_stream_that_breaks_off_is_no_answer(browser: Browser, small_server: Running) -> None:
    """Stages without an end: said, and never shown as an answer."""
    cut = 'event: stage\ndata: {"stage": "analyst", "text": "Reading"}\n\n'
    reply = {"status": 200, "contentType": "text/event-stream", "body": cut}
    browser.do("open", url=small_server.url, **WIDE)
    browser.do("intercept", path="**/v1/ask", reply=reply, times=1)
    ask(browser, LEADER, "failed")
    assert "ended before the answer" in text(browser, "#answer")


def test_a_server_that_wants_a_key_gets_it(browser: Browser, tmp_path: Path) -> None:
    """Asked for in a dialog, kept for the tab alone, sent with the question that waited for it."""
    path = small_league.build(tmp_path / "small.duckdb")
    home = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_HOME": str(tmp_path)}
    key = make_key(home)
    with running(tmp_path, **home, NBA_MCP_AUTH="keys") as server:
        browser.do("open", url=server.url, **WIDE)
        assert "wants a key" in text(browser, "#loaded")
        browser.do("fill", selector="#question", text=LEADER)
        browser.do("press", key="Enter")
        for given, state in ((f"{key[:-1]}#", "#key-dialog[open]"), (key, "#answer.answered")):
            browser.do("wait", selector="#key-dialog")
            assert browser.do("focused") == "key"
            browser.do("type", text=given)
            browser.do("press", key="Enter")
            browser.do("wait", selector=state)
        assert "220" in text(browser, "button.figure")
        assert browser.do("evaluate", code="sessionStorage.getItem('key')") == key
        assert browser.do("evaluate", code="JSON.stringify(localStorage)") == "{}"
        browser.do("click", selector="#key-button")
        browser.do("click", selector="#key-forget")
        assert browser.do("evaluate", code="sessionStorage.getItem('key')") is None
        check_clean(browser, server, failing=True)


def make_key(home: dict[str, str]) -> str:
    """A key that may read and ask."""
    command = [COMMAND, "keys", "create", "ana", "--scope", "nba:read", "--scope", "nba:ask", "--json"]
    made = subprocess.run(command, env={**os.environ, **home}, capture_output=True, check=True, timeout=100)
    found: str = json.loads(made.stdout)["key"]
    return found


def test_a_jump_would_be_noticed(browser: Browser, small_server: Running) -> None:
    """The measure of jumps that the other tests trust."""
    browser.do("open", url=small_server.url, **WIDE)
    pushing = "document.body.prepend(Object.assign(document.createElement('h1'), {textContent: 'x'}))"
    browser.do("evaluate", code=f"{pushing}; new Promise((done) => setTimeout(done, 300))")
    assert browser.do("noted")["shift"] > 0.01
