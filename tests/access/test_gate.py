"""The gate of a running server: keys in their header only, and nowhere else afterwards."""

import time
from pathlib import Path

import httpx
import pytest

from access.conftest import added, bearer
from nba_mcp_synthesis.state.api_keys import ApiKeys
from running import Running, running
from server.test_serve import ACCEPT, counted, log_lines, message


def called(server: Running, tool: str, headers: dict[str, str], **arguments: object) -> httpx.Response:
    """A tool called in the present protocol."""
    body, protocol = message("tools/call", name=tool, arguments=arguments)
    return httpx.post(f"{server.url}/mcp", json=body, headers=ACCEPT | protocol | headers, timeout=60)


def test_without_a_key_nothing_but_the_open_paths(server: Running) -> None:
    """401 in problem+json with the scheme that is wanted."""
    refused = httpx.get(f"{server.url}/v1/policy")
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"] == 'Bearer realm="nba-mcp-synthesis"'
    assert refused.json()["code"] == "not_authenticated"
    for path in ("/health", "/health/live", "/health/ready", "/metrics", "/openapi.json"):
        assert httpx.get(server.url + path).status_code == 200, path
    assert httpx.get(f"{server.url}/no/such/path").status_code == 401


def test_a_key_opens_what_its_scopes_are_for(server: Running, home_keys: ApiKeys) -> None:
    """REST says 403 with the scope; a tool says it in words; both are counted."""
    reader = added(home_keys, "reader", "nba:read")
    headers = bearer(reader.text)
    assert httpx.get(f"{server.url}/v1/policy", headers=headers).status_code == 200
    found = called(server, "find", headers, name="ada")
    assert found.json()["result"]["isError"] is False
    refused = httpx.get(f"{server.url}/v1/answers/x", headers=headers)
    assert refused.status_code == 403
    assert 'error="insufficient_scope", scope="nba:ask"' in refused.headers["www-authenticate"]
    text = called(server, "query_sql", headers, sql="SELECT 1").json()["result"]
    assert text["isError"] is True
    assert "nba:sql" in text["content"][0]["text"]
    assert counted(server, 'nba_mcp_auth_failures_total{reason="insufficient_scope"}') >= 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic bmJhOnNlY3JldA=="},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "x" * 9_000},
        {"X-API-Key": "nba_0123456789_x"},
    ],
)
def test_odd_credentials_are_no_credentials(server: Running, headers: dict[str, str]) -> None:
    """Whatever their form."""
    assert httpx.get(f"{server.url}/v1/policy", headers=headers).status_code == 401


def test_a_key_in_an_address_opens_nothing(server: Running, home_keys: ApiKeys) -> None:
    """It would be in the logs of every proxy; here it is in none."""
    made = added(home_keys, "careless", "nba:read")
    for name in ("access_token", "api_key", "key"):
        assert httpx.get(f"{server.url}/v1/policy", params={name: made.text}).status_code == 401
    twice = [("Authorization", f"Bearer {made.text}")] * 2
    assert httpx.get(f"{server.url}/v1/policy", headers=twice).status_code == 401


@pytest.mark.requirement("SEC-AUTH-LOGS")
def test_the_log_says_who_called_who_was_refused_and_never_the_key(
    server: Running, home_keys: ApiKeys
) -> None:
    """Neither of those that were let in nor of those that were not, in no answer either."""
    made = added(home_keys, "ana", "nba:read", "nba:sql")
    wrong = made.text[:-4] + "zzzz"
    answers = [called(server, "query_sql", bearer(key), sql="SELECT 1") for key in (made.text, wrong)]
    assert [answer.status_code for answer in answers] == [200, 401]
    log = server.log.read_text()
    shown = log + "".join(answer.text + str(answer.headers) for answer in answers)
    for key in (made.text, wrong):
        assert key.rpartition("_")[2] not in shown
    refusals = [line for line in log_lines(server) if line["event"] == "access"]
    assert refusals[-1]["reason"] == "wrong_secret"
    assert refusals[-1]["client"] == "127.0.0.1"
    logins = [line for line in log_lines(server) if line.get("outcome") == "login"]
    assert (logins[-1]["caller"], logins[-1]["key"]) == ("ana", made.row.id)
    for event in ("query", "tool_call"):
        assert [line["caller"] for line in log_lines(server) if line["event"] == event][-1] == "ana"
    call = [line for line in log_lines(server) if line["event"] == "tool_call"][-1]
    assert (call["tool"], call["outcome"]) == ("query_sql", "ok")
    assert call["seconds"] > 0


def test_a_revoked_key_is_refused_by_another_process_too(
    server: Running, home: Path, home_keys: ApiKeys
) -> None:
    """Within the second for which a row is trusted, over the same state database."""
    made = added(home_keys, "leaver", "nba:read")
    folder = home / "second"
    folder.mkdir()
    with running(folder, NBA_MCP_HOME=str(home), NBA_MCP_AUTH="keys") as second:
        urls = [f"{one.url}/v1/policy" for one in (server, second)]
        assert [httpx.get(url, headers=bearer(made.text)).status_code for url in urls] == [200, 200]
        home_keys.revoke("leaver")
        time.sleep(1)
        assert [httpx.get(url, headers=bearer(made.text)).status_code for url in urls] == [401, 401]


def session(server: Running, key: str) -> dict[str, str]:
    """The headers of a session of an earlier protocol that this key opened."""
    client = {"name": "old", "version": "1"}
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    opened = httpx.post(f"{server.url}/mcp", json=body, headers=ACCEPT | bearer(key))
    return {"Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-06-18"}


def test_a_session_belongs_to_whoever_opened_it(server: Running, home_keys: ApiKeys) -> None:
    """Another caller who knows its id is told that there is none."""
    owner, other = added(home_keys, "owner", "nba:read"), added(home_keys, "other", "nba:read", "nba:sql")
    headers = ACCEPT | session(server, owner.text)
    body = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}

    def status(**more: str) -> int:
        return httpx.post(f"{server.url}/mcp", json=body, headers=headers | more).status_code

    assert status(**bearer(owner.text)) == 200
    assert status(**bearer(other.text)) == 404
    assert status() == 401


def test_within_a_session_each_call_has_the_scopes_of_its_own_key(
    server: Running, home_keys: ApiKeys
) -> None:
    """The wider of two keys of one name opens the session; the narrower one borrows nothing."""
    wide, narrow = added(home_keys, "twice", "nba:read", "nba:sql"), added(home_keys, "twice", "nba:read")
    headers = ACCEPT | session(server, wide.text)
    params = {"name": "query_sql", "arguments": {"sql": "SELECT 42 AS n"}}
    body = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params}

    def said(key: str) -> str:
        return httpx.post(f"{server.url}/mcp", json=body, headers=headers | bearer(key), timeout=60).text

    for _ in range(2):
        assert "[[42]]" in said(wide.text)
        assert "nba:sql" in said(narrow.text)
