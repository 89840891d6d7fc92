"""Callers: figures from the warehouse, rows from the lake, and questions that only models understand."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

QUESTION = "whose scoring made the fish happiest on day {}"
_ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
_MODERN = "2026-07-28"
_PAUSE = 0.25  # seconds between two requests of a caller
# A provider that failed five times in a row is left alone: more answers than that of just before, in the
# window of the rules, would hide those failures.
_QUESTION_PAUSE = 2.0


class Traffic:
    """Threads that ask again and again; `good` tells when each kind was last answered well."""

    def __init__(self, url: str, warehouse_callers: int = 6) -> None:
        self.url = url
        self.good: dict[str, float] = {}
        self._ended = threading.Event()
        self._days = itertools.count(1)
        callers = [(self.figures, _PAUSE)] * warehouse_callers
        callers += [(self.rows, _PAUSE), (self.question, _QUESTION_PAUSE)]
        self._threads = [threading.Thread(target=self._repeat, args=c, daemon=True) for c in callers]

    def start(self) -> None:
        """From now on they ask."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """The last answers are waited for."""
        self._ended.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def is_served(self, kind: str, since: float) -> bool:
        """Whether a kind was answered well after a moment (of the monotonic clock)."""
        return self.good.get(kind, 0.0) > since

    def _repeat(self, ask: Callable[[httpx.Client], bool], pause: float) -> None:
        with httpx.Client(base_url=self.url, timeout=60) as client:
            while not self._ended.wait(pause):
                began = time.monotonic()
                with contextlib.suppress(httpx.HTTPError):  # a fault is what game days are about
                    if ask(client):
                        self.good[ask.__name__] = max(began, self.good.get(ask.__name__, 0.0))

    def figures(self, client: httpx.Client) -> bool:
        """Points by player, from the warehouse; each time other rows, so that nobody waits for another's."""
        asked = {"measures": "pts", "by": "player", "limit": str(1 + next(self._days) % 900)}
        return client.get("/v1/stats", params=asked).status_code == 200

    def rows(self, client: httpx.Client) -> bool:
        """Rows from the lake, by its tool."""
        arguments = {"table": "games", "columns": ["game_id"], "limit": 1}
        answer = self._tool(client, "lake_read", arguments)
        return answer.status_code == 200 and not answer.json().get("result", {}).get("isError", True)

    def question(self, client: httpx.Client) -> bool:
        """A question for models; each time another one, so that no kept answer serves."""
        body = {"question": QUESTION.format(next(self._days))}
        answer = client.post("/v1/ask", json=body)
        return answer.status_code == 200 and answer.json().get("status") == "answered"

    @staticmethod
    def _tool(client: httpx.Client, name: str, arguments: dict[str, Any]) -> httpx.Response:
        meta = {
            "io.modelcontextprotocol/protocolVersion": _MODERN,
            "io.modelcontextprotocol/clientInfo": {"name": "gameday", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        params = {"name": name, "arguments": arguments, "_meta": meta}
        headers = {**_ACCEPT, "MCP-Protocol-Version": _MODERN, "Mcp-Method": "tools/call", "Mcp-Name": name}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        return client.post("/mcp", json=body, headers=headers)
