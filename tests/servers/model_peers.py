"""Fixtures: peers that speak as model providers do, each scripted by the test that makes it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from servers.models import ModelServer, Peer, Script, Vendor


class MakePeer(Protocol):
    """Makes a peer; `vendor` tells whose errors it sends where several providers share a format."""

    def __call__(self, script: "Script", *, name: str = "peer", vendor: "Vendor | None" = None) -> "Peer":
        """A peer with an address of its own."""


@pytest.fixture(scope="session")
def model_server() -> Iterator["ModelServer"]:
    """The one port behind which all peers live."""
    from servers.models import ModelServer  # noqa: PLC0415 - most sessions need none

    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def model_peer(model_server: "ModelServer") -> Iterator[MakePeer]:
    """Makes peers for this test; a mistake in a script fails it."""
    made: list[Peer] = []

    def make(script: "Script", *, name: str = "peer", vendor: "Vendor | None" = None) -> "Peer":
        made.append(model_server.peer(script, name=name, vendor=vendor))
        return made[-1]

    yield make
    for peer in made:
        model_server.remove(peer)
    mistakes = [(peer.name, mistake) for peer in made for mistake in peer.mistakes]
    assert not mistakes, mistakes
