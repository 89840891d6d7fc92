"""As much of SPDY/3.1 as `kubectl port-forward` speaks: it still speaks it, inside a WebSocket."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SYN_STREAM, SYN_REPLY, RST_STREAM, PING, GOAWAY, DATA = 1, 2, 3, 6, 7, 0
FIN = 1
# The dictionary of the specification (2.6.10.1): words with their lengths, then text without.
_WORDS = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language "
    "accept-ranges age allow authorization cache-control connection content-base content-encoding "
    "content-language content-length content-location content-md5 content-range content-type date etag "
    "expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since "
    "last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer "
    "retry-after server te trailer transfer-encoding upgrade user-agent vary via warning "
    "www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin"
)
_TEXT = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 "
    "Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 "
    "Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb "
    "Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, "
    "GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
    "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
DICTIONARY = b"".join(
    struct.pack(">I", len(word)) + word.replace("_", " ").encode() for word in _WORDS.split()
) + _TEXT.encode()  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """One frame; `headers` of SYN_STREAM only."""

    kind: int
    stream: int
    flags: int
    payload: bytes
    headers: dict[str, str]


class Session:
    """Takes bytes apart into frames, and makes frames; headers are compressed over the whole session."""

    def __init__(self) -> None:
        self._waiting = b""
        self._inflate = zlib.decompressobj(zdict=DICTIONARY)
        self._deflate = zlib.compressobj(zdict=DICTIONARY)

    def frames(self, received: bytes) -> Iterator[Frame]:
        """The frames that are whole now."""
        self._waiting += received
        while len(self._waiting) >= 8:
            first, second = struct.unpack(">II", self._waiting[:8])
            end = 8 + (second & 0xFFFFFF)
            if len(self._waiting) < end:
                return
            payload, self._waiting = self._waiting[8:end], self._waiting[end:]
            yield self._frame(first, second >> 24, payload)

    def _frame(self, first: int, flags: int, payload: bytes) -> Frame:
        if not first >> 31:
            return Frame(DATA, first, flags, payload, {})
        kind = first & 0xFFFF
        stream = struct.unpack(">I", payload[:4])[0] & 0x7FFFFFFF if payload else 0
        return Frame(kind, stream, flags, payload, self._headers(payload[10:]) if kind == SYN_STREAM else {})

    def _headers(self, block: bytes) -> dict[str, str]:
        plain = self._inflate.decompress(block)
        count, at, texts = struct.unpack(">I", plain[:4])[0], 4, []
        for _ in range(2 * count):
            size = struct.unpack(">I", plain[at : at + 4])[0]
            texts.append(plain[at + 4 : at + 4 + size].decode())
            at += 4 + size
        return {name.lower(): value for name, value in zip(texts[::2], texts[1::2], strict=True)}

    def reply(self, stream: int) -> bytes:
        """Accepts a stream."""
        block = self._deflate.compress(struct.pack(">I", 0)) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return control(SYN_REPLY, struct.pack(">I", stream) + block)


def control(kind: int, payload: bytes) -> bytes:
    """A control frame."""
    return struct.pack(">II", 0x80030000 | kind, len(payload)) + payload


def data(stream: int, payload: bytes, *, last: bool = False) -> bytes:
    """A data frame."""
    return struct.pack(">II", stream, (FIN if last else 0) << 24 | len(payload)) + payload
