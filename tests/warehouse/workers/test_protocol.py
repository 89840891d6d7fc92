"""Messages between server and worker; a worker that went astray can send anything."""

import socket
import struct
from collections.abc import Iterator
from time import monotonic

import pytest

from nba_mcp_synthesis.errors import LimitExceeded, QueryFailed, WorkerLost
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.untrusted import Page
from nba_mcp_synthesis.warehouse.workers import pool, protocol

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Both ends of a channel."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_message_arrives_as_it_was_sent(pair: Pair) -> None:
    """Head and body, also empty ones."""
    protocol.send(pair[1], {"a": "é"}, b"\x00\xff")
    protocol.send(pair[1], {})
    assert protocol.receive(pair[0], 2) == ({"a": "é"}, b"\x00\xff")
    assert protocol.receive(pair[0]) == ({}, b"")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x00\x00",
        struct.pack(">II", 2**32 - 1, 0),
        struct.pack(">II", 2, 2**32 - 1) + b"{}",
        struct.pack(">II", 2, 11) + b"{}" + b"x" * 11,
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 1, 0) + b"{",
        struct.pack(">II", 2, 0) + b"\xff\xfe",
        struct.pack(">II", 100_000, 0) + b"[" * 100_000,
        struct.pack(">II", 50, 0) + b"{}",
    ],
)
def test_anything_else_is_a_broken_message(pair: Pair, sent: bytes) -> None:
    """Sizes are bounded before anything is read."""
    pair[1].sendall(sent)
    pair[1].close()
    with pytest.raises(protocol.BrokenMessageError):
        protocol.receive(pair[0], 10, monotonic() + 10)


def test_a_message_that_does_not_come_ends_at_the_deadline(pair: Pair) -> None:
    """Also where a part of it has come."""
    pair[1].sendall(b"\x00")
    with pytest.raises(TimeoutError):
        protocol.receive(pair[0], 10, monotonic() + 0.05)


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"outcome": "ok"},
        {"outcome": "ok", "columns": "a", "count": 1, "cut": ""},
        {"outcome": "ok", "columns": [], "count": "1", "cut": ""},
        {"outcome": "failed"},
        {"outcome": ["failed"]},
    ],
)
def test_an_answer_of_another_form_is_a_lost_worker(small_warehouse: DuckDBWarehouse, head: object) -> None:
    """Nothing of it reaches the caller."""
    with pytest.raises(WorkerLost):
        pool._fetched(head, b"[]", Limits(), small_warehouse.state())  # type: ignore[arg-type] # that is it


def test_each_outcome_has_its_error(small_warehouse: DuckDBWarehouse) -> None:
    """The sentences are those of the engine in the process."""
    state = small_warehouse.state()
    for outcome, error in (
        ("failed", QueryFailed),
        ("out_of_memory", LimitExceeded),
        ("row_too_large", LimitExceeded),
    ):
        with pytest.raises(error):
            pool._fetched({"outcome": outcome, "reason": "why"}, b"", Limits(), state)


@pytest.mark.parametrize("text", [b"", b"[", b'[[1]],"simulated":false', b"[NaN", b"[" * 5_000])
def test_rows_that_are_no_json_are_a_lost_worker(text: bytes) -> None:
    """They cannot break out of the answer that they are put into."""
    page = Page(Result(("a",), (), "SELECT 1"), text, 1, None)
    with pytest.raises(WorkerLost):
        page.rows()
