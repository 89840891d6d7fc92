"""Peers that speak the wire formats of model providers, each by a script of its own.

    def test_it(model_peer: MakePeer) -> None:
        peer = model_peer([calls(("find", {"name": "LeBron"})), fails("rate_limited", retry_after=2)])
        ...  # `asking(peer, "anthropic")` in `clients` is pydantic-ai's model at this peer
        assert peer.told == Usage(100, 20)

A script is one reply for all requests, a list for one after another, or a function of what was `Seen`;
`behaviours` has such functions ready.
"""

from servers.models.faults import Vendor
from servers.models.peer import Peer, Record, Script
from servers.models.replies import (
    Answer,
    Call,
    Fault,
    FaultKind,
    Reply,
    Usage,
    breaks_off,
    calls,
    cuts,
    drips,
    fails,
    garbles,
    hangs,
    later,
    refuses,
    says,
)
from servers.models.seen import Result, Seen, Tool
from servers.models.server import ModelServer

__all__ = [
    "Answer",
    "Call",
    "Fault",
    "FaultKind",
    "ModelServer",
    "Peer",
    "Record",
    "Reply",
    "Result",
    "Script",
    "Seen",
    "Tool",
    "Usage",
    "Vendor",
    "breaks_off",
    "calls",
    "cuts",
    "drips",
    "fails",
    "garbles",
    "hangs",
    "later",
    "refuses",
    "says",
]
