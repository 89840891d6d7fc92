"""Who may do what: every route, tool and resource of the running application, with every kind of credential.

The application itself says what there is. Whatever is not in the tables here fails, as does what is open
although it should not be.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Route

import small_league
from access.conftest import added, bearer
from access.test_tokens import _hmac_by_public_key, _unsigned
from nba_mcp_synthesis.server import http
from nba_mcp_synthesis.server.access.guard import Guard
from nba_mcp_synthesis.server.access.key_format import new_key
from nba_mcp_synthesis.server.access.scopes import SCOPES, check_routes
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.server.routes.health import Readiness
from nba_mcp_synthesis.server.secret_watch import Secrets, SecretWatch
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.state.api_keys import ApiKeys
from running import Running, running
from server.conftest import services
from server.test_serve import ACCEPT, message
from servers.issuer import AUDIENCE, Issuer, Signer

OPEN, KNOWN = "open", "known"
READ, ASK, SQL = "nba:read", "nba:ask", "nba:sql"
# What each route is for, by its path: everybody, every known caller, or those with a scope.
ROUTES = {
    "/": OPEN,
    "/health": OPEN,
    "/health/live": OPEN,
    "/health/ready": OPEN,
    "/metrics": OPEN,
    "/openapi.json": OPEN,
    "/.well-known/oauth-protected-resource": OPEN,
    "/mcp": KNOWN,
    "/status": KNOWN,
    "/v1/policy": KNOWN,
    "/v1/answers": ASK,
    "/v1/answers/{answer_id}": ASK,
    "/v1/ask": ASK,
    "/v1/query": SQL,
    "/v1/stats": READ,
    "/v1/find": READ,
    "/v1/box-score": READ,
    "/v1/measures": READ,
    "/v1/measures/{name}": READ,
    "/v1/tables": READ,
    "/v1/tables/{table}": READ,
    "/v1/status": READ,
}
TOOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "ask": (ASK, {"question": "who led the league in scoring"}),
    "find": (READ, {"name": "ada"}),
    "describe": (READ, {}),
    "query_stats": (READ, {"measures": ["pts"]}),
    "compare": (READ, {"names": ["LAL", "BOS"]}),
    "box_score": (READ, {"game_id": "0022500001"}),
    "data_status": (READ, {}),
    "query_sql": (SQL, {"sql": "SELECT 1"}),
}
RESOURCES = {
    "nba://primer": (READ, "nba://primer"),
    "nba://metric/{name}": (READ, "nba://metric/pts"),
    "nba://schema/{table}": (READ, "nba://schema/games"),
    "nba://game/{game_id}": (READ, "nba://game/0022500001"),
    "nba://answer/{answer_id}": (ASK, "nba://answer/none"),
}


def wanted(path: str) -> str:
    """What a route is for; KeyError for one that nobody has thought of."""
    return OPEN if path.startswith("/page/") else ROUTES[path]


@dataclass(frozen=True)
class Offered:
    """What the application has."""

    routes: list[tuple[str, str]]
    tools: set[str]
    resources: set[str]


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Offered:
    """The application's own lists, of one that is put together as a server does it."""
    path = small_league.build(tmp_path_factory.mktemp("offered") / "small.duckdb")
    found = services(path)
    routes: list[BaseRoute] = []

    async def work() -> Offered:
        mcp = await build_mcp(found)
        watch = SecretWatch(Secrets(lambda: (), tuple), found.metrics, 15)
        settings = load_settings({})
        guard = Guard(found, settings, loopback=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(http, "check_routes", routes.extend)
            http.build_http(mcp, found, Readiness(), watch, guard, settings)
        named = [
            (method, one.path) for one in routes if isinstance(one, Route) for method in one.methods or ()
        ]
        uris = {str(one.uri) for one in await mcp.list_resources()}
        templates = {one.uri_template for one in await mcp.list_resource_templates()}
        return Offered(sorted(named), {tool.name for tool in await mcp.list_tools()}, uris | templates)

    return asyncio.run(work())


def test_everything_that_is_offered_is_in_the_tables(offered: Offered) -> None:
    """A new route, tool or resource says here who may use it."""
    assert all(wanted(path) for _, path in offered.routes)
    assert offered.tools == TOOLS.keys()
    assert offered.resources == RESOURCES.keys()


def test_a_route_in_no_table_of_the_product_is_not_served() -> None:
    """The server does not start with one."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.add_api_route("/v1/nobody_thought_of_it", lambda: None)
    with pytest.raises(KeyError, match="nobody_thought_of_it"):
        check_routes(app.routes)


@dataclass(frozen=True)
class Door:
    """A server and the credentials of each kind that it may be shown."""

    server: Running
    bad: dict[str, str | None]
    with_scopes: dict[frozenset[str], str]
    by_status: bool  # whether a missing scope of a tool is told by the status of HTTP

    def status(self, method: str, path: str, credential: str | None) -> int:
        """What a route answers."""
        url = self.server.url + path.replace("{", "").replace("}", "")
        headers = bearer(credential) if credential else {}
        body = "{}" if method in ("POST", "PUT", "PATCH") else None
        return httpx.request(method, url, headers=headers, content=body, timeout=60).status_code

    def mcp(self, method: str, credential: str | None, **params: Any) -> httpx.Response:
        """What the protocol answers."""
        body, headers = message(method, **params)
        headers |= {"Mcp-Name": params["uri"]} if "uri" in params else {}
        more = bearer(credential) if credential else {}
        return httpx.post(f"{self.server.url}/mcp", json=body, headers=ACCEPT | headers | more, timeout=60)

    def without(self, scope: str) -> str:
        """A credential with all scopes but this one, and but the administrator's."""
        return self.with_scopes[SCOPES - {scope, "nba:admin"}]

    def only(self, scope: str) -> str:
        """A credential with this scope only."""
        return self.with_scopes[frozenset({scope})]


def _sets() -> list[frozenset[str]]:
    return [frozenset({s}) for s in (READ, ASK, SQL)] + [SCOPES - {s, "nba:admin"} for s in (READ, ASK, SQL)]


@pytest.fixture(scope="module")
def key_door(server: Running, home_keys: ApiKeys) -> Door:
    """A server that wants keys."""
    revoked, wrong = added(home_keys, "gone", *SCOPES), added(home_keys, "ana", *SCOPES)
    home_keys.revoke("gone")
    old = new_key("old", list(SCOPES), 1)
    home_keys.add(replace(old.row, expires_at=datetime.now(UTC) - timedelta(days=1)))
    bad = {
        "none": None,
        "unknown": new_key("x", list(SCOPES), None).text,
        "wrong": wrong.text[:-1] + ("0" if wrong.text[-1] != "0" else "1"),
        "expired": old.text,
        "revoked": revoked.text,
        "malformed": "nba_x",
    }
    return Door(server, bad, {s: added(home_keys, "some", *s).text for s in _sets()}, by_status=False)


@pytest.fixture(scope="module")
def token_door(
    lasting_issuer: Issuer, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """A server that wants tokens."""
    by, every, now = lasting_issuer, " ".join(SCOPES), int(time.time())
    bad: dict[str, str | None] = {
        "none": None,
        "a key": new_key("x", list(SCOPES), None).text,
        "expired": by.token(scope=every, exp=now - 3_600),
        "wrong audience": by.token(scope=every, aud="https://elsewhere.example"),
        "wrong issuer": by.token(scope=every, iss="https://evil.example"),
        "alg none": _unsigned(by),
        "alg confusion": _hmac_by_public_key(by),
        "a stranger's key": by.token(Signer("one"), scope=every),
    }
    settings = {
        "NBA_MCP_AUTH": "oauth",
        "NBA_MCP_OAUTH_ISSUER": by.url,
        "NBA_MCP_OAUTH_AUDIENCE": AUDIENCE,
        "NBA_MCP_PUBLIC_URL": "https://nba.example.com",
    }
    good = {s: by.token(scope=" ".join(s), exp=now + 3_600) for s in _sets()}
    with running(tmp_path_factory.mktemp("oauth"), NBA_MCP_HOME=str(home), **settings) as found:
        yield Door(found, bad, good, by_status=True)


@pytest.fixture(scope="module", params=["keys", "oauth"])
def door(request: pytest.FixtureRequest) -> Door:
    """Both of them, one after the other."""
    found: Door = request.getfixturevalue({"keys": "key_door", "oauth": "token_door"}[request.param])
    return found


@pytest.mark.system
def test_routes(door: Door, offered: Offered) -> None:
    """Open ones for all, the others for nobody unknown, and those of a scope for whoever has it."""
    assert offered.routes
    for method, path in offered.routes:
        wants = wanted(path)
        for kind, credential in door.bad.items():
            refused = door.status(method, path, credential) == 401
            assert refused == (wants != OPEN), (method, path, kind)
        if wants in SCOPES:
            assert door.status(method, path, door.without(wants)) == 403, (method, path)
        right = door.only(wants if wants in SCOPES else READ)
        assert door.status(method, path, right) not in (401, 403), (method, path)


@pytest.mark.system
def test_the_protocol_itself(door: Door) -> None:
    """Whatever is asked of it, and on paths that are no routes."""
    for kind, credential in door.bad.items():
        assert door.mcp("tools/list", credential).status_code == 401, kind
        for method, path in (("GET", "/mcp"), ("DELETE", "/mcp"), ("GET", "/nowhere"), ("POST", "/mcp/")):
            assert door.status(method, path, credential) == 401, (method, path, kind)
    assert door.mcp("tools/list", door.only(READ)).status_code == 200


@pytest.mark.system
@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_tools(door: Door, tool: str) -> None:
    """Nothing for unknown callers, an error with the scope for those without it, an answer for the others."""
    scope, arguments = TOOLS[tool]
    for kind, credential in door.bad.items():
        assert door.mcp("tools/call", credential, name=tool, arguments=arguments).status_code == 401, kind
    lacking = door.mcp("tools/call", door.without(scope), name=tool, arguments=arguments)
    if door.by_status:
        assert lacking.status_code == 403
        assert f'error="insufficient_scope", scope="{scope}"' in lacking.headers["www-authenticate"]
    else:
        assert lacking.json()["result"]["isError"] is True
    assert scope in lacking.text
    right = door.mcp("tools/call", door.only(scope), name=tool, arguments=arguments)
    assert right.json()["result"]["isError"] is False, right.text


@pytest.mark.system
@pytest.mark.parametrize("resource", sorted(RESOURCES))
def test_resources(door: Door, resource: str) -> None:
    """What a tool would not give, reading does not give either."""
    scope, uri = RESOURCES[resource]
    for kind, credential in door.bad.items():
        assert door.mcp("resources/read", credential, uri=uri).status_code == 401, kind
    lacking = door.mcp("resources/read", door.without(scope), uri=uri)
    assert scope in lacking.json()["error"]["message"], lacking.text
    right = door.mcp("resources/read", door.only(scope), uri=uri).json()
    assert "result" in right or "No answer" in right["error"]["message"], right


@pytest.mark.system
def test_clients_find_out_who_issues_tokens(token_door: Door) -> None:
    """From the challenge to the metadata of RFC 9728, of the whole server and of the MCP endpoint."""
    base = "https://nba.example.com"
    for path, resource in (("/v1/policy", base), ("/mcp", f"{base}/mcp")):
        challenge = httpx.get(token_door.server.url + path).headers["www-authenticate"]
        place = challenge.partition('resource_metadata="')[2].rstrip('"')
        told = httpx.get(
            token_door.server.url + place.removeprefix(base), headers={"Host": "nba.example.com"}
        )
        assert told.json()["resource"] == resource
        assert len(told.json()["authorization_servers"]) == 1
        assert set(told.json()["scopes_supported"]) < SCOPES
    wrong = httpx.get(f"{token_door.server.url}/v1/policy", headers=bearer(token_door.bad["expired"] or ""))
    assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
    assert "expired" in wrong.json()["detail"]


@pytest.mark.system
def test_no_token_is_in_the_log(token_door: Door) -> None:
    """Neither a good one nor a bad one, nor a part of one."""
    shown = token_door.server.log.read_text()
    for token in [*token_door.with_scopes.values(), *token_door.bad.values()]:
        for part in (token or "").split("."):
            assert len(part) < 40 or part[-40:] not in shown
