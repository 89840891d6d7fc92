"""What crosses the socket between the server and a worker: two lengths, a JSON head, and the rows as bytes.

Both ends import this, so it imports next to nothing. The server trusts nothing that a worker sends:
lengths are bounded before anything is read, and the head is JSON, never an object that runs.
"""

import json
import socket
import struct
from time import monotonic
from typing import Any

_LENGTHS = struct.Struct(">II")
# Column names and messages; rows have the limit of their query.
MOST_HEAD = 1_000_000


class BrokenMessageError(Exception):
    """The other end is gone, or sent what is no message."""


def send(channel: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Sends one message; OSError where the other end is gone."""
    text = json.dumps(head).encode()
    channel.sendall(b"".join((_LENGTHS.pack(len(text), len(body)), text, body)))


def receive(
    channel: socket.socket, most_body: int = 0, deadline: float | None = None
) -> tuple[dict[str, Any], bytes]:
    """The next message as (head, body).

    Args:
        channel: The socket.
        most_body: Bytes that the body may have.
        deadline: A moment of `time.monotonic`; None waits for ever.

    Raises:
        TimeoutError: the deadline passed.
        BrokenMessageError: the other end is gone or sent something else.
    """
    head_size, body_size = _LENGTHS.unpack(_exactly(channel, _LENGTHS.size, deadline))
    if head_size > MOST_HEAD or body_size > most_body:
        raise BrokenMessageError(f"a message of {head_size:,} and {body_size:,} bytes")
    try:
        head = json.loads(_exactly(channel, head_size, deadline))
    except (ValueError, RecursionError) as error:
        raise BrokenMessageError("the head is not JSON") from error
    if not isinstance(head, dict):
        raise BrokenMessageError("the head is no object")
    return head, bytes(_exactly(channel, body_size, deadline))


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    found = bytearray(size)
    place = memoryview(found)
    while place:
        if deadline is not None:
            # A timeout of 0 would mean: do not block.
            channel.settimeout(max(deadline - monotonic(), 0.000_001))
        try:
            got = channel.recv_into(place)
        except ConnectionError as error:
            raise BrokenMessageError("the other end is gone") from error
        if not got:
            raise BrokenMessageError("the other end is gone")
        place = place[got:]
    return found
