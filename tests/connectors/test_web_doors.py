"""The doors that are webhooks and provider APIs, against a web server that answers as the real ones do."""

import time
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import DoorClosed
from nba_mcp_synthesis.connectors.model_api import ModelConnector, model_apis
from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from running import free_port
from servers.listeners import Heard, Reply, silent, web

KEY = "0123456789abcdef0123456789abcdef"


def reason(door: Connector) -> str | None:
    """Why a door stays closed, found within ten seconds and told without the key."""
    started = time.monotonic()
    outcome = door.check()
    assert time.monotonic() - started < 10
    assert KEY not in outcome.message
    return outcome.reason


def slack(heard: Heard) -> Reply:
    """An incoming webhook, as Slack documents its answers."""
    if heard.path != f"/services/{KEY}":
        return Reply(404, "no_service")
    return Reply() if heard.json().get("text") else Reply(400, "no_text")


def pagerduty(heard: Heard) -> Reply:
    """The Events API v2, as PagerDuty documents its answers."""
    if heard.json()["routing_key"] != KEY:
        return Reply(400, '{"status": "invalid event", "errors": ["\'routing_key\' is invalid"]}')
    return Reply(202, '{"status": "success"}')


def test_a_webhook_is_tried_without_a_message() -> None:
    """The check posts no text; a message is one; a webhook that was deleted is not found."""
    with web(slack) as server:
        door = SlackConnector(lambda: SecretStr(f"{server.url}/services/{KEY}"))
        assert reason(door) is None
        assert all(not heard.json().get("text") for heard in server.heard)
        door.send({"text": "hello"})
        assert server.heard[-1].json() == {"text": "hello"}
        gone = SlackConnector(lambda: SecretStr(f"{server.url}/services/gone"))
        assert reason(gone) == "not found"
        with pytest.raises(DoorClosed):
            gone.send({"text": "hello"})


def test_a_webhook_that_takes_anything_is_no_webhook() -> None:
    """A page that answers 200 to an empty message would swallow alerts."""
    with web(lambda _: Reply()) as server:
        assert reason(SlackConnector(lambda: SecretStr(server.url))) == "unknown"


def test_a_routing_key_is_tried_without_an_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check resolves what was never raised; a wrong key is refused."""
    with web(pagerduty) as server:
        monkeypatch.setenv("PAGERDUTY_EVENTS_URL", server.url)
        assert reason(PagerDutyConnector(lambda: SecretStr(KEY))) is None
        assert {heard.json()["event_action"] for heard in server.heard} == {"resolve"}
        assert reason(PagerDutyConnector(lambda: SecretStr("wrong"))) == "login"


@pytest.mark.parametrize("provider", sorted(model_apis()))
def test_a_key_is_tried_with_one_token(monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    """In the header of each provider, and never in the address."""
    data = model_apis()[provider]

    def answer(heard: Heard) -> Reply:
        given = heard.headers.get(data["header"])
        return Reply(200, "{}") if given == data.get("prefix", "") + KEY else Reply(401, "{}")

    with web(answer) as server:
        monkeypatch.setenv(data["base_url"], server.url)
        assert reason(ModelConnector(provider, lambda: SecretStr(KEY))) is None
        assert reason(ModelConnector(provider, lambda: SecretStr("wrong"))) == "login"
        assert all(KEY not in heard.path and KEY.encode() not in heard.body for heard in server.heard)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, "login"),
        (403, "permission"),
        (404, "not found"),
        (429, "throttled"),
        (500, "network"),
        (302, "unknown"),
    ],
)
def test_statuses_are_told_apart(monkeypatch: pytest.MonkeyPatch, status: int, expected: str) -> None:
    """A redirection is not followed: it would carry the key away."""
    with web(lambda _: Reply(status)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert reason(ModelConnector("openai", lambda: SecretStr(KEY))) == expected


def closed_port() -> str:
    return f"http://127.0.0.1:{free_port()}/{KEY}"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (closed_port, "network"),
        (lambda: f"https://no-such-host.invalid/{KEY}", "name"),
        (lambda: f"ftp://127.0.0.1/{KEY}", "unknown"),
        (lambda: f"http://127.0.0.1:port/{KEY}", "unknown"),
        (lambda: f"http://[{KEY}", "unknown"),
    ],
    ids=["closed", "no name", "scheme", "port", "nonsense"],
)
def test_addresses_that_lead_nowhere(address: Callable[[], str], expected: str) -> None:
    """Whatever the address, its words are not repeated."""
    assert reason(SlackConnector(lambda: SecretStr(address()))) == expected


def test_silence_and_tls_that_is_none() -> None:
    """A listener without a word; a server that speaks plain HTTP where TLS is asked for."""
    with silent() as port:
        assert reason(SlackConnector(lambda: SecretStr(f"http://127.0.0.1:{port}/{KEY}"))) == "timeout"
    with web(slack) as server:
        assert reason(SlackConnector(lambda: SecretStr(server.url.replace("http:", "https:")))) == "tls"
