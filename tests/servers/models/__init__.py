"""Peers that speak the wire formats of model providers, each by a script of its own."""

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
