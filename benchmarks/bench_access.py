"""What knowing the caller costs a call: the same requests to servers with AUTH none, keys and oauth, in turn.

One client over one connection each; medians of many calls, and their ratios to AUTH=none. A first call with a
new key, which is hashed slowly on purpose, is shown on its own.
"""

import contextlib
import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.server.access.key_format import new_key
from nba_mcp_synthesis.settings import load_settings
from running import running
from server.test_serve import ACCEPT, message
from servers.issuer import AUDIENCE, Issuer, running_issuer

ROUNDS, CALLS = 40, 50
SCOPES = ["nba:read", "nba:sql"]
Call = Callable[[], None]


def calls(url: str, credential: str | None) -> tuple[Call, Call]:
    """A GET of /v1/policy, and a plain call of query_sql."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    who = {"Authorization": f"Bearer {credential}"} if credential else {}
    body, protocol = message("tools/call", name="query_sql", arguments={"sql": "SELECT 1"})
    raw = json.dumps(body)

    def answered(method: str, path: str, content: str | None, headers: dict[str, str]) -> None:
        connection.request(method, path, content, headers | who)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        assert b'"isError":true' not in text

    return (
        lambda: answered("GET", "/v1/policy", None, {}),
        lambda: answered("POST", "/mcp", raw, ACCEPT | protocol),
    )


def seconds(call: Call) -> float:
    """Of one call, over some."""
    started = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - started) / CALLS


@contextlib.contextmanager
def servers(home: Path, issuer: Issuer) -> Iterator[dict[str, str]]:
    """The addresses of three servers."""
    oauth = {
        "NBA_MCP_OAUTH_ISSUER": issuer.url,
        "NBA_MCP_OAUTH_AUDIENCE": AUDIENCE,
        "NBA_MCP_PUBLIC_URL": "https://nba.example.com",
    }
    with contextlib.ExitStack() as stack:
        urls = {}
        for auth in ("none", "keys", "oauth"):
            (home / auth).mkdir()
            more = oauth if auth == "oauth" else {}
            started = running(home / auth, NBA_MCP_HOME=str(home), NBA_MCP_AUTH=auth, **more)
            urls[auth] = stack.enter_context(started).url
        yield urls


def main() -> None:
    """Prints a line a route and way."""
    with tempfile.TemporaryDirectory() as folder, contextlib.contextmanager(running_issuer)() as issuer:
        home = Path(folder)
        small_league.build(home / "demo.duckdb")
        key = new_key("bench", SCOPES, None)
        App(load_settings({"NBA_MCP_HOME": folder})).api_keys.add(key.row)
        shown = {"none": None, "keys": key.text, "oauth": issuer.token(scope=" ".join(SCOPES))}
        with servers(home, issuer) as urls:
            ways = {auth: calls(url, shown[auth]) for auth, url in urls.items()}
            for auth, (first, _) in ways.items():
                started = time.perf_counter()
                first()
                print(f"first call, {auth}: {(time.perf_counter() - started) * 1_000:.1f} ms")
            for place, name in enumerate(("GET /v1/policy", "query_sql over MCP")):
                compared(name, {auth: found[place] for auth, found in ways.items()})


def compared(name: str, ways: dict[str, Call]) -> None:
    """The same call by each way, in turn: what disturbs the machine disturbs all of them."""
    taken: dict[str, list[float]] = {auth: [] for auth in ways}
    for _ in range(ROUNDS):
        for auth, call in ways.items():
            taken[auth].append(seconds(call))
    medians = {auth: statistics.median(found) for auth, found in taken.items()}
    for auth, median in medians.items():
        more = (median - medians["none"]) * 1_000
        ratio = median / medians["none"]
        print(f"{name}, {auth}: {median * 1_000:.3f} ms a call, {more:+.3f} ms, ratio {ratio:.2f} x")


if __name__ == "__main__":
    main()
