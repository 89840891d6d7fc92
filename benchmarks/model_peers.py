"""Peers of model providers in a process of their own, so that what they take is not taken for ours."""

import contextlib
import multiprocessing
import time
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection
from typing import Any

from servers.models import Call, ModelServer, Peer, Seen, says
from servers.models.behaviours import Behaviour, right, slow

# Models of several providers, each at an address that is put in, and keys that they take for keys.
KEYS = {
    "OPENAI_API_KEY": "sk-one",
    "ANTHROPIC_API_KEY": "sk-ant-two",
    "GOOGLE_API_KEY": "three" * 8,
    "DEEPSEEK_API_KEY": "sk-four",
}
LINES = (
    "openai:gpt-4.1-mini@{}/v1",
    "anthropic:claude-haiku-4-5@{}",
    "google:gemini-2.5-flash@{}",
    "deepseek:deepseek-chat@{}",
    "ollama:qwen3@{}/v1",
)
# Each voice reads another board, so that no two agree before all have been heard.
MEASURES = ("pts", "reb", "ast", "stl", "blk")
TURNS = 2  # a query and an answer


class Peers:
    """The way to them: sets of a peer a measure, and one that only talks."""

    def __init__(self, way: Connection) -> None:
        self._way = way

    def urls(self, seconds: float = 0.0) -> list[str]:
        """Addresses of new peers, one a measure, each taking so long for its whole answer."""
        self._way.send(seconds)
        urls: list[str] = self._way.recv()
        return urls

    def talker(self) -> str:
        """The address of a peer that says a sentence."""
        self._way.send("talk")
        return str(self._way.recv())

    def seconds(self) -> float:
        """Processor time that the peers have used so far."""
        self._way.send("time")
        return float(self._way.recv())


@contextlib.contextmanager
def peers_apart() -> Iterator[Peers]:
    """Runs peers in another process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Peers(ours)
    finally:
        ours.send(None)
        process.join(10)


def _serve(way: Connection) -> None:
    server, made = ModelServer(), list[Peer]()
    for wanted in iter(way.recv, None):
        if wanted == "time":
            for peer in made:
                peer.forget()
            way.send(time.process_time())
        elif wanted == "talk":
            made.append(server.peer(says("A sentence.")))
            way.send(made[-1].url)
        else:
            new = [server.peer(slow(_leader(name), wanted / TURNS), name=name) for name in MEASURES]
            made += new
            way.send([peer.url for peer in new])
    server.close()


def _leader(measure: str) -> Behaviour:
    """Asks who leads in a measure, and says what the query returned."""

    def said(seen: Seen) -> Mapping[str, Any]:
        told = seen.results[-1].json()["result"]
        row = dict(zip(told["columns"], told["rows"][0], strict=True))
        figure = {
            "entity": row["player"],
            "measure": measure,
            "value": row[measure],
            "evidence": told["evidence"],
        }
        return {"answer": f"{row['player']} leads with {row[measure]}.", "figures": [figure]}

    query = {"measures": [measure], "by": ["player"], "order_by": [f"-{measure}"], "limit": 5}
    return right(Call("query_stats", query), answer=said)
