"""/v1/answers: the newest first, page by page, and nobody else's."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.server.access.guard import Guard
from nba_mcp_synthesis.server.access.key_format import new_key
from nba_mcp_synthesis.server.access.scopes import ADMIN, ASK, READ
from nba_mcp_synthesis.server.http import build_http
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.server.routes.health import Readiness
from nba_mcp_synthesis.server.secret_watch import Secrets, SecretWatch
from nba_mcp_synthesis.settings import load_settings

SCOPES = {"ada": [ASK], "ben": [ASK], "root": [ADMIN], "eve": [READ]}
KEYS = {name: new_key(name, scopes, None) for name, scopes in SCOPES.items()}


def of(name: str, **more: str) -> dict[str, str]:
    """The headers of a caller."""
    return {"Authorization": f"Bearer {KEYS[name].text}", **more}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A client of a server that knows its callers by their keys, and runs in this process."""
    path = small_league.build(tmp_path / "small.duckdb")
    given = {"WAREHOUSE_URL": f"duckdb:///{path}", "HOME": str(tmp_path / "home"), "AUTH": "keys"}
    settings = load_settings({f"NBA_MCP_{name}": value for name, value in given.items()})
    app = App(settings)
    for key in KEYS.values():
        app.api_keys.add(key.row)
    services = app.services("http")
    watch = SecretWatch(Secrets(tuple, tuple), services.metrics, 60)
    guard = Guard(services, settings, loopback=True)
    made = build_http(asyncio.run(build_mcp(services)), services, Readiness(), watch, guard, settings)
    with TestClient(made, base_url="http://127.0.0.1") as found:
        yield found
    app.warehouse.close()


def ask(client: TestClient, name: str, question: str) -> str:
    """Asks, and gives the id of the answer, which is stored by then."""
    found = client.post("/v1/ask", json={"question": question}, headers=of(name))
    assert found.status_code == 200, found.text
    answer_id: str = found.json()["id"]
    assert client.get(f"/v1/answers/{answer_id}", headers=of(name)).status_code == 200
    return answer_id


def listed(client: TestClient, name: str, **query: Any) -> dict[str, Any]:
    """A page of answers."""
    found: dict[str, Any] = client.get("/v1/answers", params=query, headers=of(name)).json()
    return found


def test_callers_see_their_own_answers_and_administrators_all(client: TestClient) -> None:
    """Another's is not found, by its id either, and reads the same as none."""
    questions = {"ada": "who scored the most points", "ben": "who had the most wins"}
    ids = {name: ask(client, name, question) for name, question in questions.items()}
    for name, other in (("ada", "ben"), ("ben", "ada")):
        assert [one["id"] for one in listed(client, name)["answers"]] == [ids[name]]
        denied = client.get(f"/v1/answers/{ids[other]}", headers=of(name))
        assert (denied.status_code, denied.json()["code"]) == (404, "no_such_answer")
    assert [one["id"] for one in listed(client, "root")["answers"]] == [ids["ben"], ids["ada"]]
    assert client.get(f"/v1/answers/{ids['ada']}", headers=of("root")).status_code == 200
    refused = client.get("/v1/answers", headers=of("eve"))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_a_resource_of_the_protocol_keeps_to_the_same(client: TestClient) -> None:
    """nba://answer/{id} of another is no answer."""
    answer_id = ask(client, "ada", "who scored the most points")
    for name, seen in (("ada", True), ("ben", False)):
        message = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "resources/read",
            "params": {"uri": f"nba://answer/{answer_id}", "_meta": META},
        }
        headers = of(name, **HEADERS, **{"Mcp-Name": f"nba://answer/{answer_id}"})
        response = client.post("/mcp", json=message, headers=headers)
        assert ("Cid Sample" in response.text) is seen, response.text


META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
HEADERS = {
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "resources/read",
}


def test_pages_follow_one_another_the_newest_first(client: TestClient) -> None:
    """By next_cursor, which the Link header has too; what is asked meanwhile moves nothing."""
    questions = ["who scored the most points", "who had the most wins", "who had the most assists"]
    ids = [ask(client, "ada", question) for question in questions]
    first = client.get("/v1/answers?limit=2", headers=of("ada"))
    assert [one["id"] for one in first.json()["answers"]] == [ids[2], ids[1]]
    assert first.json()["answers"][0]["text"]
    ask(client, "ada", "who had the most rebounds")
    link = first.headers["link"]
    assert link.endswith('; rel="next"')
    second = client.get(link.partition("<")[2].partition(">")[0], headers=of("ada")).json()
    assert ([one["id"] for one in second["answers"]], second["next_cursor"]) == ([ids[0]], None)
    assert second["answers"] == listed(client, "ada", limit=2, cursor=first.json()["next_cursor"])["answers"]


def test_what_was_said_to_models_and_who_asked_is_not_told(client: TestClient) -> None:
    """Neither in the list nor in an answer."""
    answer_id = ask(client, "ada", "who scored the most points")
    response = client.get(f"/v1/answers/{answer_id}", headers=of("ada"))
    private = {"requests", "caller", "request_id", "record"}
    assert not private & listed(client, "ada")["answers"][0].keys()
    assert not {"requests", "caller", "request_id"} & response.json().keys()
